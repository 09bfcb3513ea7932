package io.rivulet.log.index;

import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

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

        int pages() {
            return IndexPages.pages(topics, IndexPages.KEYED_BYTES) + IndexPages.pages(postings, POSTING_BYTES)
                + IndexPages.pages(words(), 8);
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
        postingPage = topicPage + IndexPages.pages(size.topics(), IndexPages.KEYED_BYTES);
        namePage = postingPage + IndexPages.pages(size.postings(), POSTING_BYTES);
    }

    @Override
    public int count() {
        return size.postings();
    }

    @Override
    public Keys find(TopicFilter filter, Keys known) throws IOException {
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
        try (IndexPages in = new IndexPages(disk, path)) {
            Gathered found = new Gathered(in);
            // listed topics are found by their hashes; only patterns need every name of the file
            if (!filter.needsNames()) {
                for (long hash : filter.hashes()) {
                    int at = in.find(topicPage, size.topics(), hash);
                    if (at >= 0) {
                        found.add(at);
                    }
                }
                return found.keys();
            }
            TopicNames.Walk walk = walk(in);
            for (int i = 0; walk.next(); i++) {
                if (filter.matches(walk.name()) || filter.hashes().length > 0 && filter.lists(hash(in, i))) {
                    found.add(i);
                }
            }
            return found.keys();
        }
    }

    /** A walk over all names, read into memory: at most {@link TopicNames#BYTES_MAX}. */
    private TopicNames.Walk walk(IndexPages in) throws IOException {
        byte[] names = new byte[size.words() * 8];
        for (int i = 0; i < size.words(); i++) {
            Bytes.setLong(names, i * 8, in.getLong(namePage, i, 8, 0));
        }
        return new TopicNames.Walk(names, 0, Math.max(0, size.nameBytes()));
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
        return keys.starts() != null ? keys : find(new TopicFilter(false, keys.hashes(), List.of()), null);
    }

    @Override
    public long[] postings(Keys keys, int fromRel, int max) throws IOException {
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
        });
        return all.ascending();
    }

    @Override
    public void newest(Keys keys, long[] among, Visitor visitor) throws IOException {
        each(keys, (hash, start, count, in) -> {
            for (int i = start + count - 1; i >= start; i--) {
                long posting = in.getLong(postingPage, i, POSTING_BYTES, 0);
                if (among == null || Arrays.binarySearch(among, posting) >= 0) {
                    visitor.visit(hash, posting);
                    return;
                }
            }
        });
    }

    @Override
    public void names(NameVisitor visitor) throws IOException {
        try (IndexPages in = new IndexPages(disk, path)) {
            TopicNames.Walk walk = walk(in);
            for (int i = 0; walk.next(); i++) {
                visitor.visit(hash(in, i), walk.name());
            }
        }
    }

    private interface Topic {
        void at(long hash, int start, int count, IndexPages postings) throws IOException;
    }

    /** Shows each of the topics with the range of its postings. */
    private void each(Keys some, Topic topic) throws IOException {
        if (some != Keys.EVERY) {
            Keys keys = here(some);
            try (IndexPages postings = new IndexPages(disk, path)) {
                for (int i = 0; i < keys.hashes().length; i++) {
                    topic.at(keys.hashes()[i], keys.starts()[i], keys.counts()[i], postings);
                }
            }
            return;
        }
        try (IndexPages in = new IndexPages(disk, path); IndexPages postings = new IndexPages(disk, path)) {
            for (int i = 0; i < size.topics(); i++) {
                topic.at(hash(in, i), in.getInt(topicPage, i, IndexPages.KEYED_BYTES, 8),
                    in.getInt(topicPage, i, IndexPages.KEYED_BYTES, 12), postings);
            }
        }
    }

    /** Topics of the file as they are found, ascending. */
    private final class Gathered {
        private final IndexPages in;
        private long[] hashes = new long[4];
        private int[] starts = new int[4];
        private int[] counts = new int[4];
        private int n;

        Gathered(IndexPages in) {
            this.in = in;
        }

        void add(int topic) throws IOException {
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
