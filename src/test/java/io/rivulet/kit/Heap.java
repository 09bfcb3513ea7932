package io.rivulet.kit;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.function.Supplier;

/** The questions of memory tests to this JVM. */
public final class Heap {

    private static final int TRIES = 2;

    private Heap() {
    }

    /** Bytes in use after collecting what is garbage, until there is no less. */
    public static long used() {
        long used = Long.MAX_VALUE;
        for (int same = 0; same < 2;) {
            System.gc();
            long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            same = now < used - 10_000 ? 0 : same + 1;
            used = Math.min(used, now);
        }
        return used;
    }

    /** Bytes that what {@code make} returns keeps alive, at the least of two tries: the first loads classes, too. */
    public static long of(Supplier<?> make) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long before = used();
            Object kept = make.get();
            least = Math.min(least, used() - before);
            Reference.reachabilityFence(kept);
        }
        return least;
    }
}
