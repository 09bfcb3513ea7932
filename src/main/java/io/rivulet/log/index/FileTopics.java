package io.rivulet.log.index;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogWork;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The topics of public events, or of private ones, in a side file ({@link IndexFile}). The look-ups ask it through
 * {@link TopicPostings}. Any thread; each question opens the file and closes it, so retention can delete the file
 * whenever it wants to.
 *
 * <p>Topics stand in the order of their hashes, and postings and names in the order of their topics: a question about
 * one topic is a search, and a question about all of them reads the file forward.
 */
public final class FileTopics implements TopicPostings {

    private static final int POSTING_BYTES = 8;
    /** Topics, and bytes of names, that are read at a time: the file is closed before others may go first. */
    private static final int STRETCH = 2_048;
    private static final int NAMES_STRETCH = 64 << 10;

    private final Disk disk;
    private final Path path;
    private final Size size;
    private final int topicPage;
    private final int postingPage;
    private final int namePage;

    /**
     * How large the sections are of the topics of public events, or of private ones.
     *
     * @param topics    how many
     * @param postings  of all of them
     * @param nameBytes of their names; -1 when they are not known
     */
    record Size(int topics, int postings, int nameBytes) {

        int words() {
            return Math.max(0, (int) (nameBytes + 7L) / 8);
        }

        /** How far behind the topics their postings begin, in pages. */
        int postingPage() {
            return IndexPages.pages(topics, IndexPages.KEYED_BYTES);
        }

        /** How far behind the topics their names begin. */
        int namePage() {
            return postingPage() + IndexPages.pages(postings, POSTING_BYTES);
        }

        int pages() {
            return namePage() + IndexPages.pages(words(), 8);
        }

        /** The sizes of both together; names that are not known of one, or too long together, are not known at all. */
        Size plus(Size more) {
            long names = (long) nameBytes + more.nameBytes;
            boolean known = nameBytes >= 0 && more.nameBytes >= 0 && names <= TopicNames.BYTES_MAX;
            return new Size(topics + more.topics, postings + more.postings, known ? (int) names : -1);
        }

        void write(IndexPages.Writer out) {
            out.putInt(topics);
            out.putInt(postings);
            out.putInt(nameBytes);
        }
    }

    FileTopics(Disk disk, Path path, Size size, int topicPage) {
        this.disk = disk;
        this.path = path;
        this.size = size;
        this.topicPage = topicPage;
        postingPage = topicPage + size.postingPage();
        namePage = topicPage + size.namePage();
    }

    @Override
    public int count() {
        return size.postings();
    }

    @Override
    public Keys find(TopicFilter filter, Keys known, LogWork work) throws IOException {
        if (filter.any()) {
            return Keys.EVERY;
        }
        if (known != null) {
            return known;
        }
        if (filter.needsNames() && size.nameBytes() < 0) {
            return null;
        }
        if (size.topics() == 0) {
            return Keys.NONE;
        }
        Gathered found = new Gathered();
        // listed topics are found by their hashes; only patterns need every name of the file
        if (filter.needsNames()) {
            byName(filter, found, work);
        } else {
            byHash(filter.hashes(), found, work);
        }
        return found.keys();
    }

    private void byHash(long[] hashes, Gathered found, LogWork work) throws IOException {
        work.pause();
        try (IndexPages in = new IndexPages(disk, path)) {
            for (long hash : hashes) {
                work.cost(LogWork.PAGE);
                int at = in.find(topicPage, size.topics(), hash);
                if (at >= 0) {
                    found.add(in, at);
                }
            }
        }
    }

    /** Tries patterns on all names: a stretch of them is read, the file closed, and only then are they tried. */
    private void byName(TopicFilter filter, Gathered found, LogWork work) throws IOException {
        int topic = 0;
        for (Names names = names(0); names != null; names = names(names.end())) {
            work.cost(NAMES_STRETCH / IndexPages.PAGE_BYTES * LogWork.PAGE);
            boolean[] fits = new boolean[names.count()];
            TopicNames.Walk walk = names.walk();
            for (int i = 0; i < fits.length && walk.next(); i++) {
                fits[i] = filter.matches(walk.name(), work);
            }
            try (IndexPages in = new IndexPages(disk, path)) {
                for (int i = 0; i < fits.length; i++) {
                    if (fits[i] || filter.hashes().length > 0 && filter.lists(hash(in, topic + i))) {
                        found.add(in, topic + i);
                    }
                }
            }
            topic += fits.length;
        }
    }

    /**
     * A stretch of whole names.
     *
     * @param bytes of it
     * @param from  the offset in {@code bytes} of the first
     * @param count how many there are
     * @param end   the offset in the section of names where the next begins
     */
    private record Names(byte[] bytes, int from, int count, int end) {

        TopicNames.Walk walk() {
            return new TopicNames.Walk(bytes, from, bytes.length);
        }
    }

    /** The names from this offset of their section on, at least one whole one; null behind the last. */
    private Names names(int start) throws IOException {
        int all = Math.max(0, size.nameBytes());
        if (start >= all) {
            return null;
        }
        try (IndexPages in = new IndexPages(disk, path)) {
            for (int stretch = NAMES_STRETCH; ; stretch *= 2) {
                int firstWord = start / 8;
                int words = Math.min(size.words() - firstWord, stretch / 8);
                byte[] bytes = new byte[words * 8];
                for (int i = 0; i < words; i++) {
                    Bytes.setLong(bytes, i * 8, in.getLong(namePage, firstWord + i, 8, 0));
                }
                int from = start - firstWord * 8;
                int to = Math.min(bytes.length, all - firstWord * 8);
                TopicNames.Walk walk = new TopicNames.Walk(bytes, from, to);
                int count = 0;
                int end = from;
                while (walk.nextWhole()) {
                    count++;
                    end = walk.end();
                }
                if (count > 0) {
                    return new Names(bytes, from, count, firstWord * 8 + end);
                }
                if (firstWord + words == size.words()) {
                    throw new LogCorrupt(path + " ends within a name");
                }
            }
        }
    }

    private long hash(IndexPages in, int topic) throws IOException {
        return in.getLong(topicPage, topic, IndexPages.KEYED_BYTES, 0);
    }

    @Override
    public int count(Keys keys) throws IOException {
        return keys == Keys.EVERY ? size.postings() : Arrays.stream(here(keys).counts()).sum();
    }

    /** Keys that were found in memory, before this file took over, do not say where their postings are. */
    private Keys here(Keys keys) throws IOException {
        return keys.starts() != null ? keys : find(TopicFilter.of(keys.hashes()), null,
            LogWork.UNBOUNDED);
    }

    @Override
    public boolean hasAllNames() {
        return size.nameBytes() >= 0;
    }

    @Override
    public long[] postings(Keys keys, int fromRel, int max, LogWork work) throws IOException {
        if (size.postings() == 0 || keys == Keys.NONE) {
            return new long[0];
        }
        PostingList all = new PostingList();
        each(keys, (hash, start, count, in) -> {
            for (int i = start + Math.max(0, count - max); i < start + count; i++) {
                long posting = in.getLong(postingPage, i, POSTING_BYTES, 0);
                if (Postings.rel(posting) >= fromRel) {
                    all.add(posting);
                }
            }
            work.cost(Math.min(count, max));
            all.keepLast(max);
        }, work);
        return all.ascending();
    }

    @Override
    public void newest(Keys keys, long[] among, Visitor visitor, LogWork work) throws IOException {
        each(keys, (hash, start, count, in) -> {
            for (int i = start + count - 1; i >= start; i--) {
                long posting = in.getLong(postingPage, i, POSTING_BYTES, 0);
                if (among == null || Arrays.binarySearch(among, posting) >= 0) {
                    visitor.visit(hash, posting);
                    return;
                }
            }
        }, work);
    }

    @Override
    public void names(NameVisitor visitor) throws IOException {
        int topic = 0;
        for (Names names = names(0); names != null; names = names(names.end())) {
            try (IndexPages in = new IndexPages(disk, path)) {
                TopicNames.Walk walk = names.walk();
                for (int i = 0; i < names.count() && walk.next(); i++) {
                    visitor.visit(hash(in, topic++), walk.name());
                }
            }
        }
    }

    private interface Topic {
        void at(long hash, int start, int count, IndexPages postings) throws IOException;
    }

    /** Shows each of the topics with the range of its postings. */
    private void each(Keys some, Topic topic, LogWork work) throws IOException {
        Keys keys = some == Keys.EVERY ? some : here(some);
        int n = keys == Keys.EVERY ? size.topics() : keys.hashes().length;
        for (int from = 0; from < n; from += STRETCH) {
            work.pause();
            int to = Math.min(n, from + STRETCH);
            try (IndexPages in = keys == Keys.EVERY ? new IndexPages(disk, path) : null;
                 IndexPages postings = new IndexPages(disk, path)) {
                for (int i = from; i < to; i++) {
                    if (keys == Keys.EVERY) {
                        topic.at(hash(in, i), in.getInt(topicPage, i, IndexPages.KEYED_BYTES, 8),
                            in.getInt(topicPage, i, IndexPages.KEYED_BYTES, 12), postings);
                    } else {
                        topic.at(keys.hashes()[i], keys.starts()[i], keys.counts()[i], postings);
                    }
                    work.cost(LogWork.LOOK);
                }
            }
        }
    }

    /** Topics of the file as they are found, ascending. */
    private final class Gathered {
        private long[] hashes = new long[4];
        private int[] starts = new int[4];
        private int[] counts = new int[4];
        private int n;

        void add(IndexPages in, int topic) throws IOException {
            if (n == hashes.length) {
                hashes = Arrays.copyOf(hashes, n * 2);
                starts = Arrays.copyOf(starts, n * 2);
                counts = Arrays.copyOf(counts, n * 2);
            }
            hashes[n] = hash(in, topic);
            starts[n] = in.getInt(topicPage, topic, IndexPages.KEYED_BYTES, 8);
            counts[n++] = in.getInt(topicPage, topic, IndexPages.KEYED_BYTES, 12);
        }

        Keys keys() {
            return new Keys(Arrays.copyOf(hashes, n), Arrays.copyOf(starts, n), Arrays.copyOf(counts, n), 0);
        }
    }
}
