package io.rivulet.log.segment;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogRecord;
import io.rivulet.metrics.Metrics;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The log's own rate of durable appends when so many threads wait for theirs, as a process of its own for the
 * benchmark: {@code folder threads bytes seconds}. Prints events per second.
 */
public final class GroupCommitRate {

    private static final int WARM_UP_EACH = 100;

    private GroupCommitRate() {
    }

    /** Warms up, reckons how many events fill the time, and measures with them. */
    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[1]);
        byte[] data = "x".repeat(Integer.parseInt(arguments[2])).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        double seconds = Double.parseDouble(arguments[3]);
        LogRecord record = new LogRecord(Event.on("bench").data(data).build(), null);
        try (SegmentLog log = SegmentLog.open(Path.of(arguments[0]), Settings.with(), InstantSource.system(),
            System::nanoTime, new Metrics())) {
            GroupCommitter.eventsPerSecond(log::append, threads, WARM_UP_EACH, record);
            double guess = GroupCommitter.eventsPerSecond(log::append, threads, WARM_UP_EACH, record);
            int each = Math.max(WARM_UP_EACH, (int) (guess * seconds / threads));
            System.out.printf(java.util.Locale.ROOT, "%.1f%n",
                GroupCommitter.eventsPerSecond(log::append, threads, each, record));
        }
    }
}
