package io.rivulet.bench.jmh;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogRecord;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A log in a folder of its own below the working directory's target: on the disk of the project, not in memory. */
final class LogState implements AutoCloseable {

    private final Path folder;
    private final SegmentLog log;

    LogState() throws IOException {
        folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "jmh-log-");
        log = SegmentLog.open(folder, Settings.with(), InstantSource.system(), System::nanoTime, new Metrics());
    }

    SegmentLog log() {
        return log;
    }

    /** So many events of 100 bytes, over a hundred topics. */
    static List<LogRecord> group(int size) {
        byte[] data = "x".repeat(100).getBytes(StandardCharsets.US_ASCII);
        List<LogRecord> group = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            group.add(new LogRecord(Event.on("https://example.com/books/" + i % 100).data(data).build(), null));
        }
        return group;
    }

    @Override
    public void close() throws IOException {
        log.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
