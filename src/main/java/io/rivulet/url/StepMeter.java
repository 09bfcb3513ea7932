package io.rivulet.url;

/** Counts steps, and says when there have been enough. For one thread. */
final class StepMeter {

    private final int max;
    private int steps;

    StepMeter(int max) {
        this.max = max;
    }

    /** Of one match. */
    StepMeter() {
        this(UrlPattern.STEPS_MAX);
    }

    /** Counts one; false if there are none left. */
    boolean step() {
        return ++steps <= max;
    }

    int steps() {
        return steps;
    }
}
