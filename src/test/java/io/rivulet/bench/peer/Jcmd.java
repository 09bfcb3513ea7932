package io.rivulet.bench.peer;

import io.rivulet.kit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a JVM for a collection, for its heap and for its compiler, by the {@code jcmd} beside the {@code java} that runs
 * this.
 */
public final class Jcmd {

    private static final Pattern USED =
        Pattern.compile("(?:generation|garbage-first heap)\\s+total \\d+K, used (\\d+)K");

    /** A thread's name, and the milliseconds that it took. */
    private static final Pattern THREAD = Pattern.compile("(?m)^\"(.*?)\" .*?\\bcpu=([0-9.]+)ms");

    /** Nothing is compiled, and each queue that there is says that it is empty. */
    private static final Pattern IDLE = Pattern.compile("Current compiles:\\s*(C[12] compile queue:\\s+Empty\\s*)+\\z");
    private static final Duration COMPILER_LOOK = Duration.ofMillis(500);

    private Jcmd() {
    }

    /** A full collection. */
    public static void collect(long pid) throws IOException {
        run(pid, "GC.run");
    }

    /**
     * Full collections that leave a heap of little more than what is alive, so that the process's size says what its
     * connections need and not what was once garbage. Such a heap is set for the moment only: to grow in it is slow.
     */
    public static void shrink(long pid) throws IOException {
        run(pid, "VM.set_flag", "MinHeapFreeRatio", "5");
        run(pid, "VM.set_flag", "MaxHeapFreeRatio", "10");
        collect(pid);
        collect(pid);
        run(pid, "VM.set_flag", "MaxHeapFreeRatio", "70");
        run(pid, "VM.set_flag", "MinHeapFreeRatio", "40");
        try {
            run(pid, "System.trim_native_heap"); // what the compiler has given back to malloc
        } catch (IOException e) {
            // an older JVM, which does not know it
        }
    }

    /** Waits until the JIT compiler has nothing left to do, and at most so long; at once for what is no JVM. */
    public static void awaitCompiled(ProcessHandle process, Duration limit) throws IOException {
        if (!process.info().command().map(command -> command.endsWith("java")).orElse(false)) {
            return;
        }
        long untilNs = System.nanoTime() + limit.toNanos();
        while (isCompiling(run(process.pid(), "Compiler.queue")) && System.nanoTime() < untilNs) {
            Await.pass(COMPILER_LOOK);
        }
    }

    /** Whether something is compiled or waits for it. */
    static boolean isCompiling(String queue) {
        return !IDLE.matcher(queue).find();
    }

    /** Kilobytes of the heap that are in use; of the serial collector or of G1. */
    public static long heapKb(long pid) throws IOException {
        return used(run(pid, "GC.heap_info"));
    }

    /** The classes that have most bytes on the heap, one a line. */
    public static List<String> largest(long pid, int classes) throws IOException {
        return run(pid, "GC.class_histogram").lines().filter(line -> line.matches("\\s*\\d+:.*")).limit(classes)
            .map(line -> line.trim().replaceAll("\\s+", " ")).toList();
    }

    /** Writes all that is alive to a file, for tools that tell what keeps what. */
    public static void dump(long pid, Path file) throws IOException {
        run(pid, "GC.heap_dump", file.toAbsolutePath().toString());
    }

    /** Milliseconds of the processor that the threads of each kind have taken; those of a pool are of one kind. */
    public static Map<String, Long> threadMs(long pid) throws IOException {
        Map<String, Long> ms = new TreeMap<>();
        Matcher thread = THREAD.matcher(run(pid, "Thread.print"));
        while (thread.find()) {
            String kind = thread.group(1).replaceAll("[@(\\[].*", "").replaceAll("[-#]?\\d+", "");
            ms.merge(kind, Math.round(Double.parseDouble(thread.group(2))), Long::sum);
        }
        return ms;
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

    private static String run(long pid, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(Programs.java()).resolveSibling("jcmd").toString(),
            Long.toString(pid)));
        command.addAll(List.of(words));
        return Programs.run(command);
    }
}
