package io.rivulet.url;

/** Counts steps, and says when there have been enough. For one thread. */
final class StepMeter {

    private final int max;
    private int steps;

    StepMeter(int max) {
        this.max = max;
    }

    /** For one match. */
    static StepMeter of(Url url) {
        return new StepMeter(Math.min(UrlPattern.STEPS_MAX,
            UrlPattern.STEPS_BASE + UrlPattern.STEPS_PER_CHARACTER * Math.min(url.length(), UrlPattern.STEPS_MAX)));
    }

    /** Counts one; false if there are none left. */
    boolean step() {
        return ++steps <= max;
    }

    int steps() {
        return steps;
    }

    int max() {
        return max;
    }
}
