package io.rivulet.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a JVM for a collection and for its heap, by the {@code jcmd} beside the {@code java} that runs this. */
public final class Jcmd {

    private static final Pattern USED = Pattern.compile("generation\\s+total \\d+K, used (\\d+)K");

    private Jcmd() {
    }

    /** A full collection. */
    public static void collect(long pid) throws IOException {
        run(pid, "GC.run");
    }

    /** Kilobytes of the heap that are in use; of the serial collector. */
    public static long heapKb(long pid) throws IOException {
        return used(run(pid, "GC.heap_info"));
    }

    /** The sum over the generations. */
    static long used(String heapInfo) {
        Matcher used = USED.matcher(heapInfo);
        long sum = 0;
        while (used.find()) {
            sum += Long.parseLong(used.group(1));
        }
        return sum;
    }

    private static String run(long pid, String command) throws IOException {
        Path jcmd = Path.of(Programs.java()).resolveSibling("jcmd");
        return Programs.run(List.of(jcmd.toString(), Long.toString(pid), command));
    }
}
