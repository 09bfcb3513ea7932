package io.rivulet.log.segment;

import io.rivulet.event.Event;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.log.index.PostingList;
import io.rivulet.log.index.Postings;
import io.rivulet.log.index.SegmentIndex;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads forward, for streams that catch up and for pages of history. {@link SegmentLog} hands reads to it, on the hub's
 * reader threads.
 *
 * <p>The hard thing is the cost of a reader that wants few events of a large log. Where a segment holds few events of
 * the topics, they are read one by one through the index; otherwise whole chunks are read, which all readers share. A
 * read ends when its budget of bytes is spent, so a thousand readers take turns and none holds up the others.
 *
 * <p>A segment's file is open for one read only, so retention waits for no reader: a reader that misses a file begins
 * again at the new beginning of the log.
 */
final class LogReader {

    /** So many postings at a time are judged by how close they are. */
    private static final int POSTINGS_MAX = 512;
    /** Steps that a chunk stands for: it is read, unless another reader has done that. */
    private static final int CHUNK_COST = 10 * LogWork.PAGE;
    /** What is passed over takes no memory: of the budget it takes one byte in so many. */
    private static final int PASSED_OVER = 8;

    private final Segments segments;
    private final ReadPlans plans;

    LogReader(Segments segments, ReadPlans plans) {
        this.segments = segments;
        this.plans = plans;
    }

    /** See {@link io.rivulet.log.LocalLog#read}. */
    LogChunk read(long after, long upTo, View view, int bytesMax, LogWork work) throws IOException {
        while (true) {
            LogRange range = segments.range();
            long from = Math.max(after + 1, range.first());
            Pass pass = new Pass(view, from, Math.min(upTo, range.head()), bytesMax, work);
            try {
                return pass.run();
            } catch (FileNotFoundException | NoSuchFileException e) {
                // T1 (a reader) took the list, T2 (retention) deleted the file, T1 opens it
                if (segments.range().first() <= pass.next) {
                    throw e;
                }
                if (pass.next > from) {
                    return pass.result(); // the gap is for the next read to tell
                }
            }
        }
    }

    /** One read: {@code next} moves from the first position to the end or until the budget is spent. */
    private final class Pass {
        private final View view;
        private final long from;
        private final long to;
        private final List<LogEntry> found = new ArrayList<>();
        private long next;
        private long budget;
        private final LogWork work;
        /** Of those that are read one by one; null where chunks are. */
        private Records records;
        /** For chunks; null while none was read. */
        private RecordFilter filter;
        private boolean paused;
        private final LogWork.Held<IOException> held = () -> {
            paused = true;
            if (records != null) {
                records.letGo();
            }
        };

        Pass(View view, long from, long to, int bytesMax, LogWork work) {
            this.view = view;
            this.work = work;
            this.from = from;
            this.to = to;
            this.next = from;
            this.budget = bytesMax;
        }

        LogChunk run() throws IOException {
            while (next <= to && goesOn()) {
                Segment segment = segments.holding(next);
                if (segment == null) {
                    throw new FileNotFoundException("position " + next + " is no longer there");
                }
                long end = Math.min(to, segment.last());
                // no postings: the view shows so much of the segment, or so little is known, that all of it is read
                long[] postings = ReadPlans.isWhole(segment, view) ? null
                    : plans.sparse(segment, view, (int) (next - segment.first()), work);
                if (postings == null) {
                    readChunks(segment, end);
                } else {
                    readPostings(segment, end, postings);
                }
            }
            return result();
        }

        /**
         * Whether something is left of its bytes and of its slice. It ends with the slice, for what it has found is
         * worth to be sent. It pauses within an event only, which may have a thousand topics, and ends behind that.
         */
        private boolean hasBudget() {
            return budget > 0 && !paused && !work.isSpent();
        }

        /** The same, but each read moves on by one event. */
        private boolean goesOn() {
            return next == from || hasBudget();
        }

        /** Keeps the entry if the view shows it, and counts what that cost. */
        private void take(LogEntry entry) throws IOException {
            Event event = entry.event();
            budget -= event.weight();
            work.cost(LogWork.LOOK);
            if (view.shows(event.topics(), event.isPrivate(), work, held)) {
                found.add(entry);
            }
        }

        /**
         * The same of a record of a chunk, which is decoded only if the view shows it. It counts the same whether it
         * was decoded before or not: readers of the same stretch read the same portions, and share what is made of
         * them.
         */
        private void take(Chunk chunk, long position) throws IOException {
            LogEntry entry = chunk.known(position);
            work.cost(LogWork.LOOK);
            boolean shows = entry == null ? filter.shows(chunk, position, work, held)
                : view.shows(entry.event().topics(), entry.event().isPrivate(), work, held);
            if (shows) {
                entry = entry == null ? chunk.at(position) : entry;
                budget -= entry.event().weight();
                found.add(entry);
            } else {
                budget -= chunk.length(position) / PASSED_OVER;
            }
        }

        LogChunk result() {
            return new LogChunk(from, next - 1, found);
        }

        /** Reads all events up to {@code end} and keeps those that the view shows. */
        private void readChunks(Segment segment, long end) throws IOException {
            filter = filter == null ? new RecordFilter(view, segments.hash()) : filter;
            while (next <= end && goesOn()) {
                Chunk chunk = segments.chunk(segment, next);
                work.cost(CHUNK_COST);
                for (long last = Math.min(end, chunk.last()); next <= last && goesOn(); next++) {
                    take(chunk, next);
                }
            }
        }

        /** Reads the records of these postings, or the whole stretch where they are close together. */
        private void readPostings(Segment segment, long end, long[] postings) throws IOException {
            int at = PostingList.from(postings, next - segment.first());
            // piece by piece: events of a topic come in bursts, dense here and sparse there
            while (next <= end && goesOn()) {
                int stop = Math.min(at + POSTINGS_MAX, postings.length);
                // these postings say all about the positions up to the last of them, and to the end if none follow
                long bound = stop == postings.length ? end
                    : Math.min(end, segment.first() + Postings.rel(postings[stop - 1]));
                stop = PostingList.from(postings, bound + 1 - segment.first());
                if (at == stop) {
                    next = bound + 1;
                } else if (SegmentIndex.isDense(stop - at, bound - next + 1)) {
                    readChunks(segment, bound);
                } else {
                    readRecords(segment, postings, at, stop);
                    next = hasBudget() ? bound + 1 : next;
                }
                at = stop;
            }
        }

        /** Reads single records; a budget that is spent in between leaves {@code next} behind the last one read. */
        private void readRecords(Segment segment, long[] postings, int start, int stop) throws IOException {
            try (Records some = new Records(segments, segment)) {
                records = some;
                for (int i = start; i < stop && goesOn(); i++) {
                    LogEntry entry = some.at(postings[i]);
                    work.cost(LogWork.PAGE);
                    take(entry);
                    next = entry.position() + 1;
                }
            } finally {
                records = null;
            }
        }
    }
}
