package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads for a conflating stream a stretch that has left the ring: the durable events that are not out of date, from the
 * log, and the newest event of each transient topic that is remembered. A {@link ConflatingFeed} makes the question; a
 * reader thread asks it here.
 *
 * <p>So a client that was away for an hour gets about one event of each topic, and not the history of that hour.
 */
public final class NewestRead {

    /** Of one read; the rest comes with the next. */
    private static final int BYTES_MAX = 1 << 20;
    /** Of all answers that are kept for others. */
    private static final long KEPT_BYTES_MAX = 4 << 20;
    /** After so many more events an answer is out of date too often to be worth its bytes. */
    private static final long KEPT_EVENTS = 10_000;
    /** Of an answer beside its events. */
    private static final int ANSWER_BYTES = 256;

    private final LocalLog log;
    private final TransientTopics transients;
    private final HistoryRead history;
    /** The last answers of the log, the least recently used first. Under its own lock. */
    private final Map<Asked, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    private long knownBytes;

    /** A question to the log, without its end. */
    private record Asked(View view, long after) {
    }

    /** The log's answer, and the range that the log had then. */
    private static final class Known {
        private final LogChunk chunk;
        private final LogRange range;
        private final long bytes;
        /** Whether somebody asked since time passed last. */
        private boolean asked = true;

        Known(LogChunk chunk, LogRange range, long bytes) {
            this.chunk = chunk;
            this.range = range;
            this.bytes = bytes;
        }
    }

    /** Reads of this log and of this memory; {@code history} tells of damage. */
    public NewestRead(LocalLog log, TransientTopics transients, HistoryRead history) {
        this.log = log;
        this.transients = transients;
        this.history = history;
    }

    /**
     * The events in view after {@code after} that are not out of date, up to {@code upTo} or less far. Reader threads.
     *
     * @param lostFrom    the client knows of all transient events that were lost up to here
     * @param isOtherLost whether something else was lost of which the client does not know
     */
    public HistoryRead.Result read(View view, Position after, Position upTo, Position lostFrom, boolean isOtherLost,
                                   LogWork work) throws IOException {
        LogChunk chunk;
        try {
            chunk = readNewest(after.durable(), upTo.durable(), view, work);
        } catch (LogCorrupt e) {
            return history.damaged(after.durable(), upTo.durable(), e);
        }
        Position end = chunk.examinedTo() < upTo.durable() ? Position.ofDurable(chunk.examinedTo() + 1).before() : upTo;
        List<EventFrame> frames = new ArrayList<>();
        for (LogEntry entry : chunk.entries()) {
            frames.add(entry.frame(log.seal()));
        }
        for (EventFrame frame : transients.newestOfEach(view, work)) {
            if (frame.position().isAfter(after) && !frame.position().isAfter(end)) {
                frames.add(frame); // a later one comes from the ring, or with a later read
            }
        }
        frames.sort(Comparator.comparing(EventFrame::position));
        int n = 0;
        long bytes = 0;
        while (n < frames.size() && (n == 0 || bytes + frames.get(n).weight() <= BYTES_MAX)) {
            bytes += frames.get(n++).weight();
        }
        if (n < frames.size()) {
            end = frames.get(n - 1).position();
        }
        // asked behind all that: what is forgotten in between then counts as lost, though it was found
        boolean lost = isOtherLost || end.isAfter(lostFrom) && transients.newestLost(lostFrom, end, view, work);
        boolean gap = upTo.durable() > after.durable() && chunk.from() > after.durable() + 1
            && log.find(work).newestTrimmed(after.durable(), view);
        // the gap stands at the place where the stream is: older ones of the memory's may come behind it
        HistoryRead.Result result = new HistoryRead.Result(List.copyOf(frames.subList(0, n)), end, bytes,
            gap ? history.sealed(after) : null, gap ? after : null,
            gap ? StartPoint.missed(view, chunk.from() - 1 - after.durable()) : null, false);
        return lost ? result.losing(history.sealed(after)) : result;
    }

    /**
     * The log's answer, or the one that another stream got just now. After a restart a thousand dashboards ask the same
     * question; and so may a stranger, a thousand times.
     *
     * <p>An answer that is some events old may hold an event that is out of date since. That is as if the event had
     * been sent just before: the newer one stands behind all that the answer covers, so it comes with a later read.
     */
    private LogChunk readNewest(long after, long upTo, View view, LogWork work) throws IOException {
        Asked asked = new Asked(view, after);
        LogRange now = log.range();
        synchronized (known) {
            Known before = known.get(asked);
            if (before != null && before.range.first() == now.first() && before.range.epoch() == now.epoch()
                && now.head() - before.range.head() <= KEPT_EVENTS && before.chunk.from() <= upTo) {
                before.asked = true;
                return upTo(before.chunk, upTo);
            }
        }
        LogChunk chunk = log.find(work).readNewest(after, upTo, view, BYTES_MAX);
        if (chunk.examinedTo() >= chunk.from()) {
            keep(asked, chunk, now);
        }
        return chunk;
    }

    private static LogChunk upTo(LogChunk chunk, long upTo) {
        return chunk.examinedTo() <= upTo ? chunk : new LogChunk(chunk.from(), upTo,
            chunk.entries().stream().filter(entry -> entry.position() <= upTo).toList());
    }

    /** Time has passed: answers that nobody asked for since it passed before are let go of. Any thread. */
    public void age() {
        synchronized (known) {
            for (Iterator<Known> it = known.values().iterator(); it.hasNext(); ) {
                Known one = it.next();
                if (!one.asked) {
                    knownBytes -= one.bytes;
                    it.remove();
                }
                one.asked = false;
            }
        }
    }

    private void keep(Asked asked, LogChunk chunk, LogRange range) {
        long bytes = ANSWER_BYTES + asked.view().weight();
        for (LogEntry entry : chunk.entries()) {
            bytes += entry.weight();
        }
        synchronized (known) {
            Known replaced = known.put(asked, new Known(chunk, range, bytes));
            knownBytes += bytes - (replaced == null ? 0 : replaced.bytes);
            Iterator<Known> oldest = known.values().iterator();
            while (knownBytes > KEPT_BYTES_MAX && oldest.hasNext()) {
                knownBytes -= oldest.next().bytes;
                oldest.remove();
            }
        }
    }
}
