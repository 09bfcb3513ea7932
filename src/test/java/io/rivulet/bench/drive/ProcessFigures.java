package io.rivulet.bench.drive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the kernel says of a process and its children (nginx has a worker).
 *
 * @param cpuMs user and system time, in steps of 10 ms
 * @param rssKb resident memory
 */
public record ProcessFigures(long cpuMs, long rssKb) {

    /** Linux on all machines of these days: sysconf(_SC_CLK_TCK) is 100. */
    private static final long MS_PER_TICK = 10;
    private static final ProcessFigures NONE = new ProcessFigures(0, 0);

    /** As of now; zeros when the process is gone. */
    public static ProcessFigures of(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).map(p -> one(p.pid()))
            .reduce(NONE, (a, b) -> new ProcessFigures(a.cpuMs + b.cpuMs, a.rssKb + b.rssKb));
    }

    /** The same without its children. */
    public static ProcessFigures alone(ProcessHandle process) {
        return one(process.pid());
    }

    private static ProcessFigures one(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String status = Files.readString(Path.of("/proc", Long.toString(pid), "status"));
            return parse(stat, status);
        } catch (NoSuchFileException e) {
            return NONE;
        } catch (IOException e) {
            throw new UncheckedIOException("/proc does not tell of " + pid, e);
        }
    }

    /** The texts of {@code /proc/<pid>/stat} and {@code status}. */
    static ProcessFigures parse(String stat, String status) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" "); // a name may hold blanks
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        long rss = status.lines().filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
        return new ProcessFigures(ticks * MS_PER_TICK, rss);
    }
}
