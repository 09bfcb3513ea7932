package io.rivulet.log;

import io.rivulet.topic.MatchSteps;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A piece of work that counts its slices, and an event that costs many of them: a stranger's patterns, each of which
 * takes some thirty thousand steps for each of the topics.
 */
public final class SliceWork extends LogWork {

    /** Of an event: long ones, which none of the {@link #patterns} matches. */
    public static final List<String> TOPICS = IntStream.range(0, 8).mapToObj(i -> i + "x".repeat(100)).toList();

    private final Runnable pause;
    private int slices;
    private long longest;
    private long taken;

    /** Others go first as this says. */
    public SliceWork(Runnable pause) {
        this.pause = pause;
    }

    /** A number of patterns of strangers. */
    public static List<TopicMatcher> patterns(TopicSpace space) {
        return IntStream.range(0, 8).mapToObj(i -> space.urlPattern("/:a" + i + "((?:.?){300}!)")).toList();
    }

    @Override
    protected void sliceEnds(long steps) {
        slices++;
        longest = Math.max(longest, steps);
        taken += steps;
        pause.run();
    }

    /** How many slices have ended. */
    public int slices() {
        return slices;
    }

    /** The steps of the longest slice, also of the one that has not ended. */
    public long longest() {
        return Math.max(longest, steps().taken());
    }

    /** All steps until now. */
    public long taken() {
        return taken + steps().taken();
    }

    /** The steps of one pair of a topic and a pattern: each slice may have so many beyond its end. */
    public static long ofOnePair(TopicSpace space) {
        MatchSteps steps = new MatchSteps();
        patterns(space).get(0).matchesOnce(TOPICS.get(7), steps);
        return steps.taken();
    }
}
