package io.rivulet.log.segment;

import io.rivulet.event.Event;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.log.index.LongSet;
import io.rivulet.log.index.PostingList;
import io.rivulet.log.index.Postings;
import io.rivulet.log.index.SegmentIndex;
import io.rivulet.log.index.TopicFilter;
import io.rivulet.log.index.TopicPostings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Reads for a reader that wants the newest event of each topic only, on the hub's reader threads. The indexes, walked
 * from the newest segment to the oldest, tell which events are out of date; the records of the others are read, the
 * oldest first.
 *
 * <p>The hard thing is memory, which is bounded whatever the log holds. Topics are told apart up to {@link
 * #TOPICS_MAX}: a topic beyond that counts as up to date, so its events are read as well and none is missed. Postings
 * are kept up to a number that one read can use: the latest are forgotten first, and come with a later read.
 */
final class LogNewest {

    /** So many topics are told apart. */
    static final int TOPICS_MAX = 1 << 16;
    /** So many topics of one segment are put in the order of the log. */
    private static final int HITS_MAX = 2 * TOPICS_MAX;
    /** No event weighs less. */
    private static final int WEIGHT_MIN = 64;

    private final Segments segments;
    private final TrimmedTopics trimmed;
    private final Newest newest;
    private final LogWork work;

    /**
     * Shows the newest posting of each topic of the view in a segment: by the index in any order, a topic perhaps
     * twice; or, where that knows too little, all postings to the other visitor, the latest first, while it says so.
     */
    interface Newest {
        void of(Segment segment, View view, TopicFilter filter, TopicPostings.Visitor anyOrder, LatestFirst latestFirst)
            throws IOException;
    }

    /** Sees postings in the order of the log, the latest first; false when it needs no more. */
    interface LatestFirst {
        boolean visit(long topicHash, long posting);
    }

    /** Postings in one segment, ascending. */
    private record Stretch(Segment segment, long[] postings) {
    }

    LogNewest(Segments segments, TrimmedTopics trimmed, Newest newest, LogWork work) {
        this.work = work;
        this.segments = segments;
        this.trimmed = trimmed;
        this.newest = newest;
    }

    /** See {@link LogFinder#readNewest}. */
    LogChunk read(long after, long upTo, View view, int bytesMax) throws IOException {
        while (true) {
            LogRange range = segments.range();
            long from = Math.max(after + 1, range.first());
            Walk walk = new Walk(view, from, Math.min(upTo, range.head()), bytesMax / WEIGHT_MIN + 1);
            try {
                walk.down(from);
                return walk.read(bytesMax);
            } catch (FileNotFoundException | NoSuchFileException e) {
                // T1 (a reader) took the list, T2 (retention) deleted the file, T1 opens it
                if (segments.range().first() <= from) {
                    throw e;
                }
            }
        }
    }

    /** See {@link LogFinder#newestTrimmed}. */
    boolean trimmed(long after, View view) throws IOException {
        if (segments.range().first() <= after + 1) {
            return false;
        }
        Walk walk = new Walk(view, 1, 0, 1);
        try {
            walk.down(1);
        } catch (FileNotFoundException | NoSuchFileException e) {
            return true; // retention is at work: more was trimmed just now
        }
        return walk.seen.size() >= TOPICS_MAX || trimmed.lastOf(walk.filter,
            TopicFilter.of(view.privates(), segments.hash()), walk.seen::contains, work) > after;
    }

    /** Through the segments, the newest first. */
    private final class Walk {
        private final View view;
        private final TopicFilter filter;
        private final long from;
        private final int postingsMax;
        private final LongSet seen = new LongSet();
        private final Deque<Stretch> found = new ArrayDeque<>();
        private long to;
        private int postings;

        /** Finds events at {@code from} to {@code to}, and at most about {@code postingsMax}: the oldest. */
        Walk(View view, long from, long to, int postingsMax) {
            this.view = view;
            this.filter = TopicFilter.of(view.topics(), segments.hash());
            this.from = from;
            this.to = to;
            this.postingsMax = postingsMax;
        }

        /** Goes through the segments down to that of {@code lowest}, or until every listed topic was seen. */
        void down(long lowest) throws IOException {
            boolean listed = !filter.any() && !filter.needsNames();
            Segment[] all = segments.all();
            for (int i = all.length - 1; i >= 0 && all[i].last() >= lowest; i--) {
                if (listed && seen.size() == filter.hashes().length) {
                    return; // every older event is out of date
                }
                add(all[i]);
            }
        }

        /** Takes the segment's postings of topics that no newer segment has. */
        private void add(Segment segment) throws IOException {
            work.pause();
            TopicHits hits = new TopicHits(HITS_MAX);
            Wanted wanted = new Wanted(segment);
            newest.of(segment, view, filter, (hash, posting) -> {
                if (hits.size() < HITS_MAX) {
                    hits.add(hash, posting);
                } else if (!seen.contains(hash)) {
                    wanted.add(posting); // one topic too many: older events of it are read as well
                }
            }, (hash, posting) -> {
                wanted.addIf(isFirst(hash), posting);
                return true;
            });
            hits.latestFirst();
            work.cost(hits.size());
            for (int i = 0; i < hits.size(); i++) {
                wanted.addIf(isFirst(hits.hash(i)), hits.posting(i));
            }
            long[] ascending = wanted.oldest();
            if (ascending.length > 0) {
                found.addFirst(new Stretch(segment, ascending));
                postings += ascending.length;
                forgetLatest();
            }
        }

        /** Whether nothing newer is known of the topic; then that is known from now on. */
        private boolean isFirst(long hash) {
            return seen.size() < TOPICS_MAX ? seen.add(hash) : !seen.contains(hash);
        }

        /** Postings of one segment that are not out of date: the oldest that one read can use. */
        private final class Wanted {
            private final Segment segment;
            private PostingList list = new PostingList();

            Wanted(Segment segment) {
                this.segment = segment;
            }

            void addIf(boolean wanted, long posting) {
                if (wanted) {
                    add(posting);
                }
            }

            void add(long posting) {
                long position = segment.first() + Postings.rel(posting);
                if (position >= from && position <= to) {
                    list.add(posting);
                    if (list.size() > 2 * postingsMax + HITS_MAX / 64) {
                        long[] kept = oldest();
                        list = new PostingList();
                        list.add(kept);
                    }
                }
            }

            /** Ascending; when some are too many, this read ends before them, and what is newer is for a later one. */
            long[] oldest() {
                long[] all = list.ascending();
                if (all.length <= postingsMax) {
                    return all;
                }
                to = segment.first() + Postings.rel(all[postingsMax]) - 1;
                found.clear();
                postings = 0;
                return Arrays.copyOf(all, postingsMax);
            }
        }

        /** Forgets the latest postings above the number: this read ends before them, and a later one begins there. */
        private void forgetLatest() {
            while (postings > postingsMax) {
                Stretch latest = found.removeLast();
                int kept = Math.max(0, latest.postings().length - (postings - postingsMax));
                postings -= latest.postings().length - kept;
                if (kept < latest.postings().length) {
                    to = latest.segment().first() + Postings.rel(latest.postings()[kept]) - 1;
                }
                if (kept > 0) {
                    found.addLast(new Stretch(latest.segment(), Arrays.copyOf(latest.postings(), kept)));
                    return;
                }
            }
        }

        /** Reads the records that were found, the oldest first, until the budget is spent. */
        LogChunk read(int bytesMax) throws IOException {
            List<LogEntry> entries = new ArrayList<>();
            long left = bytesMax;
            for (Stretch stretch : found) {
                left = read(stretch, left, entries);
                if (left <= 0) {
                    return new LogChunk(from, to, entries);
                }
            }
            return new LogChunk(from, Math.max(to, from - 1), entries);
        }

        /**
         * Reads records one by one, or out of whole chunks where they are close together or many readers want them;
         * returns the budget left.
         */
        private long read(Stretch stretch, long budget, List<LogEntry> entries) throws IOException {
            Segment segment = stretch.segment();
            long[] all = stretch.postings();
            int span = Postings.rel(all[all.length - 1]) - Postings.rel(all[0]) + 1;
            boolean dense = SegmentIndex.isDense(all.length, span);
            long left = budget;
            try (Records records = new Records(segments, segment)) {
                for (int i = 0; i < all.length && left > 0; i++) {
                    work.pause(records::letGo);
                    long position = segment.first() + Postings.rel(all[i]);
                    LogEntry entry = dense ? records.ofChunk(position) : records.at(all[i]);
                    work.cost(dense ? LogWork.LOOK : LogWork.PAGE);
                    left -= entry.event().weight();
                    to = left <= 0 ? position : to;
                    Event event = entry.event();
                    if (view.shows(event.topics(), event.isPrivate(), work, records::letGo)) {
                        entries.add(entry);
                    }
                }
            }
            return left;
        }
    }
}
