package io.rivulet.log;

import java.io.IOException;
import java.util.Arrays;

/**
 * The index of a sealed segment in its side file; in memory only the sparse table and the Bloom filter of the ids.
 * Sections, each on pages of its own: header, strides (16 bytes each), filter (8), topics by hash with the range of
 * their places (16), places (8), ids by hash with their place (16). A look-up guesses where a hash must be, for hashes
 * are spread evenly, and reads a page or two. Any thread.
 */
final class IndexFile {

    static final int MAGIC = 0x52764931; // RvI1
    static final int STRIDE_BYTES = 16;
    static final int TOPIC_BYTES = 16;
    static final int PLACE_BYTES = 8;
    static final int ID_BYTES = 16;
    private static final int HEADER_BYTES = 4080;

    private final Disk disk;
    private final Header header;
    private final BloomFilter ids;
    private final Strides strides;
    private final java.nio.file.Path path;

    /** The first page. */
    record Header(long storeId, long first, int count, int logLength, long minTimeMs, long maxTimeMs, int strides,
                  int bloomWords, int topics, int places, int idPlaces) {

        int bloomPage() {
            return 1 + IndexPages.pages(strides, STRIDE_BYTES);
        }

        int topicPage() {
            return bloomPage() + IndexPages.pages(bloomWords, 8);
        }

        int placePage() {
            return topicPage() + IndexPages.pages(topics, TOPIC_BYTES);
        }

        int idPage() {
            return placePage() + IndexPages.pages(places, PLACE_BYTES);
        }

        int pages() {
            return idPage() + IndexPages.pages(idPlaces, ID_BYTES);
        }

        void write(IndexPages.Writer out) throws IOException {
            out.putInt(MAGIC);
            out.putInt(count);
            out.putLong(storeId);
            out.putLong(first);
            out.putLong(minTimeMs);
            out.putLong(maxTimeMs);
            out.putInt(logLength);
            out.putInt(strides);
            out.putInt(bloomWords);
            out.putInt(topics);
            out.putInt(places);
            out.putInt(idPlaces);
            out.endSection();
        }

        static Header read(IndexPages in) throws IOException {
            if (in.getInt(0, 0, HEADER_BYTES, 0) != MAGIC) {
                return null;
            }
            return new Header(in.getLong(0, 0, HEADER_BYTES, 8), in.getLong(0, 0, HEADER_BYTES, 16),
                in.getInt(0, 0, HEADER_BYTES, 4), in.getInt(0, 0, HEADER_BYTES, 40),
                in.getLong(0, 0, HEADER_BYTES, 24), in.getLong(0, 0, HEADER_BYTES, 32),
                in.getInt(0, 0, HEADER_BYTES, 44), in.getInt(0, 0, HEADER_BYTES, 48),
                in.getInt(0, 0, HEADER_BYTES, 52), in.getInt(0, 0, HEADER_BYTES, 56),
                in.getInt(0, 0, HEADER_BYTES, 60));
        }
    }

    IndexFile(Disk disk, java.nio.file.Path path, Header header, BloomFilter ids, Strides strides) {
        this.disk = disk;
        this.path = path;
        this.header = header;
        this.ids = ids;
        this.strides = strides;
    }

    /** The side file at this path; {@link LogCorrupt} when it is not a whole one. */
    static IndexFile open(Disk disk, java.nio.file.Path path) throws IOException {
        try (IndexPages in = new IndexPages(disk, path)) {
            Header header = Header.read(in);
            if (header == null || in.length() != (long) header.pages() * IndexPages.PAGE_BYTES) {
                throw new LogCorrupt(path + " is no side file of this version, or not a whole one");
            }
            Strides strides = new Strides();
            for (int i = 0; i < header.strides(); i++) {
                strides.add(in.getInt(1, i, STRIDE_BYTES, 0), in.getInt(1, i, STRIDE_BYTES, 4),
                    in.getLong(1, i, STRIDE_BYTES, 8));
            }
            long[] words = new long[header.bloomWords()];
            for (int i = 0; i < words.length; i++) {
                words[i] = in.getLong(header.bloomPage(), i, 8, 0);
            }
            return new IndexFile(disk, path, header, new BloomFilter(words), strides);
        }
    }

    Header header() {
        return header;
    }

    Strides strides() {
        return strides;
    }

    /** Bytes of the file. */
    long bytes() {
        return (long) header.pages() * IndexPages.PAGE_BYTES;
    }

    long[] from(long topicHash, int fromRel, int max) throws IOException {
        try (IndexPages in = new IndexPages(disk, path)) {
            int at = find(in, header.topicPage(), header.topics(), topicHash);
            if (at < 0) {
                return new long[0];
            }
            int start = in.getInt(header.topicPage(), at, TOPIC_BYTES, 8);
            int count = in.getInt(header.topicPage(), at, TOPIC_BYTES, 12);
            if (SegmentIndex.isDense(count, header.count())) {
                return null;
            }
            int end = start + count;
            int low = start;
            for (int high = end; low < high; ) {
                int middle = low + high >>> 1;
                if (Chains.rel(place(in, middle)) < fromRel) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return places(in, low, Math.min(end - low, max));
        }
    }

    long[] newest(long topicHash, int max) throws IOException {
        try (IndexPages in = new IndexPages(disk, path)) {
            int at = find(in, header.topicPage(), header.topics(), topicHash);
            if (at < 0) {
                return new long[0];
            }
            int count = in.getInt(header.topicPage(), at, TOPIC_BYTES, 12);
            int n = Math.min(count, max);
            return places(in, in.getInt(header.topicPage(), at, TOPIC_BYTES, 8) + count - n, n);
        }
    }

    void newestOfEach(SegmentIndex.Visitor visitor) throws IOException {
        try (IndexPages topics = new IndexPages(disk, path); IndexPages places = new IndexPages(disk, path)) {
            for (int i = 0; i < header.topics(); i++) {
                int end = topics.getInt(header.topicPage(), i, TOPIC_BYTES, 8)
                    + topics.getInt(header.topicPage(), i, TOPIC_BYTES, 12);
                visitor.visit(topics.getLong(header.topicPage(), i, TOPIC_BYTES, 0), place(places, end - 1));
            }
        }
    }

    long[] ids(long hash) throws IOException {
        if (!ids.mayHold(hash)) {
            return new long[0];
        }
        try (IndexPages in = new IndexPages(disk, path)) {
            int at = find(in, header.idPage(), header.idPlaces(), hash);
            long[] found = new long[1];
            int n = 0;
            while (at >= 0 && at < header.idPlaces() && in.getLong(header.idPage(), at, ID_BYTES, 0) == hash) {
                found = n < found.length ? found : Arrays.copyOf(found, n * 2);
                found[n++] = in.getLong(header.idPage(), at++, ID_BYTES, 8);
            }
            return Arrays.copyOf(found, n);
        }
    }

    private long place(IndexPages in, int i) throws IOException {
        return in.getLong(header.placePage(), i, PLACE_BYTES, 0);
    }

    private long[] places(IndexPages in, int from, int n) throws IOException {
        long[] places = new long[n];
        for (int i = 0; i < n; i++) {
            places[i] = place(in, from + i);
        }
        return places;
    }

    /** The first of the sorted entries of 16 bytes with this hash, or -1. */
    private static int find(IndexPages in, int page, int n, long hash) throws IOException {
        int guess = (int) Math.multiplyHigh(hash, 2L * n);
        int margin = 16 + (int) (2 * Math.sqrt(n));
        int low = Math.max(0, guess - margin);
        int high = Math.min(n, guess + margin);
        if (low > 0 && in.getLong(page, low, 16, 0) >= hash) {
            low = 0;
        }
        if (high < n && in.getLong(page, high, 16, 0) < hash) {
            high = n;
        }
        while (low < high) {
            int middle = low + high >>> 1;
            if (in.getLong(page, middle, 16, 0) < hash) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < n && in.getLong(page, low, 16, 0) == hash ? low : -1;
    }
}
