package io.rivulet.cluster;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Notes which calls nodes make at their engines, and on which threads. */
final class CountedEngine {

    private final List<Call> calls = new CopyOnWriteArrayList<>();

    /** One call. */
    record Call(String method, String thread) {

        /** Whether the clock, or another node, is the reason for it: then no client is. */
        boolean isOfTheNode() {
            return thread.equals("rivulet-mirror") || thread.equals("rivulet-notes");
        }
    }

    /** This engine, whose calls are noted here from now on. */
    ClusterEngine around(ClusterEngine engine) {
        return (ClusterEngine) Proxy.newProxyInstance(ClusterEngine.class.getClassLoader(),
            new Class<?>[] {ClusterEngine.class}, (proxy, method, words) -> {
                calls.add(new Call(method.getName(), Thread.currentThread().getName()));
                try {
                    return method.invoke(engine, words);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
    }

    void forget() {
        calls.clear();
    }

    /** How many there were of each name. */
    Map<String, Integer> byName(Predicate<Call> which) {
        Map<String, Integer> counts = new TreeMap<>();
        calls.stream().filter(which).forEach(call -> counts.merge(call.method(), 1, Integer::sum));
        return counts;
    }
}
