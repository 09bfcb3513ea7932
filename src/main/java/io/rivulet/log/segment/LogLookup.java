package io.rivulet.log.segment;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.log.Digest;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogRange;
import io.rivulet.log.View;
import io.rivulet.log.index.PostingList;
import io.rivulet.log.index.Postings;
import io.rivulet.log.index.TopicFilter;
import io.rivulet.log.index.TopicPostings;
import io.rivulet.log.segment.ChunkCache.Chunk;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The look-ups in segments, for the hub's reader threads and the committer. Filters and indexes narrow the search, the
 * record decides. Each look-up takes the list of segments when it begins; a segment that retention takes meanwhile
 * counts as absent.
 */
final class LogLookup implements LogFinder {

    private final Segments segments;
    private final StoreMeta meta;
    private final TrimmedTopics trimmed;
    private final ReadPlans plans;
    private final LogNewest newest;

    LogLookup(Segments segments, ReadPlans plans, StoreMeta meta, TrimmedTopics trimmed) {
        this.segments = segments;
        this.plans = plans;
        this.meta = meta;
        this.trimmed = trimmed;
        this.newest = new LogNewest(segments, trimmed, this::newest);
    }

    @Override
    public Optional<LogEntry> byId(String id, GrantedTopics privates) throws IOException {
        long hash = segments.hash().of(id);
        for (Segment segment : segments.all()) {
            try {
                long[] postings = segment.index().ids(hash);
                if (!privates.isNone()) {
                    postings = PostingList.either(postings, segment.index().ids(segments.hash().ofPrivate(hash)));
                }
                for (long posting : postings) {
                    LogEntry entry = segments.entry(segment, posting);
                    Event event = entry.event();
                    if (id.equals(event.id()) && (!event.isPrivate() || privates.coversOne(event.topics()))) {
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
    public Optional<LogEntry> byKey(Digest key) throws IOException {
        long hash = segments.hash().of(key);
        Segment[] all = segments.all();
        for (int i = all.length - 1; i >= 0; i--) {
            try {
                for (long posting : all[i].index().ids(hash)) {
                    LogEntry entry = segments.entry(all[i], posting);
                    if (entry.receipt() != null && entry.receipt().key().equals(key)) {
                        return Optional.of(entry);
                    }
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(all[i], e);
            }
        }
        return Optional.empty();
    }

    @Override
    public long beforeTime(long timeMs) throws IOException {
        for (Segment segment : segments.all()) {
            if (segment.count() == 0 || segment.maxTimeMs() < timeMs) {
                continue;
            }
            try {
                long last = segment.last();
                long position = segment.first() + segment.sparse().rel(segment.sparse().before(timeMs));
                while (position <= last) {
                    Chunk chunk = segments.chunk(segment, position);
                    for (LogEntry entry : chunk.entries()) {
                        if (entry.timeMs() >= timeMs) {
                            return entry.position() - 1;
                        }
                    }
                    position = chunk.last() + 1;
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(segment, e);
            }
        }
        return segments.range().head();
    }

    @Override
    public long beforeNewest(View view, int n) throws IOException {
        long head = segments.range().head();
        Segment[] all = segments.all();
        int left = n;
        for (int i = all.length - 1; i >= 0; i--) {
            try {
                long last = Math.min(head, all[i].last());
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

    private long[] newest(Segment segment, long last, View view, int n) throws IOException {
        long[] postings = plans.newest(segment, view, n);
        if (postings != null) {
            return postings;
        }
        PostingList found = new PostingList();
        int[] left = {n};
        backwards(segment, last, entry -> {
            if (view.shows(entry.event())) {
                found.add(Postings.posting((int) (entry.position() - segment.first()), 0));
                left[0]--;
            }
            return left[0] > 0;
        });
        return found.ascending();
    }

    /** Shows the entries up to {@code last}, the newest first, while {@code more} says so. */
    private void backwards(Segment segment, long last, Predicate<LogEntry> more) throws IOException {
        for (long position = last; position >= segment.first(); ) {
            Chunk chunk = segments.chunk(segment, position);
            for (; position >= chunk.first(); position--) {
                if (!more.test(chunk.at(position))) {
                    return;
                }
            }
        }
    }

    @Override
    public List<LogEntry> newestOfEach(View view, int topicsMax) throws IOException {
        TopicFilter filter = TopicFilter.of(view.topics(), segments.hash());
        Set<Long> seen = new HashSet<>();
        List<LogEntry> entries = new ArrayList<>();
        long left = NEWEST_BYTES_MAX;
        Segment[] all = segments.all();
        for (int i = all.length - 1; i >= 0 && seen.size() < topicsMax && left > 0; i--) {
            if (!filter.any() && !filter.needsNames() && seen.size() == filter.hashes().length) {
                break;
            }
            try {
                for (long posting : newestOfEach(all[i], view, filter, seen, topicsMax)) {
                    LogEntry entry = entry(all[i], posting);
                    left -= entry.event().weight();
                    if (left < 0 && !entries.isEmpty()) {
                        break;
                    }
                    if (view.shows(entry.event())) {
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

    private LogEntry entry(Segment segment, long posting) throws IOException {
        if (Postings.offset(posting) != 0) {
            return segments.entry(segment, posting);
        }
        long position = segment.first() + Postings.rel(posting);
        return segments.chunk(segment, position).at(position);
    }

    /** Postings of the newest records for topics not seen yet, the latest first; marks these topics as seen. */
    private long[] newestOfEach(Segment segment, View view, TopicFilter filter, Set<Long> seen, int topicsMax)
        throws IOException {
        record Newest(long hash, long posting) {
        }
        List<Newest> all = new ArrayList<>();
        TopicPostings.Visitor keep = (hash, posting) -> {
            if (!seen.contains(hash)) {
                all.add(new Newest(hash, posting));
            }
        };
        newest(segment, view, filter, keep);
        all.sort(Comparator.comparingLong(Newest::posting).reversed());
        PostingList latest = new PostingList();
        for (int i = 0; i < all.size() && seen.size() < topicsMax; i++) {
            if (seen.add(all.get(i).hash())) {
                latest.add(all.get(i).posting());
            }
        }
        long[] ascending = latest.ascending();
        return IntStream.range(0, ascending.length).mapToLong(i -> ascending[ascending.length - 1 - i]).toArray();
    }

    /** Shows the newest posting of each topic in the segment, a topic perhaps more than once. */
    private void newest(Segment segment, View view, TopicFilter filter, TopicPostings.Visitor visitor)
        throws IOException {
        if (!plans.newestOfEach(segment, view, visitor)) {
            backwards(segment, segment.last(), entry -> {
                newestOf(entry, view, filter, segment.first(), visitor);
                return true;
            });
        }
    }

    private void newestOf(LogEntry entry, View view, TopicFilter filter, long first, TopicPostings.Visitor keep) {
        if (view.shows(entry.event())) {
            for (String topic : entry.event().topics()) {
                if (filter.any() || view.topics().exact().contains(topic) || filter.matches(topic)) {
                    keep.visit(segments.hash().of(topic), Postings.posting((int) (entry.position() - first), 0));
                }
            }
        }
    }

    @Override
    public LogChunk readNewest(long after, long upTo, View view, int bytesMax) throws IOException {
        return newest.read(after, upTo, view, bytesMax);
    }

    @Override
    public boolean newestTrimmed(long after, View view) throws IOException {
        return newest.trimmed(after, view);
    }

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
            return OptionalLong.of(segments.chunk(segment, position).at(position).nonce());
        } catch (FileNotFoundException | NoSuchFileException e) {
            failUnlessTrimmed(segment, e);
            return OptionalLong.empty();
        }
    }

    /** The number that ids from before the first commit have in the place of a nonce. */
    static int storeNonce(long storeId) {
        return (int) storeId & (1 << 24) - 1;
    }

    @Override
    public boolean epochReaches(int epoch, long position) {
        return meta.reaches(epoch, position, segments.range().head());
    }

    @Override
    public long lastTrimmed(View view) {
        return view.isAll() ? segments.range().first() - 1
            : trimmed.last(TopicFilter.of(view.topics(), segments.hash()),
                TopicFilter.of(view.privates(), segments.hash()));
    }

    private static <E extends IOException> void failUnlessTrimmed(Segment segment, E e) throws E {
        if (!segment.isTrimmed()) {
            throw e;
        }
    }
}
