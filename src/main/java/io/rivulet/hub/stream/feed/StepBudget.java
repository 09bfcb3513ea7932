package io.rivulet.hub.stream.feed;

import io.rivulet.topic.MatchSteps;

/**
 * The steps that one piece of work may take to try matchers, and how many all of its owner's work took. A {@link Turn}
 * has one for turns, and {@link LiveChecks} one for live events. Shard thread.
 */
final class StepBudget {

    private final MatchSteps steps = new MatchSteps();
    private long until;

    /** A piece of work begins, which may take so many. */
    void allow(long stepsMax) {
        until = steps.taken() + stepsMax;
    }

    /** Whether nothing is to be tried any more: the match before has taken what was left, or more than that. */
    boolean isSpent() {
        return steps.taken() >= until;
    }

    /** Where the matchers count. */
    MatchSteps steps() {
        return steps;
    }

    /** How many were taken, in all. */
    long taken() {
        return steps.taken();
    }
}
