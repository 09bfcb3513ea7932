package io.rivulet.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Sample;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the flight recorder is told of what was slow. */
class SlowEventsTest {

    @TempDir
    private Path folder;

    @Test
    void aRecordingHasWhatTookLongAndNothingElse() throws Exception {
        Metrics metrics = new Metrics();
        Path file = folder.resolve("slow.jfr");
        SlowEvents slow = SlowEvents.of(metrics, 200);
        try (Recording recording = new Recording()) {
            recording.enable("rivulet.SlowAppend");
            recording.enable("rivulet.SlowDelivery");
            recording.start();
            metrics.sample(Sample.APPEND, ms(199), 1);
            metrics.sample(Sample.APPEND, ms(200), 2);
            metrics.sample(Sample.DELIVERY, ms(300), 3);
            recording.stop();
            recording.dump(file);
        } finally {
            slow.close();
        }
        List<RecordedEvent> told = RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith("rivulet.")).toList();
        assertEquals(List.of("rivulet.SlowAppend", "rivulet.SlowDelivery"),
            told.stream().map(event -> event.getEventType().getName()).toList());
        assertEquals(Duration.ofMillis(200), told.get(0).getDuration("took"));
        assertEquals(2, told.get(0).getLong("events"));
        assertEquals(Duration.ofMillis(300), told.get(1).getDuration("took"));
        assertEquals(3, told.get(1).getLong("written"));
    }

    private static long ms(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
