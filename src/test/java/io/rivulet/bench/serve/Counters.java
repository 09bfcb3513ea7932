package io.rivulet.bench.serve;

import jakarta.servlet.ServletContext;
import java.util.Map;
import java.util.TreeMap;

/** The counters of the hub that runs in this JVM; by reflection, for its classes are the WAR's own. */
final class Counters {

    private Counters() {
    }

    /** All by name, in lower case, with {@code streams} for those that are open; empty where there is no hub. */
    static Map<String, Long> of(ServletContext application) throws ReflectiveOperationException {
        Object context = application.getAttribute("io.rivulet.http.HubContext");
        Map<String, Long> all = new TreeMap<>();
        if (context != null) {
            for (Map.Entry<?, ?> count : ((Map<?, ?>) call(call(context, "metrics"), "all")).entrySet()) {
                all.put((String) count.getKey(), (Long) count.getValue());
            }
            all.put("streams", ((Number) call(call(context, "hub"), "streams")).longValue());
        }
        return all;
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }
}
