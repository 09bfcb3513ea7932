package io.rivulet.kit;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The hub's threads in this JVM, by their names. */
public final class HubThreads {

    private HubThreads() {
    }

    /** Those that are alive now; the set is the caller's. */
    public static Set<Thread> alive() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("rivulet-"))
            .filter(Thread::isAlive).collect(Collectors.toSet());
    }

    /** Waits until none is alive that was not {@code before}; fails with where those are that do not end. */
    public static void awaitNoneBut(Set<?> before) {
        Await.get(() -> "the end of these threads:" + stacks(before), Await.LIMIT,
            () -> before.containsAll(alive()) ? Boolean.TRUE : null);
    }

    private static String stacks(Set<?> before) {
        return alive().stream().filter(thread -> !before.contains(thread)).map(thread -> "\n" + thread.getName() + " "
            + thread.getState() + Stream.of(thread.getStackTrace()).map(each -> "\n    " + each)
                .collect(Collectors.joining())).collect(Collectors.joining());
    }
}
