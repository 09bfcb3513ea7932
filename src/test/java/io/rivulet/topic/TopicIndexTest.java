package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** From a topic to those who want it: the same as asking everybody. */
class TopicIndexTest {

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
    void manyComingAndGoingLeaveWhatAskingEverybodyGives() {
        Random random = new Random(5);
        record Who(String name, TopicSelection wish) {
        }
        List<Who> there = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            if (there.size() > 20 && random.nextBoolean()) {
                Who gone = there.remove(random.nextInt(there.size()));
                index.remove(gone.wish(), gone.name());
            } else {
                Set<String> topics = new TreeSet<>();
                for (int n = 0; n <= random.nextInt(3); n++) {
                    topics.add(random.nextInt(9) == 0 ? "*" : "t" + random.nextInt(6));
                }
                Who who = new Who("w" + i, TopicSelection.ofTopics(topics));
                index.add(who.wish(), who.name());
                there.add(who);
            }
            List<String> topics = List.of("t" + random.nextInt(6), "t" + random.nextInt(6));
            Set<String> expected = new HashSet<>();
            there.stream().filter(w -> w.wish().matches(topics)).forEach(w -> expected.add(w.name()));
            assertEquals(expected, wanting(topics.toArray(String[]::new)));
        }
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
