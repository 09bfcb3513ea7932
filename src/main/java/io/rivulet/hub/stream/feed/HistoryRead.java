package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.resume.PlaceIds;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.refusal.FaultLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a stretch of the log for a stream that is behind. A feed makes the question, on its shard's thread; a reader
 * thread asks it here.
 *
 * <p>A stretch may have holes: retention may have trimmed it meanwhile, or the disk may be damaged. Both are told as a
 * gap. Damage stays, so it is also remembered, and a stream that begins before it hears of it in its headers.
 */
public final class HistoryRead {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryRead.class);
    private static final int CHUNK_BYTES = 128 << 10;
    /** For a stream whose socket was full, a read is of so many of its next writes. */
    private static final int WRITES = 4;

    private final LocalLog log;
    private final PlaceIds ids;
    /** The newest position after which damage was met; -1: nowhere. */
    private final AtomicLong damagedAfter = new AtomicLong(-1);

    /** A question to the log. */
    public interface Question {
        Result ask(LogWork work) throws IOException;
    }

    /**
     * The answer of a reader thread to a feed.
     *
     * @param frames        what matched, ascending
     * @param end           examined up to here; null where only losses were asked for
     * @param bytes         memory that the frames hold, to be taken from the {@link ReadBudget}
     * @param gapId         the cursor just before the first event, when retention took something on the way; else null
     * @param gapEnd        the place of {@code gapId}
     * @param missed        an upper bound of what was taken, or null
     * @param damage        whether it is damage, which stays, rather than retention
     * @param transientLost whether transient events were lost that the stream was to get
     * @param lossId        the cursor for where the stream is told of that, before any event of this answer; null where
     *                      there is nothing to tell, and where only losses were asked for
     */
    public record Result(List<EventFrame> frames, Position end, long bytes, String gapId, Position gapEnd, Long missed,
                         boolean damage, boolean transientLost, String lossId) {

        /** An answer that tells of no lost transient events. */
        public Result(List<EventFrame> frames, Position end, long bytes, String gapId, Position gapEnd, Long missed,
                      boolean damage) {
            this(frames, end, bytes, gapId, gapEnd, missed, damage, false, null);
        }

        /** The answer to the question whether transient events were lost, and to nothing else. */
        static Result lost(boolean isLost) {
            return new Result(List.of(), null, 0, null, null, null, false, isLost, null);
        }

        /** The same answer to a stream that has lost transient events, and is told so first. */
        Result losing(String id) {
            return new Result(frames, end, bytes, gapId, gapEnd, missed, damage, true, gapId != null ? gapId : id);
        }
    }

    /** Reads of this log. */
    public HistoryRead(LocalLog log, TransientTopics transients) {
        this.log = log;
        this.ids = new PlaceIds(log, transients);
    }

    /**
     * How many bytes to read at once for this stream. A socket that is full most of the time takes one small write of
     * what was read; the rest is dropped and read once more, so little is read for it. All others read the same
     * portions of the same history, and share what is made of them.
     */
    static int bytes(Cursor cursor) {
        return cursor.wasFull() ? Math.min(CHUNK_BYTES, WRITES * cursor.writeBytes()) : CHUNK_BYTES;
    }

    /** The next events in view after {@code after}, as many as make about so many bytes. Reader threads. */
    Result read(View view, long after, long upTo, int bytesMax, LogWork work) throws IOException {
        LogChunk chunk;
        try {
            chunk = log.read(after, upTo, view, bytesMax, work);
        } catch (LogCorrupt e) {
            return damaged(after, upTo, e);
        }
        List<EventFrame> frames = new ArrayList<>(chunk.entries().size());
        long bytes = 0;
        for (LogEntry entry : chunk.entries()) {
            EventFrame frame = entry.frame(log.seal());
            frames.add(frame);
            bytes += frame.weight();
        }
        // never beyond upTo, also where retention went further: from there on the ring has everything
        Position end = Position.ofDurable(Math.min(upTo, Math.max(chunk.examinedTo(), after)));
        if (chunk.from() > after + 1 && log.find(work).lastTrimmed(view) > after) {
            Position gapEnd = Position.ofDurable(Math.min(upTo, chunk.from() - 1));
            return new Result(frames, end, bytes, sealed(gapEnd), gapEnd,
                StartPoint.missed(view, gapEnd.durable() - after), false);
        }
        return new Result(frames, end, bytes, null, null, null, false);
    }

    /** The same for a stream that may have lost transient events in that stretch. Reader threads. */
    Result read(View view, Position after, long upTo, int bytesMax, Predicate<LogWork> isLost, LogWork work)
        throws IOException {
        Result result = read(view, after.durable(), upTo, bytesMax, work);
        return isLost.test(work) ? result.losing(sealed(after)) : result;
    }

    /** The gap that tells of damage. Other troubles pass and end the stream; damage would be met again. */
    Result damaged(long after, long upTo, LogCorrupt e) {
        FaultLog.tell(LOG, "The log cannot be read after position {}. Its readers are told of a gap.", after, e);
        damagedAfter.accumulateAndGet(after, Math::max);
        Position end = Position.ofDurable(upTo);
        return new Result(List.of(), end, 0, sealed(end), end, null, true);
    }

    /** Whether damage is known that lies ahead of a stream that begins there. Any thread. */
    public boolean meetsDamage(Position place) {
        return damagedAfter.get() >= place.durable();
    }

    /** The id of a position; reader threads only. */
    String sealed(Position place) {
        return ids.idOf(place);
    }
}
