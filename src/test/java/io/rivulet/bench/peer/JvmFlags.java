package io.rivulet.bench.peer;

import java.util.ArrayList;
import java.util.List;

/**
 * What every JVM that is measured gets, Rivulet's and the peers'.
 *
 * @param heap as for {@code -Xmx}
 * @param more other flags; the collector is among them, for on one core the JVM would choose the serial one unasked
 */
public record JvmFlags(String heap, List<String> more) {

    /** The usual ones. */
    public static JvmFlags of(String heap) {
        return new JvmFlags(heap, List.of("-Xms" + heap, "-XX:+UseSerialGC"));
    }

    /** For trying out: soon ready, never fast. */
    public static JvmFlags quick(String heap) {
        return new JvmFlags(heap, List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    }

    /**
     * For resident memory: a heap that begins small, with a small young generation, for pages of it that more
     * connections touch would count as theirs.
     */
    public static JvmFlags small(String heap) {
        return new JvmFlags(heap, List.of("-Xms32m", "-Xmn16m", "-XX:+UseSerialGC", "-XX:-ShrinkHeapInSteps"));
    }

    /**
     * For latencies while thousands connect: what they take in memory outlives a collection and is copied in one pause,
     * of 100 ms for each 15 MB; so the young generation is small.
     */
    public static JvmFlags shortPauses(String heap) {
        return new JvmFlags(heap, List.of("-Xms" + heap, "-Xmn8m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"));
    }

    /** With further ones; of two that say the same the JVM takes the later. */
    public JvmFlags with(List<String> further) {
        List<String> all = new ArrayList<>(more);
        all.addAll(further);
        return new JvmFlags(heap, List.copyOf(all));
    }

    List<String> words() {
        List<String> words = new ArrayList<>(List.of("-Xmx" + heap));
        words.addAll(more);
        return words;
    }

    /** For the table of circumstances. */
    public String text() {
        return String.join(" ", words());
    }
}
