package io.rivulet.kit;

import java.util.Set;
import java.util.stream.Collectors;

/** The hub's threads in this JVM, by their names. */
public final class HubThreads {

    private HubThreads() {
    }

    /** Those that are alive now; the set is the caller's. */
    public static Set<Thread> alive() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("rivulet-"))
            .filter(Thread::isAlive).collect(Collectors.toSet());
    }
}
