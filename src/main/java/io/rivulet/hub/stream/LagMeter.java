package io.rivulet.hub.stream;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.stream.feed.Feed;
import io.rivulet.hub.stream.feed.Round;
import io.rivulet.hub.tail.TailRing;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Works out how far streams are behind. The shard asks it when an operator asks; nothing is kept for it. Shard thread.
 *
 * <p>The reason is the last {@code Outcome} of the stream's feed, not a guess from its state: so operators see what the
 * shard itself decided.
 */
final class LagMeter {

    private static final long NS_PER_MS = 1_000_000;
    /** Streams that are counted in one go: a look at a few fields each, some tens of microseconds together. */
    static final int PART = 512;

    private final TailRing ring;
    private final Round round;

    LagMeter(TailRing ring, Round round) {
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

    /**
     * Counts the streams of one shard, some hundreds at a time, and posts itself again for the rest: events that come
     * meanwhile wait for one part alone.
     *
     * <p>Streams may come and go between two parts. A stream that changes its slot then may be counted twice or not at
     * all: it is a gauge, not a list.
     */
    final class Count implements Mailbox.Work {

        private final StreamOwner<Subscriber> shard;
        private final List<Subscriber> streams;
        private final CompletableFuture<Census> answer;
        private final Census census = new Census();
        private int next;

        Count(StreamOwner<Subscriber> shard, List<Subscriber> streams, CompletableFuture<Census> answer) {
            this.shard = shard;
            this.streams = streams;
            this.answer = answer;
        }

        @Override
        public void run() {
            int end = Math.min(streams.size(), next + PART);
            for (; next < end; next++) {
                add(streams.get(next), census);
            }
            if (next < streams.size()) {
                shard.post(this);
            } else {
                shard.answer(() -> answer.complete(census));
            }
        }

        @Override
        public void failed(Throwable e) {
            answer.completeExceptionally(e);
        }
    }

    private void add(Subscriber s, Census census) {
        Feed feed = s.feed();
        census.add(s.outlet().transport(), ageMs(s), reason(s), feed == null ? 0 : feed.eventsHeld(),
            feed == null ? 0 : feed.bytesHeld(ring), s.socketWait() == null ? 0 : s.outlet().left());
    }

    private static Lag.Reason reason(Subscriber s) {
        if (s.socketWait() != null) {
            return Lag.Reason.SOCKET; // a heartbeat may have filled it since
        }
        return switch (s.outcome()) {
            case SOCKET -> Lag.Reason.SOCKET;
            case MEMORY -> Lag.Reason.MEMORY;
            case RATE -> Lag.Reason.RATE;
            case LOG, ASKS, TURN, FILLED, FELL_BEHIND, LOST -> Lag.Reason.LOG;
            case WRITE, CAUGHT_UP -> null;
        };
    }

    /** Null while its start is being looked up, since nobody knows then. */
    private Long events(Subscriber s) {
        return switch (s.stage()) {
            case OPENING -> null;
            case BEHIND -> behind(s.feed().toldUpTo(round.place()));
            case LIVE -> (long) s.feed().eventsHeld();
            case ENDING, ENDED -> 0L;
        };
    }

    /** Events after this position. Below the ring only durable ones are counted, by their numbers. */
    private long behind(Position place) {
        long next = ring.after(place);
        return next < 0 ? round.place().durable() - place.durable() : Math.max(0, round.dispatched() - next + 1);
    }

    /**
     * The age of the first event that the stream has not got: one in its memory, else the next in the ring, else the
     * last one that was read for it.
     */
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
