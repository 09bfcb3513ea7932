package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import java.util.List;
import java.util.Locale;

/** Works out how far streams are behind, when somebody asks: nothing is kept for it. A shard's thread alone. */
final class Lags {

    private static final long NS_PER_MS = 1_000_000;

    private final TailRing ring;
    private final Moment moment;

    Lags(TailRing ring, Moment moment) {
        this.ring = ring;
        this.moment = moment;
    }

    /** How far this one is behind, where its shard has dispatched the ring's events up to {@code dispatched}. */
    Lag of(Subscriber s, long dispatched) {
        Writes.Wait wait = s.wait;
        return new Lag(s.state.name().toLowerCase(Locale.ROOT), events(s, dispatched), ageMs(s),
            s.backlogSize + inChunk(s).size() + (s.window == null ? 0 : s.window.topics()), bytes(s),
            wait == null ? 0 : s.outlet.left(), reason(s), (moment.ns - s.writtenNs) / NS_PER_MS,
            wait == null ? null : (moment.ns - wait.progressNs) / NS_PER_MS, s.outlet.transport());
    }

    private static Lag.Reason reason(Subscriber s) {
        if (s.wait != null) {
            return Lag.Reason.SOCKET;
        }
        if (s.need != null) {
            return Lag.Reason.MEMORY;
        }
        if (s.pacing != null && s.pacing.waits) {
            return Lag.Reason.RATE;
        }
        return s.state == Subscriber.State.BEHIND || s.state == Subscriber.State.OPENING ? Lag.Reason.LOG : null;
    }

    private Long events(Subscriber s, long dispatched) {
        return switch (s.state) {
            case OPENING -> null;
            case BEHIND -> behind(place(s), dispatched);
            default -> (long) s.backlogSize;
        };
    }

    private long behind(Position place, long dispatched) {
        long next = ring.after(place);
        return next < 0 ? moment.place.durable() - place.durable() : Math.max(0, dispatched - next + 1);
    }

    private Long ageMs(Subscriber s) {
        EventFrame first = first(s);
        if (first != null) {
            return age(first.timeMs());
        }
        boolean known = s.state == Subscriber.State.BEHIND && s.readMs > 0 && moment.place.isAfter(place(s));
        return known ? age(s.readMs) : null;
    }

    private long age(long timeMs) {
        return Math.max(0, moment.ms - timeMs);
    }

    /** The first event that it has not got, if that is in memory. */
    private EventFrame first(Subscriber s) {
        if (s.backlogSize > 0) {
            return ring.get(s.backlog[0]);
        }
        if (!inChunk(s).isEmpty()) {
            return inChunk(s).get(0);
        }
        long next = s.state == Subscriber.State.BEHIND ? ring.after(s.seen) : -1;
        return next < 0 ? null : ring.get(next);
    }

    /** Up to where it has been told all; the newest of each topic, which come first, are no part of that. */
    private static Position place(Subscriber s) {
        boolean first = s.chunk != null && s.chunkBytes == 0 && (s.window == null || !s.window.passes);
        return first && s.chunkEnd.isAfter(s.seen) ? s.chunkEnd : s.seen;
    }

    private static List<EventFrame> inChunk(Subscriber s) {
        return s.chunk == null ? List.of() : s.chunk.subList(s.chunkAt, s.chunk.size());
    }

    private long bytes(Subscriber s) {
        long bytes = s.window == null ? 0 : s.window.bytes;
        for (int i = 0; i < s.backlogSize; i++) {
            EventFrame frame = ring.get(s.backlog[i]);
            bytes += frame == null ? 0 : frame.length();
        }
        for (EventFrame frame : inChunk(s)) {
            bytes += frame.length();
        }
        return bytes;
    }
}
