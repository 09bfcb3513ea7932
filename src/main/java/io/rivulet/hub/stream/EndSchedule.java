package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.hub.stream.feed.Round;
import java.util.List;
import java.util.function.Consumer;

/**
 * When the hub itself ends streams: by their token's end, by their age, or because they had time enough to take a last
 * word; and when it tells that a token ends soon. The {@link Shard} asks it and closes the streams, on its thread.
 *
 * <p>A delivery costs nothing for it: each round begins with the question whether any end is due, and all streams are
 * looked through at most twice a second. So that no stream outlives its token, its end is planned one and a half
 * seconds early.
 *
 * <p>A token's end is a time of day. All else goes by a ticker that nobody sets: a clock that jumps by an hour would
 * end all streams at once, and they would come back at once.
 */
final class EndSchedule {

    private static final long EARLY_MS = 1_500;
    /** So long before that it is told; of a token that lasts for less than two times this, half of it. */
    private static final long WARN_MS = 30_000;
    private static final long PATIENCE_NS = 500_000_000;
    /** For its age, where no client counts as stalled. */
    private static final long AGED_PATIENCE_NS = 30_000_000_000L;
    private static final long PAUSE_NS = 500_000_000;

    private final long stallNs;
    private final Round now;
    /** When to look through the streams next: by the clock, for tokens. */
    private long nextMs = Long.MAX_VALUE;
    /** And by the ticker; it counts only while {@link #isPlanned}. */
    private long nextNs;
    private boolean isPlanned;
    /** When they may be looked through again. */
    private long pauseEndsNs;

    /** Ends one stream between two events. */
    interface Closer {
        void close(Subscriber s, long sinceNs, EndReason why);
    }

    /** {@code stallNs}: a stream whose socket takes nothing for so long is stalled; 0 where none is. */
    EndSchedule(long stallNs, Round round) {
        this.stallNs = stallNs;
        now = round;
        pauseEndsNs = round.ns();
    }

    /** Plans the end of a stream under the grant that it has now; returns why it is to end at once, or null. */
    EndReason plan(Subscriber s) {
        EndReason due = due(s);
        if (due == null && !s.isEnding()) {
            // half of a short one: a page that gets another such token must not be told again at once
            s.warnsAt(s.grant().expiresMs() == Grant.NEVER ? Long.MAX_VALUE
                : tokenEndMs(s) - Math.min(WARN_MS, (tokenEndMs(s) - now.ms()) / 2));
            planNext(s);
        }
        return due;
    }

    private void planNext(Subscriber s) {
        nextMs = Math.min(nextMs, Math.min(s.warnMs(), tokenEndMs(s)));
        planNext(s.admission().agedNs());
    }

    private void planNext(long atNs) {
        if (!isPlanned || atNs - nextNs < 0) {
            nextNs = atNs;
            isPlanned = true;
        }
    }

    /** Closes those whose time has come, and tells those whose token ends soon. */
    void look(List<Subscriber> streams, Closer closer, Consumer<Subscriber> teller) {
        boolean isDue = now.ms() >= nextMs || isPlanned && now.ns() - nextNs >= 0;
        if (!isDue || now.ns() - pauseEndsNs < 0) {
            return;
        }
        pauseEndsNs = now.ns() + PAUSE_NS;
        nextMs = Long.MAX_VALUE;
        isPlanned = false;
        try {
            for (int i = streams.size() - 1; i >= 0; i--) { // backwards: one that ends is replaced by the last
                look(streams.get(i), closer, teller);
            }
        } catch (RuntimeException | Error e) {
            planNext(now.ns()); // the others are looked at in the next round
            pauseEndsNs = now.ns();
            throw e;
        }
    }

    private void look(Subscriber s, Closer closer, Consumer<Subscriber> teller) {
        EndReason due = due(s);
        if (s.isEnding()) {
            closer.close(s, s.endNs(), s.ending());
        } else if (due != null) {
            closer.close(s, sinceNs(s, due), due);
        } else {
            boolean isWarned = now.ms() >= s.warnMs() && s.feed() != null; // after its hello
            if (isWarned) {
                s.warnsAt(Long.MAX_VALUE);
            }
            planNext(s);
            if (isWarned) {
                teller.accept(s);
            }
        }
    }

    /** Since when its end is due; for a token at most a pause ago, whatever the clock was put to. */
    private long sinceNs(Subscriber s, EndReason due) {
        return due == EndReason.AGED ? s.admission().agedNs()
            : now.ns() - Math.min(PAUSE_NS, (now.ms() - tokenEndMs(s)) * 1_000_000);
    }

    private EndReason due(Subscriber s) {
        return now.ms() >= tokenEndMs(s) ? EndReason.TOKEN
            : now.ns() - s.admission().agedNs() >= 0 ? EndReason.AGED : null;
    }

    private static long tokenEndMs(Subscriber s) {
        return s.grant().expiresMs() - EARLY_MS;
    }

    /**
     * Whether a stream that is ending, and whose socket takes nothing, had time enough: half a second where its right
     * to read is over; for its age, where it has got all that it asked for, or when its topics have ended, as long as a
     * stalled client has, since nothing is urgent about that.
     */
    boolean isPatienceOver(Subscriber s) {
        boolean isUrgent = s.ending() != EndReason.AGED && s.ending() != EndReason.SERVED
            && s.ending() != EndReason.ENDED;
        long patienceNs = isUrgent ? PATIENCE_NS : stallNs > 0 ? stallNs : AGED_PATIENCE_NS;
        if (now.ns() - s.endNs() >= patienceNs) {
            return true;
        }
        planNext(s.endNs() + patienceNs);
        return false;
    }
}
