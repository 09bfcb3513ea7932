package io.rivulet.meter;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rivulet.hub.Hub;
import org.slf4j.LoggerFactory;

/**
 * The meters of one hub and of its JVM as text, in the formats that Prometheus reads. {@code boot.Assembly} makes it
 * and {@code /metrics} shows it; any thread.
 *
 * <p>Micrometer is optional for applications that embed the hub. So nothing here has one of its classes as the type of
 * a field or in the head of a method: they are behind it, in a class that is loaded only where they are there.
 */
public abstract class MeterText implements AutoCloseable {

    private MeterText() {
    }

    /** The text of this hub; null where Micrometer or its registry for Prometheus is missing. */
    public static MeterText of(Hub hub) {
        try {
            return new Prometheus(hub);
        } catch (LinkageError e) {
            LoggerFactory.getLogger(MeterText.class).info("there is no /metrics: {} is not on the class path",
                "micrometer-registry-prometheus");
            return null;
        }
    }

    /** The text, in the format that {@link #type} tells. */
    public abstract String text(String accept);

    /** The content type of the text for a caller who accepts this; {@code accept} may be null. */
    public abstract String type(String accept);

    /** Lets go of hub and JVM: nothing listens any more. */
    @Override
    public abstract void close();

    /**
     * A registry of the hub's own, with its meters and those of its JVM. Any thread.
     *
     * <p>The garbage collectors of the JVM tell the registry of each pause, and so would hold the class loader of a hub
     * that is gone: {@link #close} takes that back.
     */
    private static final class Prometheus extends MeterText {

        private static final String OPEN_METRICS = "application/openmetrics-text";
        private static final String OPEN_TYPE = OPEN_METRICS + "; version=1.0.0; charset=utf-8";
        private static final String PLAIN_TYPE = "text/plain; version=0.0.4; charset=utf-8";

        private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        private final HubMeters meters;
        private final JvmGcMetrics collectors = new JvmGcMetrics();

        Prometheus(Hub hub) {
            meters = new HubMeters(hub);
            meters.bindTo(registry);
            collectors.bindTo(registry);
            new JvmMemoryMetrics().bindTo(registry);
            new JvmThreadMetrics().bindTo(registry);
            new ClassLoaderMetrics().bindTo(registry);
            new ProcessorMetrics().bindTo(registry);
            new UptimeMetrics().bindTo(registry);
            new FileDescriptorMetrics().bindTo(registry);
        }

        @Override
        public String text(String accept) {
            return registry.scrape(type(accept));
        }

        @Override
        public String type(String accept) {
            return accept != null && accept.contains(OPEN_METRICS) ? OPEN_TYPE : PLAIN_TYPE;
        }

        @Override
        public void close() {
            collectors.close();
            meters.close();
            registry.close();
        }
    }
}
