package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From a topic to those who want it: the same as asking everybody. */
class TopicIndexTest {

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
    private final TopicIndex<String> index = new TopicIndex<>();

    @Test
    void thoseWhoAskedAreCalledAndNobodyElse() {
        index.add(select("a"), "anna");
        index.add(select("a", "b"), "bert");
        index.add(select("*"), "carl");
        assertEquals(Set.of("anna", "bert", "carl"), wanting("a"));
        assertEquals(Set.of("bert", "carl"), wanting("b"));
        assertEquals(Set.of("carl"), wanting("c"));
    }

    @Test
    void whoLeavesIsNotCalled() {
        index.add(select("a", "b"), "anna");
        index.add(select("a"), "bert");
        index.add(select("*"), "carl");
        index.remove(select("a", "b"), "anna");
        index.remove(select("*"), "carl");
        assertEquals(Set.of("bert"), wanting("a"));
        assertEquals(Set.of(), wanting("b"));
    }

    @Test
    void whoAskedForTwoOfAnEventsTopicsIsCalledForEach() {
        index.add(select("a", "b"), "anna");
        List<String> called = new ArrayList<>();
        index.forEach(List.of("a", "b"), called::add);
        assertEquals(List.of("anna", "anna"), called);
    }

    @Test
    void leavingTwiceOrWithoutHavingComeHarmsNobody() {
        index.add(select("a"), "anna");
        index.remove(select("a"), "bert");
        index.remove(select("z"), "anna");
        assertEquals(Set.of("anna"), wanting("a"));
    }

    @Test
    void patternsAndTemplatesFindTheirTopicsAndEqualOnesAllWhoAsked() {
        index.add(TopicSelection.of(List.of(space.urlPattern("/books/:id"))), "anna");
        index.add(TopicSelection.of(List.of(space.urlPattern("/books/:id"), space.exact("a"))), "bert");
        index.add(TopicSelection.of(List.of(space.selector("/books/{id}"))), "carl");
        assertEquals(Set.of("anna", "bert", "carl"), wanting("/books/1"));
        assertEquals(Set.of("anna", "bert"), wanting("https://hub.example/books/1"));
        assertEquals(Set.of("bert"), wanting("a"));
        assertTrue(index.hears("/books/2"));
        assertFalse(index.hears("/books"));
        index.remove(TopicSelection.of(List.of(space.urlPattern("/books/:id"))), "anna");
        assertEquals(Set.of("bert", "carl"), wanting("/books/1"), "a topic seen before");
        index.add(TopicSelection.of(List.of(space.urlPattern("/*"))), "dora");
        assertEquals(Set.of("bert", "carl", "dora"), wanting("/books/1"), "with one who came since");
    }

    @Test
    void whoAskedForATopicInThreeWaysIsCalledForEach() {
        index.add(TopicSelection.of(List.of(space.exact("/a"), space.urlPattern("/:x"), space.selector("/{x}"))),
            "anna");
        List<String> called = new ArrayList<>();
        index.forEach(List.of("/a"), called::add);
        assertEquals(List.of("anna", "anna", "anna"), called);
    }

    /** Else strangers' topics, long and never the same, would fill the memory of an index and cost it their length. */
    @Test
    void anIndexOfFreshTopicsKeepsNoneOfThem() {
        TopicIndex<String> fresh = TopicIndex.ofFreshTopics();
        for (TopicIndex<String> each : List.of(fresh, index)) {
            each.add(TopicSelection.of(List.of(space.selector("/w/{a}"))), "anna");
            for (int n = 0; n < 100; n++) {
                List<String> called = new ArrayList<>();
                each.forEach(List.of("/w/" + "x".repeat(500) + n), called::add);
                assertEquals(List.of("anna"), called);
            }
        }
        assertEquals(0, fresh.kept());
        assertEquals(100, index.kept());
        assertEquals(2, triedTwice(fresh));
        assertEquals(1, triedTwice(index));
    }

    private static long triedTwice(TopicIndex<String> index) {
        long before = index.tried();
        index.hears("/w/new");
        index.hears("/w/new");
        return index.tried() - before;
    }

    @Test
    void manyComingAndGoingLeaveWhatAskingEverybodyGives() {
        Random random = new Random(5);
        record Who(String name, TopicSelection wish) {
        }
        List<Who> there = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int crowd = random.nextInt(100) == 0 ? 120 : 1; // more newcomers at once than a known topic tries
            for (int n = 0; n < crowd; n++) {
                if (there.size() > 20 && random.nextInt(2 + there.size() / 200) > 0) {
                    Who gone = there.remove(random.nextInt(there.size()));
                    index.remove(gone.wish(), gone.name());
                } else {
                    List<TopicMatcher> wishes = new ArrayList<>();
                    for (int k = 0; k <= random.nextInt(3); k++) {
                        wishes.add(anyMatcher(random));
                    }
                    Who who = new Who("w" + i + "/" + n, TopicSelection.of(wishes));
                    index.add(who.wish(), who.name());
                    there.add(who);
                }
            }
            List<String> topics = List.of(anyTopic(random), anyTopic(random));
            Set<String> expected = new HashSet<>();
            there.stream().filter(w -> w.wish().matches(topics)).forEach(w -> expected.add(w.name()));
            assertEquals(expected, wanting(topics.toArray(String[]::new)));
            assertEquals(there.stream().anyMatch(w -> w.wish().matches(topics.subList(0, 1))),
                index.hears(topics.get(0)));
        }
    }

    @Test
    void thousandsOfTopicsComeAndGoAndNoneIsOverlooked() {
        Random random = new Random(9);
        Set<Integer> there = new HashSet<>();
        for (int i = 0; i < 40_000; i++) {
            int n = random.nextInt(random.nextInt(8_000) + 1);
            String who = ("w" + n).intern();
            if (there.add(n)) {
                index.add(select("t" + n), who);
            } else {
                there.remove(n);
                index.remove(select("t" + n), who);
            }
            int asked = random.nextInt(8_000);
            assertEquals(there.contains(asked) ? Set.of("w" + asked) : Set.of(), wanting("t" + asked));
        }
    }

    private TopicMatcher anyMatcher(Random random) {
        String number = "t" + random.nextInt(60);
        return switch (random.nextInt(random.nextInt(50) == 0 ? 13 : 10)) {
            case 0, 1 -> space.exact(anyTopic(random));
            case 2 -> space.urlPattern("/" + number + "/:x");
            case 3 -> space.urlPattern("https://hub.example/" + number + "*");
            case 4 -> space.urlPattern("*://*/:x/" + number + "{.json}?");
            case 5 -> space.urlPattern("/*?q=" + number);
            case 6 -> space.selector("/" + number + "/{x}");
            case 7 -> space.selector("{+base}/" + number + "{?q,r}");
            case 8 -> space.selector("/{x}/" + number + "{y}");
            case 9 -> space.selector("/" + number + "{/x,y}{.z}");
            case 10 -> space.urlPattern("/:a/*");
            case 11 -> space.selector("/{a}");
            default -> space.exact("*");
        };
    }

    private static String anyTopic(Random random) {
        String end = switch (random.nextInt(8)) {
            case 0 -> ".json";
            case 1 -> "?q=t" + random.nextInt(60);
            case 2 -> "x";
            case 3 -> "/t" + random.nextInt(60);
            default -> "";
        };
        return (random.nextInt(4) == 0 ? "https://hub.example" : "") + "/t" + random.nextInt(60)
            + (random.nextBoolean() ? "/t" + random.nextInt(60) : "") + end;
    }

    private Set<String> wanting(String... topics) {
        Set<String> called = new HashSet<>();
        index.forEach(List.of(topics), called::add);
        return called;
    }

    private static TopicSelection select(String... topics) {
        return TopicSelection.ofTopics(List.of(topics));
    }
}
