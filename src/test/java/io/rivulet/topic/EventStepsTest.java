package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** However many topics an event has, and whatever patterns stand beside it, it takes a bounded part of a round. */
class EventStepsTest {

    private static final long EVENT_STEPS = 5_000;
    private static final long ROUND_STEPS = 100_000;
    /** One match, the longest there is, with the set-up of its automaton. */
    private static final long MATCH_MOST = 202_000;

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");
    private final TopicIndex<String> index = new TopicIndex<>();
    private final Set<String> called = new HashSet<>();
    private final Set<String> untried = new HashSet<>();
    private int calls;

    private void add(String who, TopicMatcher... wishes) {
        index.add(TopicSelection.of(List.of(wishes)), who);
    }

    /** Costly patterns that match nothing, and the most there may be of ordinary ones beside. */
    private void addStrangers() {
        for (int n = 0; n < 100; n++) {
            add("costly " + n, space.urlPattern("/:a" + n + "((?:.?){300}!)"));
            add("crowded " + n, space.selector("{x}/{y}/" + "{z}".repeat(n % 3) + "{q" + n + "}!"));
        }
    }

    private static List<String> topics(String last, int length) {
        List<String> topics = new ArrayList<>();
        for (int i = 0; i < 99; i++) {
            topics.add("/" + "x".repeat(length) + i);
        }
        topics.add(last);
        return topics;
    }

    /** Returns the steps. */
    private long offer(List<String> topics) {
        called.clear();
        untried.clear();
        long before = index.steps();
        index.forEach(topics, who -> {
            called.add(who);
            calls++;
        }, untried::add);
        return index.steps() - before;
    }

    @Test
    void anEventOfManyLongTopicsTakesItsPartAndThoseWhosePatternsWereNotTriedAreTold() {
        add("honest by name", space.exact("/honest/1"));
        add("honest by pattern", space.urlPattern("/honest/:x"));
        addStrangers();
        index.newRound();
        long first = offer(topics("/honest/1", 3_000));
        assertTrue(called.contains("honest by name"), called.toString());
        assertTrue(called.contains("honest by pattern") || untried.contains("honest by pattern"), untried.toString());
        assertTrue(first <= EVENT_STEPS + ROUND_STEPS + MATCH_MOST, first + " steps");
        assertTrue(untried.contains("costly 99"), "it finds out for itself: " + untried);
        for (int i = 0; i < 20; i++) {
            long next = offer(topics("/honest/" + i, 2_000));
            assertTrue(next <= EVENT_STEPS + MATCH_MOST, next + " steps once the round is spent");
        }
    }

    @Test
    void ordinaryPatternsAreTriedBeforeCostlyOnesWhicheverCameFirst() {
        for (int n = 0; n < 100; n++) {
            add("costly " + n, space.urlPattern("/:a" + n + "((?:.?){300}!)"));
        }
        add("honest", space.urlPattern("/honest/:x"));
        index.newRound();
        offer(topics("/honest/1", 20));
        assertEquals(Set.of("honest"), called);
        assertTrue(untried.contains("costly 0") && !untried.contains("honest"), untried.toString());
    }

    /** An ordinary event is known after a few rounds, whatever strangers ask for, and is tried no more. */
    @Test
    void aTopicThatComesAgainGoesOnWithThePatternsThatWereNotTried() {
        addStrangers();
        add("who asks for much", space.urlPattern("/:a((?:.?){200}7)"), space.urlPattern("/:b((?:.?){200}!)"));
        List<String> topics = List.of("/honest-and-known-topic", "/its/alternate-7");
        int rounds = 0;
        do {
            index.newRound();
            offer(topics);
            assertTrue(called.contains("who asks for much") || untried.contains("who asks for much"), "he is told");
            assertTrue(++rounds < 100, rounds + " rounds");
        } while (!untried.isEmpty());
        assertTrue(rounds > 2, rounds + " rounds");
        index.newRound();
        assertEquals(0, offer(topics));
        assertEquals(Set.of("who asks for much"), called);
    }

    /** Thousands of streams may share a hundred patterns that each match a hundred topics. */
    @Test
    void whoAskedForOneOfManyTopicsInOneWayIsCalledOnce() {
        TopicSelection shared = TopicSelection.of(List.of(space.selector("{+all}")));
        for (int i = 0; i < 1_000; i++) {
            index.add(shared, "stream " + i);
        }
        index.newRound();
        offer(topics("/last", 10));
        assertEquals(1_000, called.size());
        assertEquals(1_000, calls);
    }

    /** Whoever comes and goes, whatever is spent: nobody is missed, and nobody called who did not ask. */
    @Test
    void allWhoAskedAreCalledOrToldThatTheyMayHave() {
        Random random = new Random(5);
        List<TopicMatcher> wishes = new ArrayList<>();
        for (int n = 0; n < 60; n++) {
            wishes.addAll(List.of(space.selector("/a/" + n % 9 + "/{x}"), space.selector("{x}/" + n % 7 + "/b" + n),
                space.urlPattern("/a/:x/b" + n % 11), space.urlPattern("/:a" + n + "((?:.?){200}!)"),
                space.urlPattern("/:a" + n + "((?:.?){200}" + n % 10 + ")"), space.written("/a/" + n + "*")));
        }
        Map<String, TopicSelection> here = new HashMap<>();
        int told = 0;
        int known = 0;
        for (int round = 0; round < 400; round++) {
            for (int n = random.nextInt(40); n > 0; n--) {
                String who = "stream " + round + " " + n;
                here.put(who, TopicSelection.of(List.of(wishes.get(random.nextInt(wishes.size())))));
                index.add(here.get(who), who);
            }
            if (here.size() > 100) {
                here.entrySet().removeIf(one -> {
                    boolean leaves = random.nextInt(3) > 0;
                    if (leaves) {
                        index.remove(one.getValue(), one.getKey());
                    }
                    return leaves;
                });
            }
            List<String> topics = IntStream.range(0, 1 + random.nextInt(5))
                .mapToObj(i -> "/a/" + random.nextInt(9) + "/b" + random.nextInt(20)).distinct().toList();
            if (random.nextBoolean()) {
                index.newRound();
            }
            long taken = offer(topics);
            assertTrue(taken <= EVENT_STEPS + ROUND_STEPS + MATCH_MOST, taken + " steps");
            Set<String> wanted = new HashSet<>();
            here.forEach((who, some) -> {
                if (topics.stream().anyMatch(some::matches)) {
                    wanted.add(who);
                }
            });
            assertTrue(wanted.containsAll(called), "round " + round);
            wanted.removeAll(called);
            assertTrue(untried.containsAll(wanted), "round " + round);
            told += untried.size();
            known += called.size();
        }
        assertTrue(told > 1_000 && known > 1_000, told + " told, " + known + " known");
    }
}
