package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends, rolls, seals and trims on the machine's disk is killed again and again. */
@Tag("once")
class SegmentLogKillIT {

    private static final int ROUNDS = Integer.getInteger("rivulet.kill.rounds", 6);
    private static final LogOptions OPTIONS =
        TendedLog.segmentsOf(100, LogOptions.of(Settings.with("log.retain.events", "4000")));

    @TempDir
    Path folder;

    @Test
    void whatAKilledProcessAcknowledgedIsThere() throws Exception {
        Random random = new Random(9);
        long before = 0;
        int unacknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long acknowledged = killedAfter(20 + random.nextInt(800));
            assertTrue(acknowledged > before);
            try (TendedLog log = open(folder)) {
                LogRange range = log.range();
                assertEquals(round * 2 + 2, range.epoch());
                assertTrue(range.head() >= acknowledged, range + ", acknowledged " + acknowledged);
                assertTrue(range.head() <= acknowledged + 20, "one group at most was on its way");
                unacknowledged += range.head() > acknowledged ? 1 : 0;
                verify(log);
                before = range.head();
            }
        }
        System.out.printf("killed %d times: %d events, none lost; stored but unacknowledged in %d rounds%n", ROUNDS,
            before, unacknowledged);
    }

    /** Every event says its own position. */
    private static void verify(TendedLog log) throws IOException {
        long next = log.range().first();
        while (next <= log.range().head()) {
            for (LogEntry entry : log.read(next - 1, log.range().head(), TopicSelection.ofTopics(List.of("*")), 1 << 16)
                .entries()) {
                assertEquals(next + " " + next, entry.position() + " " + entry.event().text());
                next++;
            }
        }
        assertTrue(log.range().first() == 1 || log.range().head() - log.range().first() > 3_500);
    }

    private static TendedLog open(Path folder) throws IOException {
        Metrics metrics = new Metrics();
        return TendedLog.open(folder, OPTIONS, new RealDisk(metrics), InstantSource.system(), System::nanoTime,
            metrics);
    }

    /** Runs a process until it told of so many commits, kills it, and returns the last position it told. */
    private long killedAfter(int commits) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
            SegmentLogKillIT.class.getName(), folder.toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        long last = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(),
            StandardCharsets.US_ASCII))) {
            int told = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(".")) { // else the kill came into the middle of a line
                    last = Long.parseLong(line.substring(0, line.length() - 1));
                }
                if (++told == commits) {
                    process.toHandle().destroyForcibly(); // a process closes the pipe too, a handle only kills
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return last;
    }

    /** Appends groups of 1 to 20 events for ever, and tells the last position of each. */
    public static void main(String[] args) throws IOException {
        TendedLog log = open(Path.of(args[0])).begun();
        Random random = new Random();
        while (true) {
            List<LogRecord> group = new ArrayList<>();
            for (int n = 1 + random.nextInt(20); n > 0; n--) {
                group.add(new LogRecord(Event.on("t" + random.nextInt(9)).data("" + (log.range().head() + 1
                    + group.size())).build(), null));
            }
            List<LogEntry> entries = log.append(group);
            System.out.print(entries.get(entries.size() - 1).position() + ".\n");
            System.out.flush();
        }
    }
}
