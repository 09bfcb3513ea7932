package io.rivulet.log;

import io.rivulet.topic.TopicSelection;
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

/**
 * The look-ups in segments: filters and indexes narrow, the record decides. Each looks at the segments that exist when
 * it begins; one that retention takes meanwhile counts as not there.
 */
final class LogLookup implements LogFinder {

    private final Segments segments;
    private final Meta meta;
    private final TrimmedTopics trimmed;

    LogLookup(Segments segments, Meta meta, TrimmedTopics trimmed) {
        this.segments = segments;
        this.meta = meta;
        this.trimmed = trimmed;
    }

    @Override
    public OptionalLong byId(String id) throws IOException {
        long hash = segments.hash().of(id);
        for (Segment segment : segments.all()) {
            try {
                for (long place : segment.index().ids(hash)) {
                    LogEntry entry = segments.entry(segment, place);
                    if (id.equals(entry.event().id())) {
                        return OptionalLong.of(entry.position());
                    }
                }
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(segment, e);
            }
        }
        return OptionalLong.empty();
    }

    @Override
    public Optional<LogEntry> byKey(Digest key) throws IOException {
        long hash = segments.hash().of(key);
        Segment[] all = segments.all();
        for (int i = all.length - 1; i >= 0; i--) {
            try {
                for (long place : all[i].index().ids(hash)) {
                    LogEntry entry = segments.entry(all[i], place);
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
                long position = segment.first() + segment.strides().rel(segment.strides().before(timeMs));
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
    public long beforeNewest(TopicSelection topics, int n) throws IOException {
        LogRange range = segments.range();
        if (topics.isAny()) {
            return Math.max(range.first() - 1, range.head() - n);
        }
        Segment[] all = segments.all();
        int left = n;
        for (int i = all.length - 1; i >= 0; i--) {
            try {
                long[] places = newest(all[i], topics, left);
                if (places.length >= left) {
                    return all[i].first() + Chains.rel(places[places.length - left]) - 1;
                }
                left -= places.length;
            } catch (FileNotFoundException | NoSuchFileException e) {
                failUnlessTrimmed(all[i], e);
            }
        }
        return segments.range().first() - 1;
    }

    /** The last {@code n} or more places of any of the topics, ascending, each record once. */
    private long[] newest(Segment segment, TopicSelection topics, int n) throws IOException {
        long[] places = {};
        for (String topic : topics.exact()) {
            places = LogReader.merged(places, segment.index().newest(segments.hash().of(topic), n));
        }
        return java.util.Arrays.stream(places).distinct().toArray();
    }

    @Override
    public List<LogEntry> newestOfEach(TopicSelection topics, int topicsMax) throws IOException {
        Set<Long> wanted = new HashSet<>();
        topics.exact().forEach(topic -> wanted.add(segments.hash().of(topic)));
        Set<Long> seen = new HashSet<>();
        List<LogEntry> entries = new ArrayList<>();
        long left = NEWEST_BYTES_MAX;
        Segment[] all = segments.all();
        for (int i = all.length - 1; i >= 0 && seen.size() < topicsMax && left > 0; i--) {
            if (!topics.isAny() && seen.containsAll(wanted)) {
                break;
            }
            try {
                for (long place : newestOfEach(all[i], topics.isAny() ? null : wanted, seen, topicsMax)) {
                    LogEntry entry = segments.entry(all[i], place);
                    left -= entry.event().weight();
                    if (left < 0 && !entries.isEmpty()) {
                        break;
                    }
                    if (topics.matches(entry.event().topics())) {
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

    /** Places of the newest records of the segment for topics not seen yet, the latest of them; marks these as seen. */
    private long[] newestOfEach(Segment segment, Set<Long> wanted, Set<Long> seen, int topicsMax) throws IOException {
        record Newest(long hash, long place) {
        }
        List<Newest> all = new ArrayList<>();
        SegmentIndex.Visitor keep = (hash, place) -> {
            if (!seen.contains(hash)) {
                all.add(new Newest(hash, place));
            }
        };
        if (wanted == null) {
            segment.index().newestOfEach(keep);
        } else {
            for (long hash : wanted) {
                for (long place : segment.index().newest(hash, 1)) {
                    keep.visit(hash, place);
                }
            }
        }
        all.sort(Comparator.comparingLong(Newest::place).reversed());
        int most = Math.min(all.size(), topicsMax - seen.size());
        List<Newest> latest = all.subList(0, most);
        latest.forEach(newest -> seen.add(newest.hash()));
        return latest.stream().mapToLong(Newest::place).distinct().toArray();
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

    /** What stands for the nonce of a commit in ids from before the first one. */
    static int storeNonce(long storeId) {
        return (int) storeId & (1 << 24) - 1;
    }

    @Override
    public boolean epochReaches(int epoch, long position) {
        return meta.reaches(epoch, position, segments.range().head());
    }

    @Override
    public long lastTrimmed(TopicSelection topics) {
        if (topics.isAny()) {
            return segments.range().first() - 1;
        }
        long last = 0;
        for (String topic : topics.exact()) {
            last = Math.max(last, trimmed.last(segments.hash().of(topic)));
        }
        return last;
    }

    private static <E extends IOException> void failUnlessTrimmed(Segment segment, E e) throws E {
        if (!segment.isTrimmed()) {
            throw e;
        }
    }
}
