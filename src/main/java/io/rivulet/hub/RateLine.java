package io.rivulet.hub;

import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * The streams of a shard whose rates have no room now, by the time when they will have. Who ended meanwhile stays until
 * then, at most a second. The shard's thread alone.
 */
final class RateLine {

    private final LongSupplier nanos;
    private final PriorityQueue<Subscriber> line =
        new PriorityQueue<>((a, b) -> Long.compare(a.pacing.dueNs - b.pacing.dueNs, 0));

    RateLine(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How many events the stream may get now. */
    int room(Subscriber s) {
        return s.pacing == null ? Integer.MAX_VALUE : s.pacing.room(nanos.getAsLong());
    }

    /** It got so many. */
    void sent(Subscriber s, int events) {
        if (s.pacing != null) {
            s.pacing.sent(events, nanos.getAsLong());
        }
    }

    /** Puts a stream without room into the line. */
    void await(Subscriber s) {
        if (!s.pacing.waits) {
            s.pacing.waits = true;
            s.pacing.dueNs = s.pacing.nextNs(nanos.getAsLong());
            line.add(s);
        }
    }

    /** Takes the first whose time has come out of the line; null when there is none. */
    Subscriber due() {
        Subscriber first = line.peek();
        if (first == null || first.pacing.dueNs - nanos.getAsLong() > 0) {
            return null;
        }
        line.poll();
        first.pacing.waits = false;
        return first;
    }

    /** Nanoseconds until somebody is due, 0 or less when somebody is; {@link Long#MAX_VALUE} when nobody waits. */
    long untilDueNs() {
        Subscriber first = line.peek();
        return first == null ? Long.MAX_VALUE : first.pacing.dueNs - nanos.getAsLong();
    }
}
