package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.limit.Refused;
import io.rivulet.limit.Refused.Reason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the hub itself ends streams: by their token's end, their age, a ban, or because somebody asked. Always between
 * two events, and with a last word on when to come back where the socket takes one. Shard thread only.
 *
 * <p>A stream that is to end gets nothing more from that moment on. If its socket is full, it is given time to take
 * what was begun, and then cut: half a second where its right to read is over, for its age as long as a stalled client
 * has, since nothing is urgent about that. A delivery costs nothing for it: each round of the shard begins with the
 * question whether any end is due, and all are looked through at most twice a second. So that none comes later than its
 * token's end, it is planned one and a half seconds early.
 */
final class Ends {

    private static final Logger LOG = LoggerFactory.getLogger(Ends.class);
    private static final long EARLY_MS = 1_500;
    private static final long PATIENCE_MS = 500;
    /** For its age, where no client counts as stalled. */
    private static final long AGED_PATIENCE_MS = 30_000;
    private static final long PAUSE_MS = 500;

    private final ShardSetup setup;
    private final Shard shard;
    private final List<Subscriber> streams;
    private final Writes writes;
    /** When to look through them next. */
    private long nextMs = Long.MAX_VALUE;

    Ends(ShardSetup setup, Shard shard, List<Subscriber> streams, Writes writes) {
        this.setup = setup;
        this.shard = shard;
        this.streams = streams;
        this.writes = writes;
    }

    /** Says when a stream ends, under the grant that it has now. */
    static void plan(Subscriber s) {
        s.endMs = Math.min(s.admission.agedMs(), s.grant.expiresMs() - EARLY_MS);
    }

    /** Takes its end into account; false when that is now, and the stream has ended. */
    boolean noted(Subscriber s, long nowMs) {
        plan(s);
        boolean banned = setup.banned().test(s.grant); // see sweep
        if (nowMs >= s.endMs || banned) {
            close(s, nowMs, banned ? Ending.BANNED : due(s));
            return false;
        }
        nextMs = Math.min(nextMs, s.endMs);
        return true;
    }

    /** Ends those whose time has come, before anything is delivered in this round. */
    void look(long nowMs) {
        if (nowMs < nextMs) {
            return;
        }
        nextMs = Long.MAX_VALUE;
        long next = Long.MAX_VALUE;
        for (int i = streams.size() - 1; i >= 0; i--) { // backwards: who ends is replaced by the last
            Subscriber s = streams.get(i);
            if (nowMs >= s.endMs) {
                close(s, s.endMs, due(s));
            } else {
                next = Math.min(next, s.endMs);
            }
        }
        nextMs = Math.max(Math.min(next, nextMs), nowMs + PAUSE_MS);
    }

    private static Ending due(Subscriber s) {
        return s.endMs < s.admission.agedMs() ? Ending.TOKEN : Ending.AGED;
    }

    /** Ends one between two events: now, or when its socket has taken what was begun. */
    void close(Subscriber s, long sinceMs, Ending why) {
        if (s.state == Subscriber.State.ENDED) {
            return;
        }
        s.endsBy(why);
        s.state = Subscriber.State.ENDING;
        s.endMs = Math.min(s.endMs, sinceMs);
        s.backlogSize = 0;
        s.takeControls();
        writes.endChunk(s);
        shard.serve(s);
    }

    /** One that is ending: now, if its socket has taken what was begun, or if it had time enough. */
    void finish(Subscriber s, long nowMs) {
        if (writes.mayWrite(s)) {
            writes.write(s, s.request.dialect().farewell(setup.retryMs().getAsLong()));
            shard.remove(s, s.ending());
        } else if (nowMs - s.endMs >= patienceMs(s)) {
            shard.remove(s, s.ending());
        } else {
            nextMs = Math.min(nextMs, s.endMs + patienceMs(s));
        }
    }

    private long patienceMs(Subscriber s) {
        if (s.ending() != Ending.AGED) {
            return PATIENCE_MS;
        }
        return setup.stallNs() > 0 ? setup.stallNs() / 1_000_000 : AGED_PATIENCE_MS;
    }

    /**
     * Ends those who are banned. T1 bans: it notes the ban, then posts this sweep. T2 opens a stream: its shard puts it
     * into the list, then asks whether it is banned ({@link Shard#begin}). Both run on this thread: if the stream came
     * first, the sweep finds it; if the sweep came first, the ban had been noted before, and the question finds it.
     */
    void sweep(long nowMs) {
        for (int i = streams.size() - 1; i >= 0; i--) {
            Subscriber s = streams.get(i);
            if (setup.banned().test(s.grant)) {
                close(s, nowMs, Ending.BANNED);
            }
        }
    }

    /**
     * A fresh grant, between two events. What waits in memory was examined under the old one: the stream falls behind
     * to the place before it, and all of it is examined again under the new. So is what was read of the log, or is
     * being read: it may lack private events that are granted now.
     */
    void renew(Subscriber s, Grant fresh, long nowMs, CompletableFuture<Void> answer) {
        Refused refusal = s.state == Subscriber.State.ENDED || s.state == Subscriber.State.ENDING
            ? Refused.because(Reason.NOT_FOUND, "the stream has ended meanwhile")
            : setup.banned().test(fresh) ? Refused.because(Reason.BANNED, "this subject or token is banned") : null;
        if (refusal == null) {
            s.grant = fresh;
            if (noted(s, nowMs)) {
                setup.presence().renewed(s);
                if (s.window != null) {
                    shard.restart(s);
                } else if (s.backlogSize > 0) {
                    shard.fallBehind(s);
                } else {
                    writes.dropChunk(s); // read under the old one; the cursor knows
                }
                s.readAgain = s.reading;
                shard.serve(s);
            }
        }
        shard.answer(() -> {
            if (refusal == null) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(refusal);
            }
        });
    }

    /** Ends all of them: the hub closes. */
    void all() {
        while (!streams.isEmpty()) { // the newest first: the index finds them without a search
            Subscriber s = streams.get(streams.size() - 1);
            try {
                if (writes.mayWrite(s)) {
                    writes.write(s, s.request.dialect().farewell(setup.retryMs().getAsLong()));
                }
            } catch (RuntimeException e) {
                LOG.warn("Stream {} could not be told of the end", s.connection(), e);
            }
            shard.remove(s, Ending.DRAINED);
        }
    }
}
