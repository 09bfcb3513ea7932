package io.rivulet.hub;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a stream gets when there is nothing for it: a comment ({@code :} and one LF, which no client takes for an
 * event), or an event that scripts see, or a fresh cursor. Neither container tells that an idle HTTP/1.1 client left;
 * these writes find out, so they come at least every 30 s whatever the client asked for. Shard thread only.
 */
final class Heartbeat {

    private static final byte[] COMMENT = {':', '\n'};
    private static final byte[] EVENT =
        "event: rivulet.heartbeat\ndata: {}\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final long PROBE_NS = 30_000_000_000L;

    private Heartbeat() {
    }

    static void tick(List<Subscriber> streams, Writes writes, Moment now, CursorDue cursors) {
        for (int i = streams.size() - 1; i >= 0; i--) { // backwards: a failed write may take the stream out
            Subscriber s = streams.get(i);
            boolean ready = writes.mayWrite(s);
            writes.noted(s, ready);
            if (s.state == Subscriber.State.ENDING || !ready) {
                continue; // bytes are on their way, or nobody takes them: both are news enough
            }
            byte[] cursor = s.state == Subscriber.State.LIVE && s.backlogSize == 0
                && !s.seen.isAfter(now.place) // placed ahead of its shard, it knows more than this would tell
                && cursors.isDue(s, now.bytesAppended, now.ms, now.place.durable())
                ? s.request.dialect().cursor(now.placeId) : null;
            if (cursor != null) {
                s.seen = now.place;
                s.placeTold();
                writes.told(s, now.place);
                writes.write(s, cursor);
            } else if (s.request.heartbeatEvents() && now.ns - s.heartbeatNs >= s.request.heartbeat().toNanos()) {
                s.heartbeatNs = now.ns;
                writes.write(s, EVENT);
            } else if (now.ns - s.writtenNs >= Math.min(PROBE_NS, s.request.heartbeat().toNanos())) {
                writes.write(s, COMMENT);
            }
        }
    }
}
