package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;

/**
 * Checks for which live streams an event needs more than the index of topics: private events, and events of several
 * topics for a window that gathers. The shard asks it between two writes. Shard thread.
 *
 * <p>Live events must not wait for a stream whose patterns cost much. A check that is cheaper than the write that
 * follows is free. What checks take beyond that is bounded for a round; a stream whose check does not fit falls behind,
 * and is served in turns, where its work is its own ({@link Examination}).
 */
public final class LiveChecks {

    /** A delivery may take so much besides its write: about ten microseconds. */
    private static final long FREE_STEPS = 2_000;
    /** What is not delivered may take so much: a few comparisons. */
    private static final long FREE_STEPS_UNSEEN = 100;
    /** One check, at most, apart from its last match. */
    private static final long CHECK_STEPS = 20_000;
    /** The checks of a round beyond what is free: half a millisecond. */
    private static final long ROUND_STEPS = 100_000;

    private final StepBudget budget = new StepBudget();
    private final Examination examination = new Examination(true);
    private long beyond;

    /** A new round of the shard. */
    public void newRound() {
        beyond = 0;
    }

    /** Whether a stream that asked for a private event may see it; "later" if that costs too much now. */
    public Examination.Answer maySee(StreamView view, EventFrame frame) {
        long before = begin();
        return charged(before, examination.maySee(view, frame, budget));
    }

    /** Finds out for which of an event's topics the stream asked; "later" if that costs too much now. */
    Examination.Answer isFor(StreamView view, EventFrame frame) {
        long before = begin();
        return charged(before, examination.isFor(view, frame, budget));
    }

    /** Whether the stream that was checked last asked for this topic. */
    boolean isAsked(int topic) {
        return examination.isAsked(topic);
    }

    private long begin() {
        examination.forget();
        budget.allow(beyond < ROUND_STEPS ? CHECK_STEPS : 0);
        return budget.taken();
    }

    private Examination.Answer charged(long before, Examination.Answer answer) {
        long free = answer == Examination.Answer.YES ? FREE_STEPS : FREE_STEPS_UNSEEN;
        beyond += Math.max(0, budget.taken() - before - free);
        return answer;
    }

    /** How many steps all checks took: for tests. */
    long taken() {
        return budget.taken();
    }
}
