package io.rivulet.hub.stream;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.TailRing;
import java.util.Locale;

/** Works out how far streams are behind. The shard asks when an operator does; nothing is kept for it. Shard thread. */
final class Lags {

    private static final long NS_PER_MS = 1_000_000;

    private final TailRing ring;
    private final Round round;

    Lags(TailRing ring, Round round) {
        this.ring = ring;
        this.round = round;
    }

    /** How far this one is behind. */
    Lag of(Subscriber s) {
        Subscriber.SocketWait wait = s.socketWait();
        Feed feed = s.feed();
        return new Lag(s.stage().name().toLowerCase(Locale.ROOT), events(s), ageMs(s),
            feed == null ? 0 : feed.eventsHeld(), feed == null ? 0 : feed.bytesHeld(ring),
            wait == null ? 0 : s.outlet().left(), reason(s), (round.ns() - s.writtenNs()) / NS_PER_MS,
            wait == null ? null : wait.sinceProgressNs(round.ns()) / NS_PER_MS, s.outlet().transport());
    }

    private static Lag.Reason reason(Subscriber s) {
        if (s.socketWait() != null) {
            return Lag.Reason.SOCKET; // a heartbeat may have filled it since
        }
        return switch (s.outcome()) {
            case SOCKET -> Lag.Reason.SOCKET;
            case MEMORY -> Lag.Reason.MEMORY;
            case RATE -> Lag.Reason.RATE;
            case LOG, ASKS, TURN, FELL_BEHIND, LOST -> Lag.Reason.LOG;
            case WRITE, CAUGHT_UP -> null;
        };
    }

    private Long events(Subscriber s) {
        return switch (s.stage()) {
            case OPENING -> null;
            case BEHIND -> behind(s.feed().toldUpTo(round.place()));
            case LIVE -> (long) s.feed().eventsHeld();
            case ENDING, ENDED -> 0L;
        };
    }

    private long behind(Position place) {
        long next = ring.after(place);
        return next < 0 ? round.place().durable() - place.durable() : Math.max(0, round.dispatched() - next + 1);
    }

    private Long ageMs(Subscriber s) {
        if (s.feed() == null) {
            return null;
        }
        EventFrame first = s.feed().firstHeld(ring);
        if (first == null && s.stage() == Subscriber.Stage.BEHIND) {
            long next = ring.after(s.cursor().seen());
            first = next < 0 ? null : ring.get(next);
        }
        if (first != null) {
            return age(first.timeMs());
        }
        long readMs = s.feed().readMs();
        return readMs > 0 && round.place().isAfter(s.feed().toldUpTo(round.place())) ? age(readMs) : null;
    }

    private long age(long timeMs) {
        return Math.max(0, round.ms() - timeMs);
    }
}
