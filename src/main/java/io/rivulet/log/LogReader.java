package io.rivulet.log;

import io.rivulet.topic.TopicSelection;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads forward. Where a segment holds few events of the topics they are read one by one through the index; otherwise
 * whole chunks are read, which all readers share. A segment's file is open for one read only, so retention waits for
 * nobody.
 */
final class LogReader {

    /** What one page of a side file holds. */
    private static final int PLACES_MAX = IndexPages.PAYLOAD_BYTES / 8;

    private final Segments segments;

    LogReader(Segments segments) {
        this.segments = segments;
    }

    LogChunk read(long after, long upTo, TopicSelection topics, int bytesMax) throws IOException {
        while (true) {
            LogRange range = segments.range();
            long from = Math.max(after + 1, range.first());
            Pass pass = new Pass(topics, from, Math.min(upTo, range.head()), bytesMax);
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
        private final TopicSelection topics;
        private final long[] hashes;
        private final long from;
        private final long to;
        private final List<LogEntry> found = new ArrayList<>();
        private long next;
        private long budget;

        Pass(TopicSelection topics, long from, long to, int bytesMax) {
            this.topics = topics;
            this.from = from;
            this.to = to;
            this.next = from;
            this.budget = bytesMax;
            hashes = topics.isAny() ? null
                : topics.exact().stream().mapToLong(segments.hash()::of).toArray();
        }

        LogChunk run() throws IOException {
            while (next <= to && budget > 0) {
                Segment segment = segments.holding(next);
                if (segment == null) {
                    throw new FileNotFoundException("position " + next + " is no longer there");
                }
                long end = Math.min(to, segment.last());
                if (hashes == null || !readRecords(segment, end)) {
                    readChunks(segment, end);
                }
            }
            return result();
        }

        LogChunk result() {
            return new LogChunk(from, next - 1, found);
        }

        private void readChunks(Segment segment, long end) throws IOException {
            while (next <= end && budget > 0) {
                Chunk chunk = segments.chunk(segment, next);
                for (long last = Math.min(end, chunk.last()); next <= last && budget > 0; next++) {
                    LogEntry entry = chunk.at(next);
                    budget -= entry.event().weight();
                    if (topics.matches(entry.event().topics())) {
                        found.add(entry);
                    }
                }
            }
        }

        /** Reads through the index as far as one page of it tells; false, and nothing read, where that is dense. */
        private boolean readRecords(Segment segment, long end) throws IOException {
            long bound = end;
            long[] places = {};
            for (long hash : hashes) {
                long[] some = segment.index().from(hash, (int) (next - segment.first()), PLACES_MAX);
                if (some == null) {
                    return false;
                }
                if (some.length == PLACES_MAX) {
                    bound = Math.min(bound, segment.first() + Chains.rel(some[PLACES_MAX - 1]));
                }
                places = merged(places, some);
            }
            int within = 0;
            while (within < places.length && segment.first() + Chains.rel(places[within]) <= bound) {
                within++;
            }
            if (SegmentIndex.isDense(within, bound - next + 1)) {
                return false;
            }
            if (within > 0) {
                try (Disk.File in = segments.disk().open(segment.file())) {
                    RecordFile records = new RecordFile(segment, in, segments.hash().salt());
                    for (int i = 0; i < within && budget > 0; i++) {
                        readRecord(records, segment.first(), places[i]);
                    }
                }
            }
            if (budget > 0) {
                next = bound + 1;
            }
            return true;
        }

        private void readRecord(RecordFile records, long first, long place) throws IOException {
            long position = first + Chains.rel(place);
            if (position < next) {
                return; // an event with two of the topics, seen once already
            }
            LogEntry entry = records.read(place);
            budget -= entry.event().weight();
            if (topics.matches(entry.event().topics())) {
                found.add(entry);
            }
            next = position + 1;
        }
    }

    static long[] merged(long[] a, long[] b) {
        if (a.length == 0) {
            return b;
        }
        long[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        Arrays.sort(all);
        return all;
    }
}
