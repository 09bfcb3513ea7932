package io.rivulet.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.Census;
import io.rivulet.kit.Await;
import io.rivulet.metrics.Metrics.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The meters in a registry of an application's own. */
class HubMetersTest {

    @TempDir
    private Path folder;

    @Test
    void theyAreInTheApplicationsRegistryAndGoneWhenClosed() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            HubMeters meters = new HubMeters(scene.hub);
            meters.bindTo(registry);
            scene.publish("a", "x");
            assertEquals(1, registry.get("rivulet.publish.events").functionCounter().count());
            Await.until("the append is sampled", () -> registry.get("rivulet.append").timer().count() == 1);
            meters.close();
            assertEquals(List.of(), registry.getMeters());
            scene.metrics.sample(Sample.APPEND, 1, 1); // nobody listens
            assertEquals(List.of(), registry.getMeters());
        }
    }

    /** Gauges hold their hub weakly by default, and a binder that nobody holds would become NaN. */
    @Test
    void theyStayWhereNobodyHoldsTheBinder() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new HubMeters(scene.hub).bindTo(registry);
            System.gc();
            assertEquals(1, registry.get("rivulet.open").gauge().value());
        }
    }

    @Test
    void streamsAreCountedAtMostOnceASecond() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            scene.client("a").connect();
            AtomicLong now = new AtomicLong();
            HubMeters.StreamCount count = new HubMeters.StreamCount(scene.hub, now::get);
            Await.until("the stream is counted", () -> {
                now.addAndGet(1_000_000_000);
                return count.now().of(Census.Age.NONE) == 1;
            });
            Object counted = count.now();
            now.addAndGet(999_999_999);
            assertEquals(counted, count.now());
            now.incrementAndGet();
            assertTrue(counted != count.now());
        }
    }

    @Test
    void anApplicationWithoutMicrometerHasNoMetersAndNoFault() throws Exception {
        ClassLoader bare = new Bare();
        Class<?> hub = bare.loadClass("io.rivulet.hub.Hub");
        Method of = bare.loadClass("io.rivulet.meter.MeterText").getMethod("of", hub);
        assertNull(of.invoke(null, new Object[] {null}));
        // those who name the type of the text are loaded and linked without it
        for (String user : List.of("io.rivulet.boot.Doors", "io.rivulet.http.operate.MetricsServlet")) {
            assertTrue(Class.forName(user, true, bare).getDeclaredMethods().length > 0);
        }
    }

    /** Has the hub's classes anew, and none of Micrometer's. */
    private static final class Bare extends ClassLoader {

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.micrometer.") || name.startsWith("io.prometheus.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.rivulet.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> there = findLoadedClass(name);
                return there == null ? copy(name) : there;
            }
        }

        private Class<?> copy(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] code = in.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
