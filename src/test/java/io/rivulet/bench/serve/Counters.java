package io.rivulet.bench.serve;

import jakarta.servlet.ServletContext;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.TreeMap;

/** The counters of the hub that runs in this JVM; by reflection, for its classes are the WAR's own. */
final class Counters {

    private Counters() {
    }

    /** All by name, in lower case, with {@code streams} for those that are open; empty where there is no hub. */
    static Map<String, Long> of(ServletContext application) throws ReflectiveOperationException {
        Map<String, Long> all = new TreeMap<>();
        Object hub = application.getAttribute("io.rivulet.hub");
        Object older = application.getAttribute("io.rivulet.http.HubContext"); // a WAR from before it had that name
        if (hub != null) {
            fill(all, call(hub, "metrics"), openStreams(hub));
        } else if (older != null) {
            fill(all, call(older, "metrics"), (Number) call(call(older, "hub"), "streams"));
        }
        return all;
    }

    /** As the caps count them: one that leaves and stays counted is seen. */
    private static Number openStreams(Object hub) throws ReflectiveOperationException {
        Field caps = hub.getClass().getDeclaredField("caps");
        caps.setAccessible(true);
        return (Number) call(caps.get(hub), "total");
    }

    private static void fill(Map<String, Long> all, Object metrics, Number streams)
        throws ReflectiveOperationException {
        for (Map.Entry<?, ?> count : ((Map<?, ?>) call(metrics, "all")).entrySet()) {
            all.put((String) count.getKey(), (Long) count.getValue());
        }
        all.put("streams", streams.longValue());
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }
}
