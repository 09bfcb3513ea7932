package io.rivulet.meter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rivulet.hub.Hub;
import io.rivulet.hub.HubSizes;
import io.rivulet.hub.stream.Census;
import io.rivulet.hub.stream.Lag;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.metrics.Metrics.Sample;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of one hub, for a registry of Micrometer's: that of {@code /metrics}, or the application's own. Whoever
 * has the registry binds it, and closes it before the hub's classes are to go; any thread.
 *
 * <p>A delivery pays nothing for them. Counters are those that the hub has anyway, read when somebody asks. Times are
 * samples, one for a group of events. The streams are counted when somebody asks, at most once a second
 * ({@link StreamCount}). No label has a value that a caller chooses: each is a constant of an enum of the hub's.
 */
public final class HubMeters implements MeterBinder, AutoCloseable {

    private static final Duration[] BOUNDS = List.of(100L, 250L, 500L, 1_000L, 2_500L, 5_000L, 10_000L, 25_000L,
        50_000L, 100_000L, 250_000L, 500_000L, 1_000_000L, 2_500_000L, 5_000_000L, 10_000_000L).stream()
        .map(us -> Duration.ofNanos(us * 1_000)).toArray(Duration[]::new);

    private static final Logger LOG = LoggerFactory.getLogger(HubMeters.class);
    private static final double MS_PER_S = 1_000;

    private final Hub hub;
    private final StreamCount streams;
    /** What {@link #close} takes back, for each registry. */
    private final ConcurrentLinkedQueue<Runnable> bound = new ConcurrentLinkedQueue<>();

    /** The meters of this hub, bound to nothing yet. */
    public HubMeters(Hub hub) {
        this.hub = hub;
        this.streams = new StreamCount(hub);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Binding binding = new Binding(registry);
        bound.add(binding::end);
        counters(binding);
        gauges(binding);
        Timer append = timer("rivulet.append",
            "How long the log took for one group of events, until they were as durable as they must be", binding);
        Timer delivery = timer("rivulet.delivery",
            "From the moment at which events were in order until a shard had written them to its live streams, for "
                + "each batch", binding);
        binding.listener = (what, nanos, events) ->
            (what == Sample.APPEND ? append : delivery).record(nanos, TimeUnit.NANOSECONDS);
        hub.metrics().listen(binding.listener);
    }

    /** Takes all meters out of the registries, which hold the hub no more. */
    @Override
    public void close() {
        for (Runnable end = bound.poll(); end != null; end = bound.poll()) {
            end.run();
        }
    }

    /** The meters in one registry. */
    private final class Binding {
        private final MeterRegistry registry;
        private final List<Meter> meters = new ArrayList<>();
        private Metrics.Listener listener;

        Binding(MeterRegistry registry) {
            this.registry = registry;
        }

        void counter(String name, String unit, String help, Tags tags, ToDoubleFunction<Metrics> value) {
            meters.add(FunctionCounter.builder(name, hub.metrics(), value).baseUnit(unit).description(help)
                .tags(tags).register(registry));
        }

        void gauge(String name, String unit, String help, Tags tags, ToDoubleFunction<HubMeters> value) {
            meters.add(Gauge.builder(name, HubMeters.this, value).baseUnit(unit).description(help).tags(tags)
                .strongReference(true).register(registry));
        }

        void end() {
            hub.metrics().unlisten(listener);
            meters.forEach(registry::remove);
            meters.clear();
        }
    }

    private Timer timer(String name, String help, Binding binding) {
        Timer timer = Timer.builder(name).description(help).serviceLevelObjectives(BOUNDS).register(binding.registry);
        binding.meters.add(timer);
        return timer;
    }

    private static void counters(Binding to) {
        for (Count count : Count.values()) {
            CounterRow row = CounterRow.of(count);
            to.counter(row.name(), row.unit(), row.help(), row.tags(), metrics -> metrics.get(count));
        }
        for (Refused.Reason reason : Refused.Reason.values()) {
            to.counter("rivulet.refusals", null, "Requests refused, softly or by a problem, by its reason",
                Tags.of("reason", word(reason)), metrics -> metrics.refusals(reason));
        }
    }

    private static void gauges(Binding to) {
        for (Census.Transport transport : Census.Transport.values()) {
            to.gauge("rivulet.streams", null, "Open streams by how they are transported",
                Tags.of("transport", word(transport)), own -> own.streams.now().of(transport));
        }
        for (Census.Age age : Census.Age.values()) {
            to.gauge("rivulet.streams.lag", null,
                "Open streams by how long the first event that they have not got has been there: none, or less than",
                Tags.of("age", age.label()), own -> own.streams.now().of(age));
        }
        for (Lag.Reason reason : Lag.Reason.values()) {
            to.gauge("rivulet.streams.waiting", null, "Open streams that do not keep up, by what they wait for",
                Tags.of("cause", word(reason)), own -> own.streams.now().of(reason));
        }
        to.gauge("rivulet.backlogged", "events", "Events in memory that wait for streams", Tags.empty(),
            own -> own.streams.now().backlogEvents());
        to.gauge("rivulet.backlog", "bytes", "Length of the events in memory that wait; shared ones count for each",
            Tags.empty(), own -> own.streams.now().backlogBytes());
        to.gauge("rivulet.unsent", "bytes", "Given to the container and not taken by the sockets, as far as it tells",
            Tags.empty(), own -> own.streams.now().unsentBytes());
        size(to, "rivulet.log.size", "bytes", "Size of the log on the disk", sizes -> sizes.log().bytes());
        size(to, "rivulet.log.events", null, "Events that the log holds", sizes -> sizes.log().events());
        size(to, "rivulet.log.segments", null, "Files of the log", sizes -> sizes.log().segments());
        to.gauge("rivulet.log.oldest.age", "seconds", "Age of the oldest event of the log", Tags.empty(),
            own -> own.sizeOf(sizes -> sizes.log().ageMs()) / MS_PER_S);
        size(to, "rivulet.mirror.behind", null, "Events of the shared log that this node has not copied yet",
            sizes -> sizes.lag().events());
        to.gauge("rivulet.mirror.age", "seconds", "Time since this node last had all of the shared log", Tags.empty(),
            own -> own.sizeOf(sizes -> sizes.lag().ms()) / MS_PER_S);
        size(to, "rivulet.publish.queue", "bytes", "Events that wait for the disk", HubSizes::queueBytes);
        size(to, "rivulet.lookups", null, "Look-ups in the log that somebody waits for", HubSizes::lookUps);
        to.gauge("rivulet.open", null, "1 while the hub has its log, else 0", Tags.empty(),
            own -> own.hub.sizes() == null ? 0 : 1);
        to.gauge("rivulet.publishing", null, "1 while publishing works, else 0", Tags.empty(),
            own -> own.hub.publishTrouble() == null ? 1 : 0);
    }

    private static void size(Binding to, String name, String unit, String help, ToLongFunction<HubSizes> value) {
        to.gauge(name, unit, help, Tags.empty(), own -> own.sizeOf(value));
    }

    private long sizeOf(ToLongFunction<HubSizes> value) {
        HubSizes sizes = hub.sizes();
        return sizes == null ? 0 : value.applyAsLong(sizes);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The open streams, counted when a gauge is read and at most once a second: a scrape reads many gauges, and a page
     * that anybody may ask for must not keep the shards busy. Any thread; one counts, the others wait for it.
     */
    static final class StreamCount {

        /** A shard answers between two rounds; one that does not is in trouble, and the last count stands. */
        private static final long WAIT_MS = 500;
        private static final long KEPT_NS = 1_000_000_000;

        private final Hub hub;
        private final LongSupplier nanos;
        private Census last = new Census();
        private long lastNs;
        private boolean counted;
        /** A count that was late: it is taken the next time, so that a hub that is always late is counted, too. */
        private CompletableFuture<Census> late;

        StreamCount(Hub hub) {
            this(hub, System::nanoTime);
        }

        StreamCount(Hub hub, LongSupplier nanos) {
            this.hub = hub;
            this.nanos = nanos;
        }

        /** The count of now, or of less than a second ago. */
        synchronized Census now() {
            if (!counted || nanos.getAsLong() - lastNs >= KEPT_NS) {
                CompletableFuture<Census> count = late == null ? hub.census() : late;
                late = null;
                try {
                    last = count.get(WAIT_MS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (TimeoutException e) {
                    late = count; // and the last one stands meanwhile
                } catch (ExecutionException e) {
                    LOG.debug("the streams could not be counted; the last count stands", e);
                }
                lastNs = nanos.getAsLong();
                counted = true;
            }
            return last;
        }
    }
}
