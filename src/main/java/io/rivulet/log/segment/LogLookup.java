package io.rivulet.log.segment;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.log.Digest;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogWork;
import io.rivulet.log.ProducerMark;
import io.rivulet.log.View;
import io.rivulet.log.index.LongSet;
import io.rivulet.log.index.PostingList;
import io.rivulet.log.index.Postings;
import io.rivulet.log.index.SegmentIndex;
import io.rivulet.log.index.SparseIndex;
import io.rivulet.log.index.TopicFilter;
import io.rivulet.log.index.TopicPostings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The look-ups over all segments: where an id is, where a time begins, the newest events of a view. The hub's reader
 * threads use it, and the committer for the keys of repeated publishes.
 *
 * <p>An index finds by hash, and two texts may have one. So filters and indexes only narrow the search, and the record
 * itself decides whether it is the one.
 *
 * <p>The hard thing is retention, which deletes files under the hands of a look-up, because no reader holds a lock that
 * it would wait for. Each look-up takes the list of segments once, when it begins. T1 (a look-up) has taken the list,
 * T2 (retention) marks the oldest segment as trimmed and deletes its file, T1 opens the file and misses it: the mark
 * tells T1 that the segment counts as absent. A file that is missing without the mark is a fault and is told.
 */
final class LogLookup implements LogFinder {

    /** A key is looked for in so many of the newest segments, and in the files of so many of them. */
    static final int KEY_SEGMENTS_MAX = 1_024;
    static final int KEY_READS_MAX = 64;

    private final Segments segments;
    private final StoreMeta meta;
    private final TrimmedTopics trimmed;
    private final ReadPlans plans;
    private final LogClock clock;
    private final LogNewest newest;
    private final LogWork work;
    /** Null for the log of one node. */
    private final LogMirror mirror;

    LogLookup(Segments segments, ReadPlans plans, StoreMeta meta, TrimmedTopics trimmed, LogClock clock,
              LogMirror mirror) {
        this(segments, plans, meta, trimmed, clock, mirror, LogWork.UNBOUNDED);
    }

    private LogLookup(Segments segments, ReadPlans plans, StoreMeta meta, TrimmedTopics trimmed, LogClock clock,
                      LogMirror mirror, LogWork work) {
        this.mirror = mirror;
        this.segments = segments;
        this.plans = plans;
        this.meta = meta;
        this.trimmed = trimmed;
        this.clock = clock;
        this.work = work;
        this.newest = new LogNewest(segments, trimmed, this::newest, work);
    }

    /** The same look-ups for one piece of work, which they count in. */
    LogLookup with(LogWork some) {
        return new LogLookup(segments, plans, meta, trimmed, clock, mirror, some);
    }

    /**
     * From the oldest segment to the newest, because of an id that a publisher used twice the earliest event counts.
     * The id of a private event is entered under another hash than that of a public one, so a reader
     * without grants neither finds it nor learns by the time it takes that it is there.
     */
    @Override
    public Optional<LogEntry> byId(String id, GrantedTopics privates, boolean firsts) throws IOException {
        long hash = segments.hash().of(id);
        for (Segment segment : segments.all()) {
            work.pause();
            work.cost(LogWork.PAGE);
            try {
                long[] postings = segment.index().ids(hash);
                long head = segments.range().head(); // see isVisible
                if (!privates.isNone()) {
                    postings = PostingList.either(postings, segment.index().ids(segments.hash().ofPrivate(hash)));
                }
                for (long posting : postings) {
                    if (!isVisible(segment, posting, head)) {
                        continue;
                    }
                    LogEntry entry = segments.entry(segment, posting);
                    work.cost(LogWork.PAGE);
                    Event event = entry.event();
                    if (id.equals(event.id()) && !(firsts && event.repeatsId())
                        && (!event.isPrivate() || View.covers(privates, event.topics(), work))) {
                        return Optional.of(entry);
                    }
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(segment, e);
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean hasId(String id, boolean privates) throws IOException {
        long hash = segments.hash().of(id);
        long[] hashes = privates ? new long[] {hash, segments.hash().ofPrivate(hash)} : new long[] {hash};
        return newestWith(hashes, entry -> id.equals(entry.event().id())
            && (privates || !entry.event().isPrivate())).isPresent();
    }

    @Override
    public Optional<LogEntry> byKey(Digest key) throws IOException {
        return newestWith(new long[] {segments.hash().of(key)},
            entry -> entry.receipt() != null && entry.receipt().key().equals(key));
    }

    @Override
    public Optional<LogEntry> byProducer(Digest producer, Predicate<ProducerMark> fits) throws IOException {
        return newestWith(new long[] {segments.hash().ofProducer(producer)}, entry -> entry.producer() != null
            && entry.producer().producer().equals(producer) && fits.test(entry.producer()));
    }

    /**
     * From the newest segment to the oldest, of those that have marks. A topic may be asked to end before it ends, so
     * the newest mark counts.
     */
    @Override
    public Optional<LogEntry> mark(String topic) throws IOException {
        long hash = segments.markHash(topic);
        Segment[] all = segments.all();
        for (int i = all.length - 1; i >= 0; i--) {
            SegmentIndex index = all[i].index();
            if (index.marks() == 0 || !index.mayHold(hash)) {
                continue;
            }
            work.pause();
            work.cost(LogWork.PAGE);
            try {
                long head = segments.range().head(); // see isVisible
                long[] postings = index.ids(hash);
                for (int p = postings.length - 1; p >= 0; p--) {
                    LogEntry entry = isVisible(all[i], postings[p], head) ? segments.entry(all[i], postings[p]) : null;
                    if (entry != null && entry.event().isMark() && entry.event().topics().contains(topic)) {
                        return Optional.of(entry);
                    }
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(all[i], e);
            }
        }
        return Optional.empty();
    }

    /**
     * From the newest segment to the oldest: a publisher repeats a key soon or never. The committer waits for the
     * answer, so the search has a bound. It is far behind where retention ends unless history has terabytes: filters
     * answer without a read for all but one segment in a hundred.
     */
    private Optional<LogEntry> newestWith(long[] hashes, Predicate<LogEntry> isIt) throws IOException {
        Segment[] all = segments.all();
        int reads = KEY_READS_MAX;
        for (int i = all.length - 1; i >= Math.max(0, all.length - KEY_SEGMENTS_MAX); i--) {
            SegmentIndex index = all[i].index();
            for (long hash : hashes) {
                if (!index.mayHold(hash)) {
                    continue;
                }
                if (!index.isHeap() && --reads < 0) {
                    return Optional.empty();
                }
                Optional<LogEntry> found = find(all[i], index, hash, isIt);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<LogEntry> find(Segment segment, SegmentIndex index, long hash, Predicate<LogEntry> isIt)
        throws IOException {
        try {
            long head = segments.range().head(); // see isVisible
            long[] postings = index.ids(hash);
            for (int i = postings.length - 1; i >= 0; i--) { // of an id that counts once the order does not matter
                if (!isVisible(segment, postings[i], head)) {
                    continue;
                }
                LogEntry entry = segments.entry(segment, postings[i]);
                if (isIt.test(entry)) {
                    return Optional.of(entry);
                }
            }
        } catch (FileNotFoundException | NoSuchFileException e) {
            failUnlessTrimmed(segment, e);
        }
        return Optional.empty();
    }

    /**
     * Whether what the index tells of may be read. A group that was refused may have left its entries in the index, and
     * its bytes in the file, until the log heals. Its publisher tries again before that, with the same key: an answer
     * from these entries would acknowledge what is not in the log.
     */
    private static boolean isVisible(Segment segment, long posting, long head) {
        return segment.first() + Postings.rel(posting) <= head;
    }

    /**
     * The first segment that reaches this time is entered by its sparse index: within a segment times never fall. One
     * that says to reach a time in the future was written by a clock that was ahead.
     */
    @Override
    public long beforeTime(long timeMs) throws IOException {
        Segment[] all = segments.all();
        long nowMs = clock.wallMs();
        for (int i = 0; i < all.length; i++) {
            Segment segment = all[i];
            if (segment.count() == 0 || LogClock.newestMs(all, i, nowMs) < timeMs) {
                continue;
            }
            try {
                // the sparse index leads to the last chunk that begins before the time: the answer is there or later
                long last = segment.last();
                SparseIndex sparse = segments.sparse(segment);
                long position = segment.first() + sparse.rel(sparse.before(timeMs));
                while (position <= last) {
                    work.pause();
                    Chunk chunk = segments.chunk(segment, position);
                    long end = chunk.last();
                    work.cost(LogWork.PAGE + (int) (end - position));
                    for (; position <= end; position++) {
                        if (chunk.timeMs(position) >= timeMs) {
                            return position - 1;
                        }
                    }
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(segment, e);
            }
        }
        return segments.range().head();
    }

    /**
     * Counts back from the newest segment. Where a view shows all of a segment, subtraction is enough; where an index
     * tells the view's postings, they are counted; only else are records read.
     */
    @Override
    public long beforeNewest(View view, int n) throws IOException {
        long head = segments.range().head();
        Segment[] all = segments.all();
        int left = n;
        for (int i = all.length - 1; i >= 0; i--) {
            work.pause();
            work.cost(LogWork.LOOK);
            try {
                long last = Math.min(head, all[i].last());
                // the active segment may have grown behind the head: nothing above it counts
                if (ReadPlans.isWhole(all[i], view)) {
                    if (last - all[i].first() + 1 >= left) {
                        return last - left;
                    }
                    left -= (int) (last - all[i].first() + 1);
                    continue;
                }
                long[] postings = newest(all[i], last, view, left);
                if (postings.length >= left) {
                    return all[i].first() + Postings.rel(postings[postings.length - left]) - 1;
                }
                left -= postings.length;
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(all[i], e);
            }
        }
        return segments.range().first() - 1;
    }

    /** As {@link #beforeNewest} counts. */
    @Override
    public long count(View view) throws IOException {
        long head = segments.range().head();
        long count = 0;
        for (Segment segment : segments.all()) {
            work.pause();
            work.cost(LogWork.LOOK);
            try {
                long last = Math.min(head, segment.last());
                if (ReadPlans.isWhole(segment, view)) {
                    count += last - segment.first() + 1;
                } else {
                    long[] postings = newest(segment, last, view, Integer.MAX_VALUE);
                    count += PostingList.from(postings, last - segment.first() + 1);
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(segment, e);
            }
        }
        return count;
    }

    /** All names are looked at, and the least of them kept: a page costs time and little memory. */
    @Override
    public List<String> topics(String after, int limit) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Segment segment : segments.all()) {
            work.pause();
            try {
                for (boolean isPrivate : new boolean[] {false, true}) {
                    TopicPostings topics = segment.index().topics(isPrivate);
                    if (topics.hasAllNames()) {
                        topics.names((hash, name) -> keepLeast(name, after, limit, names));
                    } else {
                        backwards(segment, Math.min(segment.last(), segments.range().head()), (chunk, position) -> {
                            chunk.at(position).event().topics().forEach(name -> keepLeast(name, after, limit, names));
                            return true;
                        });
                    }
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(segment, e);
            }
        }
        return List.copyOf(names);
    }

    private void keepLeast(String name, String after, int limit, TreeSet<String> names) {
        work.cost(LogWork.LOOK);
        if (name.compareTo(after) > 0) {
            names.add(name);
            if (names.size() > limit) {
                names.pollLast();
            }
        }
    }

    /** The last {@code n} postings that the view shows, by the index or, where that knows too little, by reading. */
    private long[] newest(Segment segment, long last, View view, int n) throws IOException {
        long[] postings = plans.newest(segment, view, n, work);
        if (postings != null) {
            return postings;
        }
        PostingList found = new PostingList();
        int[] left = {n};
        RecordFilter filter = new RecordFilter(view, segments.hash());
        backwards(segment, last, (chunk, position) -> {
            if (filter.shows(chunk, position, work, LogWork.Held.NOTHING)) {
                found.add(Postings.posting((int) (position - segment.first()), 0));
                left[0]--;
            }
            return left[0] > 0;
        });
        return found.ascending();
    }

    /** Looks at a record of a chunk; false when it wants no more. */
    private interface Look {
        boolean at(Chunk chunk, long position);
    }

    /** Shows the records up to {@code last}, the newest first, while {@code more} says so. */
    private void backwards(Segment segment, long last, Look more) throws IOException {
        for (long position = last; position >= segment.first(); ) {
            Chunk chunk = segments.chunk(segment, position);
            work.cost(LogWork.PAGE);
            for (; position >= chunk.first(); position--) {
                work.pause(); // a chunk that is no longer shared meanwhile is held by this look-up alone
                work.cost(LogWork.LOOK);
                if (!more.at(chunk, position)) {
                    return;
                }
            }
        }
    }

    /**
     * From the newest segment to the oldest. A topic that was seen in a newer segment is out of date in all older ones,
     * so the walk ends when every topic that the view lists was seen.
     */
    @Override
    public List<LogEntry> newestOfEach(View view, int topicsMax) throws IOException {
        TopicFilter filter = TopicFilter.of(view.topics(), segments.hash());
        LongSet seen = new LongSet();
        List<LogEntry> entries = new ArrayList<>();
        long left = NEWEST_BYTES_MAX;
        Segment[] all = segments.all();
        for (int i = all.length - 1; i >= 0 && seen.size() < topicsMax && left > 0; i--) {
            if (!filter.any() && !filter.needsNames() && seen.size() == filter.hashes().length) {
                break;
            }
            try (Records records = new Records(segments, all[i])) {
                for (long posting : newestOfEach(all[i], view, filter, seen, topicsMax)) {
                    work.pause(records::letGo);
                    LogEntry entry = records.at(posting);
                    work.cost(LogWork.PAGE);
                    Event event = entry.event();
                    left -= event.weight();
                    if (left < 0 && !entries.isEmpty()) { // one event comes whatever it weighs
                        break;
                    }
                    if (view.shows(event.topics(), event.isPrivate(), work, records::letGo)) {
                        entries.add(entry);
                    }
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(all[i], e);
            }
        }
        entries.sort(Comparator.comparingLong(LogEntry::position));
        return entries;
    }

    /** Postings of the newest records for topics not seen yet, the latest first; marks these topics as seen. */
    private List<Long> newestOfEach(Segment segment, View view, TopicFilter filter, LongSet seen, int topicsMax)
        throws IOException {
        List<Long> latest = new ArrayList<>();
        TopicHits hits = new TopicHits(2 * topicsMax); // a topic may be shown twice, and no more topics are wanted
        newest(segment, view, filter, (hash, posting) -> {
            if (!seen.contains(hash)) {
                hits.add(hash, posting);
            }
        }, (hash, posting) -> {
            addIf(seen.size() < topicsMax && seen.add(hash), posting, latest);
            return seen.size() < topicsMax;
        });
        hits.latestFirst();
        for (int i = 0; i < hits.size() && seen.size() < topicsMax; i++) {
            addIf(seen.add(hits.hash(i)), hits.posting(i), latest);
        }
        return latest;
    }

    /** Adds a posting, once where several topics have it: they then come one after the other. */
    private static void addIf(boolean wanted, long posting, List<Long> latest) {
        if (wanted && (latest.isEmpty() || latest.get(latest.size() - 1) != posting)) {
            latest.add(posting);
        }
    }

    /** See {@link LogNewest.Newest}. */
    private void newest(Segment segment, View view, TopicFilter filter, TopicPostings.Visitor anyOrder,
                        LogNewest.LatestFirst latestFirst) throws IOException {
        if (!plans.newestOfEach(segment, view, anyOrder, work)) {
            RecordFilter records = new RecordFilter(view, segments.hash());
            backwards(segment, segment.last(), (chunk, position) ->
                !records.shows(chunk, position, work, LogWork.Held.NOTHING)
                    || newestOf(chunk.at(position), view, filter, segment.first(), latestFirst));
        }
    }

    /** Shows the entry's posting for each of its topics that is asked for; false when no more is wanted. */
    private boolean newestOf(LogEntry entry, View view, TopicFilter filter, long first, LogNewest.LatestFirst visitor) {
        boolean more = true;
        for (String topic : entry.event().topics()) {
            if (filter.any() || view.topics().exact().contains(topic) || filter.matches(topic, work)) {
                more = visitor.visit(segments.hash().of(topic), Postings.posting((int) (entry.position() - first), 0));
            }
        }
        return more;
    }

    @Override
    public LogChunk readNewest(long after, long upTo, View view, int bytesMax) throws IOException {
        return newest.read(after, upTo, view, bytesMax);
    }

    @Override
    public boolean newestTrimmed(long after, View view) throws IOException {
        return newest.trimmed(after, view);
    }

    /**
     * The nonce at a position, by which a resume tells that an id is of this log and not of one that a backup replaced.
     * Of the position before the first segment the header of that segment still knows it.
     */
    @Override
    public OptionalLong nonceAt(long position) throws IOException {
        if (position == 0) {
            return OptionalLong.of(storeNonce(meta.storeId()));
        }
        LogRange range = segments.range();
        Segment oldest = segments.all()[0];
        if (position == oldest.first() - 1) {
            return OptionalLong.of(oldest.header().nonceBefore());
        }
        Segment segment = segments.holding(position);
        if (segment == null || position > range.head()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(segments.chunk(segment, position).nonce(position));
        } catch (FileNotFoundException | NoSuchFileException e) {
            failUnlessTrimmed(segment, e);
            return OptionalLong.empty();
        }
    }

    /** The number that ids from before the first commit have instead of a nonce. */
    static int storeNonce(long storeId) {
        return (int) storeId & (1 << 24) - 1;
    }

    @Override
    public boolean epochReaches(int epoch, long position) {
        long head = segments.range().head();
        return mirror == null ? meta.reaches(epoch, position, head) : mirror.reaches(epoch, position, head);
    }

    @Override
    public long lastTrimmed(View view) {
        return view.isAll() ? segments.range().first() - 1
            : trimmed.last(TopicFilter.of(view.topics(), segments.hash()),
                TopicFilter.of(view.privates(), segments.hash()), work);
    }

    /** Lets a missing file pass where retention took it; see the class comment. */
    private static <E extends IOException> void failUnlessTrimmed(Segment segment, E e) throws E {
        if (!segment.isTrimmed()) {
            throw e;
        }
    }
}
