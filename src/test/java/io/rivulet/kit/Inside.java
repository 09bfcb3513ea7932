package io.rivulet.kit;

import java.lang.reflect.Field;
import java.util.Map;

/** A look inside a hub that runs in this JVM: its counters. By reflection, for its classes are the WAR's own. */
public final class Inside {

    private final Object hub;

    private Inside(Object hub) {
        this.hub = hub;
    }

    /** The hub of this server as it runs now. */
    public static Inside of(Server server) {
        Object hub = server.context().getAttribute("io.rivulet.hub");
        if (hub == null) {
            throw new AssertionError("there is no hub in " + server);
        }
        return new Inside(hub);
    }

    /** A counter of {@code io.rivulet.metrics.Metrics}, in lower case. */
    public long count(String name) {
        return ((Map<?, ?>) call(call(hub, "metrics"), "all")).entrySet().stream()
            .filter(e -> e.getKey().equals(name)).mapToLong(e -> (Long) e.getValue()).findFirst()
            .orElseThrow(() -> new AssertionError("no counter " + name));
    }

    /** All counters, for a message. */
    public String counts() {
        return call(call(hub, "metrics"), "all").toString();
    }

    /** Open streams, as the caps count them: a stream that leaves and stays counted is seen. */
    public int streams() {
        return (Integer) call(field(hub, "caps"), "total");
    }

    /** While somebody holds its monitor nothing is appended to the log: as if the disk hung. */
    public Object disk() {
        return field(field(field(hub, "running"), "log"), "appender");
    }

    private static Object field(Object target, String name) {
        try {
            Field field = target.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(target);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the hub has changed: " + name, e);
        }
    }

    private static Object call(Object target, String method) {
        try {
            return target.getClass().getMethod(method).invoke(target);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the hub has changed: " + method, e);
        }
    }
}
