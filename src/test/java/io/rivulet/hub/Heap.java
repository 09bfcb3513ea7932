package io.rivulet.hub;

import java.lang.management.ManagementFactory;

/** The questions of memory tests to this JVM. */
final class Heap {

    private Heap() {
    }

    /** Bytes in use after collecting what is garbage, until there is no less. */
    static long used() {
        long used = Long.MAX_VALUE;
        for (int same = 0; same < 2;) {
            System.gc();
            long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            same = now < used - 10_000 ? 0 : same + 1;
            used = Math.min(used, now);
        }
        return used;
    }
}
