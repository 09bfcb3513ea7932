package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.SettingsTable;
import io.rivulet.log.LogWork;
import io.rivulet.log.SliceWork;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whether anybody would hear an event. */
class InterestTest {

    private static final int ADDRESSES = 200;
    /** Some milliseconds. */
    private static final int STEPS_MAX = 1_000_000;

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
    private final Interest interest = new Interest(20);

    @Test
    void aTopicIsHeardWhileSomebodyAsksForItByNameByPatternOrForAll() {
        for (TopicSelection wish : List.of(TopicSelection.of(List.of(space.exact("quotes/A"))),
            TopicSelection.of(List.of(space.exact("news"), space.urlPattern("quotes/:name"))),
            TopicSelection.of(List.of(space.selector("quotes/{name}"))),
            TopicSelection.of(List.of(space.exact("*"))))) {
            TopicSelection twin = TopicSelection.of(wish.matchers());
            assertFalse(interest.isHeard("quotes/A"));
            interest.add(wish);
            interest.add(twin);
            assertTrue(interest.isHeard("quotes/A"), wish.matchers().toString());
            interest.remove(wish);
            assertTrue(interest.isHeard("quotes/A"), "the other one is still there");
            interest.remove(twin);
        }
        assertFalse(interest.isHeard("quotes/A"));
    }

    @Test
    void thoseWhoShareASelectionAreCountedEach() {
        for (TopicSelection shared : List.of(space.select(List.of(space.exact("a"))),
            space.select(List.of(space.exact("b"), space.urlPattern("a"))), space.select(List.of(space.exact("*"))))) {
            for (int i = 0; i < 3; i++) {
                interest.add(shared);
            }
            for (int i = 0; i < 3; i++) {
                assertTrue(interest.isHeard("a"), i + " of three have left");
                interest.remove(shared);
            }
            assertFalse(interest.isHeard("a"));
        }
    }

    /** Each of them is tried for every new topic: strangers could else make each publish as slow as they like. */
    @Test
    void patternsThatNothingLiteralTellsApartAreBounded() {
        for (int i = 0; i < 20; i++) {
            interest.add(TopicSelection.of(List.of(space.selector("{a" + i + "}"), space.exact("b"))));
        }
        TopicSelection tooMany = TopicSelection.of(List.of(space.exact("news"), space.selector("{c}")));
        Refused refused = assertThrows(Refused.class, () -> interest.add(tooMany));
        assertEquals(Refused.Reason.OVERLOADED, refused.reason());
        assertTrue(refused.getMessage().contains("rivulet.patterns.max"), refused.getMessage());
        interest.add(TopicSelection.of(List.of(space.selector("{a0}")))); // known: tried once for both
        for (int i = 0; i < 100; i++) {
            interest.add(TopicSelection.of(List.of(space.selector("users/" + i + "/{x}"))));
        }
    }

    private int fresh;

    /** Two hundred streams, each of another address, and what a fresh topic takes then. */
    private void assertFreshTopicsAreCheap(Interest interest, IntFunction<TopicSelection> stream) {
        for (int i = 0; i < ADDRESSES; i++) {
            try {
                interest.add(stream.apply(i), "192.0.2." + i);
            } catch (Refused e) {
                assertTrue(e.getMessage().contains("rivulet.patterns.max"), e.getMessage());
            }
        }
        fresh++;
        for (String topic : List.of("order/x00001/" + fresh, "order/line/1/2/3/4/5/6/7/8/9/10/" + fresh,
            "https://hub.example/order/line/1/2/3/4/5/6/7/8/9/10/" + fresh)) {
            long before = interest.steps();
            interest.isHeard(topic);
            long steps = interest.steps() - before;
            assertTrue(steps <= STEPS_MAX, steps + " steps for " + topic);
        }
    }

    /** With the default. */
    @Test
    void aHundredFreshTopicsOfAnEventTakeSomeMilliseconds() {
        Interest hub = new Interest(Integer.parseInt(SettingsTable.PATTERNS_MAX.defaultText()));
        for (int i = 0; i < ADDRESSES; i++) {
            for (String text : List.of("/:a" + i + "((?:.?){40}!)", "/:b" + i, "/:c" + i + "/:d" + i + "{/:e}?")) {
                try {
                    hub.add(TopicSelection.of(List.of(space.urlPattern(text))), "192.0.2." + i);
                } catch (Refused e) {
                    assertTrue(e.getMessage().contains("rivulet.patterns.max"), e.getMessage());
                }
            }
        }
        for (int i = 0; i < 100; i++) {
            hub.isHeard("t" + i);
        }
        assertTrue(hub.steps() < 4_000_000, hub.steps() + " steps");
    }

    /** They took 25 million. */
    @Test
    void twoThousandCostlyPatternsDoNotMakeAFreshTopicDear() {
        Interest hub = new Interest(2_000);
        assertFreshTopicsAreCheap(hub, i -> TopicSelection.of(IntStream.range(0, 5)
            .mapToObj(n -> space.urlPattern("/:a" + i + "_" + n + "((?:.?){" + (300 + n) + "}!)")).toList()));
        assertFreshTopicsAreCheap(hub, i -> TopicSelection.of(IntStream.range(0, 5)
            .mapToObj(n -> space.urlPattern("/order/:b" + i + "_" + n + "((?:.?){" + (300 + n) + "}!)")).toList()));
        assertFreshTopicsAreCheap(hub, i -> TopicSelection.of(IntStream.range(0, 5)
            .mapToObj(n -> space.selector("order/{c" + i + "_" + n + ":200}")).toList()));
    }

    /** A bucket for each word of a topic, and in each as many as are let in. */
    @Test
    void ordinaryPatternsFiledUnderEachWordOfATopicDoNotAddUp() {
        Interest hub = new Interest(2_000);
        for (String word : List.of("order", "line", "x00001", "1", "2", "3", "4", "5", "6", "7")) {
            assertFreshTopicsAreCheap(hub, i -> TopicSelection.of(IntStream.range(0, 5)
                .mapToObj(n -> space.selector("{+a}/" + word + "/{b" + i + "_" + n + "}{?c}")).toList()));
        }
    }

    @Test
    void oneAddressDoesNotUseUpWhatCostlyPatternsOfOthersMayTake() {
        Interest hub = new Interest(2_000);
        int in = 0;
        for (int i = 0; i < 50; i++) {
            try {
                hub.add(TopicSelection.of(List.of(space.urlPattern("/x/:a" + i + "((?:.?){300}!)"))), "192.0.2.1");
                in++;
            } catch (Refused e) {
                assertEquals(Refused.Reason.TOO_MANY_STREAMS, e.reason());
            }
        }
        assertTrue(in > 0 && in < 8, in + " of one address");
        hub.add(TopicSelection.of(List.of(space.urlPattern("/x/:b((?:.?){300}!)"))), "192.0.2.2");
    }

    /** What it has already would weigh nothing beside it, and be forgotten when it goes. */
    @Test
    void aStreamThatAddsThemOneByOneGetsNoMoreOfThem() {
        Interest hub = new Interest(2_000);
        TopicSelection now = TopicSelection.of(List.of(space.exact("a")));
        hub.add(now, "192.0.2.1");
        int in = 0;
        for (int i = 0; i < 50; i++) {
            List<TopicMatcher> more = new ArrayList<>(now.matchers());
            more.add(space.urlPattern("/x/:a" + i + "((?:.?){300}!)"));
            TopicSelection changed = TopicSelection.of(more);
            try {
                hub.change(now, changed, "192.0.2.1");
                now = changed;
                in++;
            } catch (Refused e) {
                assertEquals(Refused.Reason.TOO_MANY_STREAMS, e.reason());
            }
        }
        assertTrue(in > 0 && in < 8, in + " of one address");
        assertTrue(hub.isHeard("a"), "a refused change takes nothing away");
        hub.remove(now);
        assertEquals(0, hub.remembered());
    }

    /** Else costly patterns of many addresses would leave no room for ordinary ones. */
    @Test
    void costlyPatternsOfAllAddressesHaveHalfOfIt() {
        Interest hub = new Interest(2_000);
        int in = 0;
        for (int i = 0; i < 100; i++) {
            try {
                hub.add(TopicSelection.of(List.of(space.urlPattern("/x/:a" + i + "((?:.?){300}!)"))), "192.0.2." + i);
                in++;
            } catch (Refused e) {
                assertEquals(Refused.Reason.OVERLOADED, e.reason());
            }
        }
        assertTrue(in > 3 && in < 100, in + " costly ones");
        for (int i = 0; i < 400; i++) {
            hub.add(TopicSelection.of(List.of(space.selector("{a" + i + "}"))), "198.51.100.1");
        }
    }

    @Test
    void thousandsOfStreamsWithAPatternOfTheirOwnAreAllLetIn() {
        Interest hub = new Interest(2_000);
        for (int i = 0; i < 15_000; i++) {
            hub.add(TopicSelection.of(List.of(space.selector("/users/{id}/x" + i))), "192.0.2.1");
        }
        for (int i = 0; i < 3_000; i++) {
            hub.add(TopicSelection.of(List.of(space.urlPattern("/users/" + i + "/:device/state"),
                space.selector("/rooms/r" + i + "/{+rest}{?page,size}"))), "192.0.2.1");
        }
        long before = hub.steps();
        hub.isHeard("/users/17/x18");
        assertTrue(hub.steps() - before < 10_000, hub.steps() - before + " steps");
    }

    /** A caller may name another topic each time: thread and lock are taken for a short time, and others go first. */
    @Test
    void whoListensToATopicThatACallerNamesIsFoundOutInParts() {
        Interest hub = new Interest(100_000);
        SliceWork.patterns(space).forEach(costly -> hub.add(TopicSelection.of(List.of(costly))));
        hub.add(TopicSelection.of(List.of(space.urlPattern("/.well-known/:x"))));
        long part = 20_000 + SliceWork.ofOnePair(space);
        int parts = 0;
        int found = -1;
        while (found < 0) {
            assertTrue(++parts < 100, "it gets on");
            long before = hub.steps();
            found = hub.listenersInParts(SliceWork.TOPICS.get(7));
            assertTrue(hub.steps() - before <= part, hub.steps() - before + " steps");
        }
        assertEquals(1, found);
        assertTrue(parts > 2, parts + " parts");

        SliceWork work = new SliceWork(() -> { });
        assertEquals(SliceWork.TOPICS.get(6), hub.tried(SliceWork.TOPICS.get(6), work));
        assertTrue(work.slices() > 0 && work.longest() <= LogWork.SLICE + part, work.longest() + " steps");
        long known = hub.steps();
        assertEquals(1, hub.listeners(SliceWork.TOPICS.get(6)));
        assertEquals(known, hub.steps(), "nothing is tried again");
    }

    @Test
    void whatPatternsTookIsGivenBackWhenTheyLeave() {
        Interest hub = new Interest(400);
        for (int round = 0; round < 50; round++) {
            TopicSelection costly = TopicSelection.of(List.of(space.selector("{a}"),
                space.selector("x/{a" + round + ":20}")));
            hub.add(costly, "192.0.2.1");
            hub.add(costly, "192.0.2.2");
            hub.remove(costly);
            hub.remove(costly);
        }
        assertEquals(0, hub.remembered());
    }

    /** The feed for operators asks some times a second; of strangers' names there may be a million. */
    @Test
    void operatorsTopicsAreFoundWithoutALookAtTheNamesOfOthers() {
        Interest hub = new Interest(20);
        List<String> others = IntStream.range(0, 200_000).mapToObj(i -> "rivulets/" + i).toList();
        for (int i = 0; i < others.size(); i += 1_000) {
            hub.add(TopicSelection.ofTopics(others.subList(i, i + 1_000)));
        }
        IntStream.range(10, 40).forEach(i -> hub.add(TopicSelection.ofTopics(List.of("rivulet/a/" + i, "rivulet/b"))));
        List<String> expected = IntStream.range(10, 26).mapToObj(i -> "rivulet/a/" + i).toList();
        long beganNs = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertEquals(0, others.stream().filter(topic -> topic.startsWith("rivulet/a/")).count());
        }
        long scansNs = System.nanoTime() - beganNs;
        beganNs = System.nanoTime();
        for (int i = 0; i < 2_000; i++) {
            assertEquals(expected, hub.named("rivulet/a/", 16));
        }
        long looksNs = System.nanoTime() - beganNs;
        assertTrue(looksNs < 20 * scansNs, "2,000 looks took " + looksNs + " ns, 20 scans " + scansNs);
        assertEquals(30, hub.namers("rivulet/b"));
        assertEquals(List.of(), hub.named("rivulet/c", 16));
        assertTrue(hub.isHeard("rivulet/a/39"));
        hub.remove(TopicSelection.ofTopics(List.of("rivulet/a/39", "rivulet/b")));
        assertFalse(hub.isHeard("rivulet/a/39"));
    }

    @Test
    void anotherTopicIsNotHeard() {
        interest.add(TopicSelection.of(List.of(space.exact("a"), space.urlPattern("b/:x"), space.selector("c/{x}"))));
        assertFalse(interest.isHeard("clock"));
        assertTrue(interest.isHeard("c/1"));
    }
}
