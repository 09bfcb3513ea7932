package io.rivulet.meter;

import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Sample;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Tells the JDK's flight recorder of each append and each batch that took longer than a setting allows, so that a
 * recording shows what else went on then. {@code boot.Assembly} makes it; it listens on the threads of committer and
 * shards.
 *
 * <p>Nothing is made while no recording was ever begun, and nothing for a sample that was quick. A JDK without the
 * recorder has no such events, and {@link #of} says so.
 */
public final class SlowEvents implements AutoCloseable {

    private final Metrics metrics;
    private final long thresholdNs;
    private final Metrics.Listener listener = this::sampled;

    private SlowEvents(Metrics metrics, long thresholdMs) {
        this.metrics = metrics;
        this.thresholdNs = TimeUnit.MILLISECONDS.toNanos(thresholdMs);
    }

    /** Tells of what takes longer; what is returned is closed with the hub, and null where there is no recorder. */
    public static SlowEvents of(Metrics metrics, long thresholdMs) {
        try {
            FlightRecorder.isInitialized();
        } catch (LinkageError e) {
            return null; // a runtime that was put together without jdk.jfr
        }
        SlowEvents slow = new SlowEvents(metrics, thresholdMs);
        metrics.listen(slow.listener);
        return slow;
    }

    private void sampled(Sample what, long nanos, long events) {
        if (nanos < thresholdNs || !FlightRecorder.isInitialized()) {
            return;
        }
        if (what == Sample.APPEND) {
            FlightRecorder.register(SlowAppend.class); // a hub before this one may have taken it back
            SlowAppend event = new SlowAppend();
            event.took = nanos;
            event.events = events;
            event.commit();
        } else {
            FlightRecorder.register(SlowDelivery.class);
            SlowDelivery event = new SlowDelivery();
            event.took = nanos;
            event.written = events;
            event.commit();
        }
    }

    /** Lets the recorder forget the events, which would hold the hub's class loader. */
    @Override
    public void close() {
        metrics.unlisten(listener);
        if (FlightRecorder.isInitialized()) {
            FlightRecorder.unregister(SlowAppend.class);
            FlightRecorder.unregister(SlowDelivery.class);
        }
    }

    /** The log took long for a group of events. */
    @Name("rivulet.SlowAppend")
    @Label("Slow append")
    @Category("Rivulet")
    @StackTrace(false)
    private static final class SlowAppend extends Event {
        @Label("Took")
        @Timespan(Timespan.NANOSECONDS)
        private long took;
        @Label("Events of the group")
        private long events;
    }

    /** A shard took long to write a batch to its live streams. */
    @Name("rivulet.SlowDelivery")
    @Label("Slow delivery")
    @Category("Rivulet")
    @StackTrace(false)
    private static final class SlowDelivery extends Event {
        @Label("Took")
        @Timespan(Timespan.NANOSECONDS)
        private long took;
        @Label("Events written to streams")
        private long written;
    }
}
