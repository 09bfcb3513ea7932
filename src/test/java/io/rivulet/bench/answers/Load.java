package io.rivulet.bench.answers;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * How large the play is. Without properties it is a short act; the profile {@code answers} sets those of the whole one.
 *
 * @param seed    of all that is random; {@code -Danswers.seed} plays a run again
 * @param answers that are written at once
 * @param rate    pieces a second of each
 * @param readers of each
 * @param reloads readers a second that leave and come back, half of them as a page that is loaded anew
 * @param kills   of the hub, without a warning
 * @param rounds  measured with and without resume, in turns; 0 for none
 * @param seconds of a round
 * @param warmUp  before the first round
 * @param jvm     arguments for the hub's JVM
 * @param pinned  whether the hub has a core for itself while it is measured, and the load the other one
 */
record Load(long seed, int answers, double rate, int readers, double reloads, int kills, int rounds, Duration seconds,
            Duration warmUp, List<String> jvm, boolean pinned) {

    static Load ofProperties() {
        return new Load(Long.getLong("answers.seed", new Random().nextLong() >>> 20), number("count", 6),
            number("rate", 20), number("readers", 3), number("reloads", 10), number("kills", 2), number("rounds", 0),
            Duration.ofSeconds(number("seconds", 10)), Duration.ofSeconds(number("warmup", 20)),
            List.of(text("jvm", "-Xmx128m -XX:TieredStopAtLevel=1").split(" +")), Boolean.getBoolean("answers.pinned"));
    }

    private static int number(String name, int absent) {
        return Integer.parseInt(text(name, Integer.toString(absent)));
    }

    private static String text(String name, String absent) {
        String text = System.getProperty("answers." + name, "").strip();
        return text.isEmpty() ? absent : text;
    }

    /** Readers of all answers. */
    int allReaders() {
        return answers * readers;
    }

    @Override
    public String toString() {
        return answers + " answers, " + Math.round(rate) + " pieces a second each, " + readers + " readers each, "
            + Math.round(reloads) + " reloads a second, " + kills + " kills, seed " + seed;
    }
}
