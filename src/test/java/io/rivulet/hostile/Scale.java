package io.rivulet.hostile;

import java.time.Duration;
import java.util.List;

/**
 * How large the play is. Without properties it is a short act; the profile {@code hostile} sets those
 * of the whole one.
 *
 * @param seed      of all that is random; {@code -Dhostile.seed} plays a run again
 * @param attackers threads, each with an address of its own
 * @param streams   honest ones
 * @param names     topic names in the log before anybody comes
 * @param quiet     how long the honest ones are measured alone
 * @param rehearsal how long attackers come before anything is measured; 0 for not at all
 * @param attack    how long they are measured under attack
 * @param pause     longest pause of an attacker between two goes
 * @param latest    no honest delivery, answer or look-up may take longer, however small the machine
 * @param ratio     how many times its quiet value the honest p99 may take; 0 for not judged
 * @param strict    whether no honest caller may be refused either, and each kind of attack must have been made: a busy
 *                  machine cannot promise that
 * @param jvm       more arguments for the hub's JVM
 * @param pinned    whether the hub has a core for itself and all others share the other one
 * @param kinds     kinds of attack to play; empty for all
 */
record Scale(long seed, int attackers, int streams, int names, Duration quiet, Duration rehearsal, Duration attack,
             Duration pause, Duration latest, int ratio, boolean strict, List<String> jvm, boolean pinned,
             List<String> kinds) {

    /** How long the memory may take to come back after the attackers have left. */
    static final Duration RECOVERY = Duration.ofMinutes(1);
    static final int PUBLISHERS = 4;
    /** Events a second of one honest publisher. */
    static final int EVENTS_A_SECOND = 12;
    /** The heap of a small container. */
    static final int HEAP_MB = 256;
    /** The hub's tail ring, as it is set for the play. */
    static final int RING_MB = 8;
    /**
     * What may have grown for good: the tail ring and the index of the newest segment, a sixteenth of the heap. Both
     * hold what was published, whoever asks. What was asked for stays in caches for twenty seconds at most.
     */
    static final int GROWN_MB = RING_MB + HEAP_MB / 16;

    /**
     * What Tomcat keeps for good of a crowd: 200 requests with their buffers ({@code processorCache}), each as large as
     * an idle stream there, 104 KB.
     */
    static final int TOMCAT_GROWN_MB = 24;

    static Scale ofProperties() {
        return new Scale(Long.getLong("hostile.seed", System.nanoTime() >>> 10), number("attackers", 24),
            number("streams", 50), number("names", 4_000), Duration.ofSeconds(number("quiet", 3)),
            Duration.ofSeconds(number("rehearsal", 0)), Duration.ofSeconds(number("seconds", 12)),
            Duration.ofMillis(number("pause", 200)), Duration.ofSeconds(number("latest", 5)), number("ratio", 0),
            Boolean.getBoolean("hostile.strict"), words("jvm", "-XX:TieredStopAtLevel=1"),
            Boolean.getBoolean("hostile.pinned"), words("kinds", ""));
    }

    private static int number(String name, int absent) {
        String text = System.getProperty("hostile." + name, "");
        return text.isEmpty() ? absent : Integer.parseInt(text);
    }

    private static List<String> words(String name, String absent) {
        String text = System.getProperty("hostile." + name, "");
        text = text.isEmpty() ? absent : text;
        return text.isBlank() ? List.of() : List.of(text.trim().split("[ ,]+"));
    }

    @Override
    public String toString() {
        return attackers + " attackers for " + attack.toSeconds() + " s, " + streams + " honest streams, seed " + seed
            + (kinds.isEmpty() ? "" : ", only " + kinds);
    }
}
