package io.rivulet.url;

/** Counts the steps of one match, and says when there have been enough. For one thread, one match. */
final class StepMeter {

    /**
     * Steps of one match, over all components of a pattern: about a millisecond. An ordinary pattern takes a few for
     * each character of the URL. A pattern that needs more does not match, always the same for the same URL.
     */
    static final int STEPS_MAX = 200_000;

    private int steps;

    /** Counts one; false if there are none left. */
    boolean step() {
        return ++steps <= STEPS_MAX;
    }

    int steps() {
        return steps;
    }
}
