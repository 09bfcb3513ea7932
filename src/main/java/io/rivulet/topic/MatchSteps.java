package io.rivulet.topic;

import io.rivulet.url.MatchLists;
import java.util.function.IntConsumer;

/**
 * Counts what it costs to try matchers: one step for a comparison, and for a pattern each step of its automaton. Who
 * tries matchers of strangers makes one for each piece of work, and stops when it has cost enough. One thread at a
 * time.
 *
 * <p>Steps are counted and not time: the same matchers and topics cost the same on every machine. A step takes some
 * nanoseconds.
 */
public final class MatchSteps implements IntConsumer {

    /** For work that has no bound of its own: counts nothing, so any threads may share it. */
    public static final MatchSteps UNCOUNTED = new MatchSteps(false);

    private final boolean counts;
    private long taken;
    /** Null until a pattern is tried. */
    private MatchLists lists;

    /** None are taken yet. */
    public MatchSteps() {
        this(true);
    }

    private MatchSteps(boolean counts) {
        this.counts = counts;
    }

    /** So many more were taken. */
    @Override
    public void accept(int steps) {
        if (counts) {
            taken += steps;
        }
    }

    /** What patterns need while they are tried, kept for the next one; null where threads share these steps. */
    MatchLists lists() {
        if (lists == null && counts) {
            lists = new MatchLists();
        }
        return lists;
    }

    /** How many were taken, since {@link #reset} if it was called. */
    public long taken() {
        return taken;
    }

    /** None are taken any more: the next piece of work begins. */
    public void reset() {
        taken = 0;
    }
}
