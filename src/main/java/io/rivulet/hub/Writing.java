package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import java.util.ArrayList;
import java.util.List;

/**
 * One write for a stream that is behind, put together event by event; one at a time for each shard, its thread only. A
 * single event goes out as its shared bytes, without a copy. Small writes first, larger ones while the socket takes
 * them at once: so what a slow stream holds is small.
 */
final class Writing {

    private final Writes writes;
    private final Metrics metrics;
    private final Replays replays = new Replays();
    private final List<byte[]> parts = new ArrayList<>();
    private Subscriber s;
    private int length;
    private int lengthMax;
    private long from;
    private Need need;

    /** An event that there is no room for now. */
    record Need(Position place, int bytes) {
    }

    Writing(Writes writes, Metrics metrics) {
        this.writes = writes;
        this.metrics = metrics;
    }

    /** Begins one for this stream. */
    Writing begin(Subscriber stream) {
        s = stream;
        parts.clear();
        length = 0;
        lengthMax = Math.min(s.stride, writes.budget().writeBytes());
        need = null;
        return this;
    }

    /** Takes an event, if it is for the stream at all; false when it has to wait for the next write. */
    boolean take(EventFrame frame) {
        if (!s.wants(frame)) {
            return true;
        }
        byte[] replay = s.replay(frame);
        int size = replay.length;
        if (parts.isEmpty() && s.kept == null && !writes.budget().hasRoomFor(replay, size)) {
            need = new Need(frame.position(), size);
            return false;
        }
        if (parts.isEmpty()) {
            from = frame.position().durable();
        } else if (length + size > lengthMax || isSeam(frame.position().durable())) {
            return false;
        }
        s.sending(frame.position(), frame.position());
        parts.add(replay);
        length += size;
        s.seen = frame.position();
        return true;
    }

    /**
     * Whether this write ends before the event {@code next} although there is room: one that is large enough ends where
     * the number is a multiple of a power of two, as high a one as half fills a write. So streams that differ by an
     * event or two get the same writes again with the next one, and those are joined once for all of them.
     */
    private boolean isSeam(long next) {
        long multiple = Long.highestOneBit(s.seen.durable() ^ next); // one lies after the last and up to the next
        return length * 4L >= lengthMax && multiple > 0 && 2 * multiple * length >= lengthMax * (next - from);
    }

    /** How many events it holds. */
    int events() {
        return parts.size();
    }

    /** The first event when there is no room for it; then nothing is to be written now. Else null. */
    Need need() {
        return need;
    }

    /** Hands it to the outlet, if it holds anything. */
    void done(Count path) {
        if (parts.isEmpty()) {
            return;
        }
        metrics.add(path, parts.size());
        writes.told(s, s.seen);
        s.stride = Math.min(WriteBudget.WRITE_BYTES, s.stride * 2); // back to small if the outlet is not ready then
        writes.write(s, joined());
        parts.clear();
    }

    /** One array: of a single event its own, of several one that others get as well, if their bytes are the same. */
    private byte[] joined() {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return s.variant.isShared() ? replays.join(parts, length, from)
            : Joiner.joined(parts, length); // rendered for this stream alone
    }

    /** Twice a second: what nobody asks for any more is forgotten. */
    void tick() {
        replays.tick();
    }
}
