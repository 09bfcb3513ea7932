package io.rivulet.hub;

import io.rivulet.event.Position;
import java.nio.ByteBuffer;
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

    /** When the tick is: by the ticker, by the clock, and by what the log has taken. */
    record Now(long ns, long ms, long bytesAppended) {
    }

    static void tick(Shard shard, CursorDue cursors, List<Subscriber> streams, Now now) {
        for (int i = streams.size() - 1; i >= 0; i--) { // backwards: a failed write may take the stream out
            Subscriber s = streams.get(i);
            if (s.state == Subscriber.State.ENDING || !s.outlet.isReady()) {
                continue; // bytes are on their way, or nobody takes them: both are news enough
            }
            if (s.state == Subscriber.State.LIVE && s.backlogSize == 0 && s.request.controls()
                && cursors.isDue(s, now.bytesAppended(), now.ms(), shard.place().durable())) {
                Position at = shard.place();
                s.seen = at;
                shard.wrote(s, at);
                shard.write(s, ByteBuffer.wrap(Controls.cursor(shard.placeId())));
            } else if (s.request.heartbeatEvents() && now.ns() - s.heartbeatNs >= s.request.heartbeat().toNanos()) {
                s.heartbeatNs = now.ns();
                shard.write(s, ByteBuffer.wrap(EVENT));
            } else if (now.ns() - s.writtenNs >= Math.min(PROBE_NS, s.request.heartbeat().toNanos())) {
                shard.write(s, ByteBuffer.wrap(COMMENT));
            }
        }
    }
}
