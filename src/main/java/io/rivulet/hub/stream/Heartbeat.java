package io.rivulet.hub.stream;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.hub.stream.feed.Cursor;
import io.rivulet.hub.stream.feed.LiveFeed;
import io.rivulet.hub.stream.feed.Round;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Writes to streams that have nothing to get: a comment ({@code :} and one LF, which no client takes for an event), an
 * event that scripts see, or a fresh cursor. The shard ticks it. Shard thread.
 *
 * <p>Neither container tells that an idle HTTP/1.1 client left. Its socket tells, where the outlet can look at it: that
 * is done every 4 s, for an eighth of the streams with each tick. Elsewhere, as over TLS, only a write finds out, and
 * only the second one: the first makes the client's side say that nobody is there. So one comes at least every 30 s,
 * whatever the client asked for. A young stream gets them sooner, after half a second, then one, two, four: a stream
 * that leaves is counted for about as long again as it was there. Else whoever opens and leaves without end fills the
 * cap on streams with streams that have left.
 */
public final class Heartbeat {

    private static final byte[] COMMENT = {':', '\n'};
    private static final byte[] EVENT =
        "event: rivulet.heartbeat\ndata: {}\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final long PROBE_NS = 30_000_000_000L;
    private static final long FIRST_PROBE_NS = 500_000_000L;
    /** Ticks between two looks at the socket of a stream that waits for nothing but events. */
    private static final int LOOK_TICKS = 8;

    private final CursorDue cursors;
    private final UnsentBytes unsent;
    private final Round round;
    private final Consumer<Subscriber> serve;
    private final BiConsumer<Subscriber, Throwable> failed;
    private final Consumer<Subscriber> left;
    private int ticks;

    /**
     * When the id that a silent client holds has become old: an eighth of retention has passed since. Then it gets a
     * fresh one by {@code rivulet.cursor}, so that it can still resume after the history behind its old id is trimmed.
     *
     * @param bytes  appended since, at which it is due
     * @param ageMs  passed since, at which it is due
     * @param events appended since, at which it is due
     */
    public record CursorDue(long bytes, long ageMs, long events) {

        private static final int SHARE = 8;

        /** By the retention of these settings. */
        public static CursorDue of(Settings settings) {
            int events = settings.get(SettingsTable.LOG_RETAIN_EVENTS);
            return new CursorDue(settings.get(SettingsTable.LOG_RETAIN_BYTES) / SHARE,
                settings.get(SettingsTable.LOG_RETAIN_AGE).toMillis() / SHARE,
                events == 0 ? Long.MAX_VALUE : Math.max(1, events / SHARE));
        }

        private boolean isDue(Cursor cursor, Round now) {
            return cursor.bytesSinceId(now) >= bytes || cursor.eventsSinceId(now) >= events
                || cursor.msSinceId(now) >= ageMs && cursor.eventsSinceId(now) > 0;
        }
    }

    /**
     * {@code serve} writes what a stream has to hear; {@code failed} ends one that has failed, {@code left} one whose
     * client has left.
     */
    Heartbeat(CursorDue cursors, UnsentBytes unsent, Round round, Consumer<Subscriber> serve,
              BiConsumer<Subscriber, Throwable> failed, Consumer<Subscriber> left) {
        this.cursors = cursors;
        this.unsent = unsent;
        this.round = round;
        this.serve = serve;
        this.failed = failed;
        this.left = left;
    }

    /** Looks through all streams of the shard. */
    void tick(List<Subscriber> streams) {
        ticks++;
        for (int i = streams.size() - 1; i >= 0; i--) { // backwards: a failed write may take the stream out
            Subscriber s = streams.get(i);
            try {
                if (((i + ticks) % LOOK_TICKS == 0 || awaitsLog(s)) && s.outlet().hasLeft()) {
                    left.accept(s);
                } else {
                    beat(s);
                }
            } catch (RuntimeException | Error e) {
                failed.accept(s, e);
            }
        }
    }

    /** Whether readers are at work for it, or will be: for one that has left they need not. */
    private static boolean awaitsLog(Subscriber s) {
        return s.feed() == null || s.isReading();
    }

    private void beat(Subscriber s) {
        boolean ready = s.outlet().isReady();
        unsent.noted(s, ready);
        if (!ready) {
            return; // bytes are on their way, or nobody takes them: both are news enough
        }
        if (s.isEnding() || s.hasHubBytes() || s.hasTopicsToTell()) {
            serve.accept(s); // that goes out before anything else
            return;
        }
        if (cursors.isDue(s.cursor(), round) && tellsCursor(s)) {
            return;
        }
        if (s.request().heartbeatEvents()
            && round.ns() - s.heartbeatNs() >= s.request().heartbeat().toNanos()) {
            s.heartbeat(round.ns());
            unsent.write(s, EVENT);
        } else if (round.ns() - s.writtenNs() >= quietNs(s)) {
            s.probed();
            unsent.write(s, COMMENT);
        }
    }

    /** How long nothing need be written to it. */
    private static long quietNs(Subscriber s) {
        return Math.min(FIRST_PROBE_NS << s.probes(), Math.min(PROBE_NS, s.request().heartbeat().toNanos()));
    }

    /**
     * A poll is over that got nothing: the next one need not look through what this one has looked through. A look that
     * has got all there was says so. Returns the stream.
     */
    Subscriber lastWord(Subscriber s, EndReason why) {
        boolean isDue = s.request().portion().isLook() ? why == EndReason.SERVED && !s.awaitsDispatch(round)
            : s.request().portion().isPoll() && why == EndReason.AGED;
        if (isDue && !s.isEnding() && s.outlet().isReady() && !s.hasHubBytes() && !s.hasTopicsToTell()) {
            tellsCursor(s);
        }
        return s;
    }

    /** Gives a live stream, whose outlet is ready, a fresh cursor; false where there is none for it. */
    private boolean tellsCursor(Subscriber s) {
        boolean isLive = s.feed() instanceof LiveFeed live && live.eventsHeld() == 0
            && !s.cursor().seen().isAfter(round.place()); // placed ahead of its shard, it knows more than this tells
        byte[] cursor = isLive ? s.request().dialect().cursor(round.placeId()) : null;
        if (cursor != null) {
            s.cursor().saying(round.place());
            s.cursor().examined(round.place());
            s.cursor().hasId(round, round.place());
            unsent.write(s, cursor);
        }
        return cursor != null;
    }
}
