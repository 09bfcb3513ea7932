package io.rivulet.hub.stream;

import java.util.function.LongSupplier;

/**
 * Until when costly work rests, by {@link Courtesy}. The line of costly streams of a {@link CatchUp} has one, and all
 * questions of the {@link Readers} that go on share one. One thread at a time.
 */
final class Rest {

    private final LongSupplier nanos;
    private long untilNs;
    /** Without it an old time would be a coming one again when the clock has turned. */
    private boolean rests;

    /** Nobody rests. */
    Rest(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Rests for so long from now on, or as long as before if that is longer. */
    void begin(long ns) {
        if (ns > leftNs()) {
            untilNs = nanos.getAsLong() + ns;
            rests = true;
        }
    }

    /** Nanoseconds that are left; 0 for none. */
    long leftNs() {
        long left = rests ? untilNs - nanos.getAsLong() : 0;
        rests = left > 0;
        return Math.max(0, left);
    }
}
