package io.rivulet.url;

/**
 * The steps that compiling or matching may still take. {@link PatternInit} makes one for each pattern, and
 * {@link #of} one for each match. For one thread.
 *
 * <p>Patterns come from callers, so the time of a match has a bound that does not depend on how the pattern is written.
 * The meter counts steps and not time: the same pattern and URL have the same answer on every machine.
 */
final class StepMeter {

    /**
     * Steps of one match, over all components: under a millisecond. A pattern that needs more does not match, always
     * the same for the same URL.
     */
    static final int STEPS_MAX = 200_000;
    /**
     * Steps for each character of the URL, and {@link #STEPS_BASE} besides: an ordinary pattern takes a few, one of ten
     * wildcards some forty.
     */
    static final int STEPS_PER_CHARACTER = 300;
    /** Steps that a match may take whatever the URL's length. */
    static final int STEPS_BASE = 1000;

    /** The lists of an automaton are sixteen bytes an instruction: so many are cleared in the time of a step. */
    private static final int INSTRUCTIONS_PER_STEP = 4;

    private final int max;
    private final MatchLists lists;
    private int steps;
    private int setUps;

    StepMeter(int max) {
        this(max, null);
    }

    private StepMeter(int max, MatchLists lists) {
        this.max = max;
        this.lists = lists;
    }

    /** For one match. */
    static StepMeter of(Url url) {
        return of(url, null);
    }

    /** The same, with lists that the thread has from the match before; null for none. */
    static StepMeter of(Url url, MatchLists lists) {
        return new StepMeter(Math.min(STEPS_MAX,
            STEPS_BASE + STEPS_PER_CHARACTER * Math.min(url.length(), STEPS_MAX)), lists);
    }

    /** The lists that an automaton may use until its end. */
    MatchLists lists() {
        return lists == null ? new MatchLists() : lists;
    }

    /** Counts one; false if there are none left. */
    boolean step() {
        return ++steps <= max;
    }

    /** An automaton of so many instructions begins: its lists are made, whatever comes of it. No bound of a match. */
    void setsUp(int instructions) {
        setUps += instructions / INSTRUCTIONS_PER_STEP;
    }

    /** What the match cost: its steps, and what it took to set up its automata. */
    int cost() {
        return steps + setUps;
    }

    /** The steps taken so far: the tests show with it that a match ends at its bound. */
    int steps() {
        return steps;
    }

    /** The bound itself, for the same tests. */
    int max() {
        return max;
    }
}
