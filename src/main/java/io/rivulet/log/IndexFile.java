package io.rivulet.log;

import java.io.IOException;

/**
 * The index of a sealed segment in its side file; in memory only the sparse table and the Bloom filter of the ids.
 * Sections, each on pages of its own: header, strides (16 bytes each), filter (8), then for public events and again for
 * private ones: topics by hash with the range of their places (16), places (8), names in the order of the topics (a
 * varint of the length, the bytes; filled up to 8); then ids by hash with their place (16). A look-up guesses where a
 * hash must be, for hashes are spread evenly, and reads a page or two. Any thread.
 */
final class IndexFile {

    static final int MAGIC = 0x52764932; // RvI2
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

    /**
     * How large the sections are of the topics of public events, or of private ones.
     *
     * @param topics    how many
     * @param places    of all of them
     * @param nameBytes of their names; -1 when they are not known
     */
    record Topics(int topics, int places, int nameBytes) {

        int words() {
            return Math.max(0, (int) (nameBytes + 7L) / 8);
        }

        int pages() {
            return IndexPages.pages(topics, TOPIC_BYTES) + IndexPages.pages(places, PLACE_BYTES)
                + IndexPages.pages(words(), 8);
        }

        void write(IndexPages.Writer out) {
            out.putInt(topics);
            out.putInt(places);
            out.putInt(nameBytes);
        }
    }

    /** The first page. */
    record Header(long storeId, long first, int count, int logLength, long minTimeMs, long maxTimeMs, int strides,
                  int bloomWords, int ids, Topics publics, Topics privates) {

        int bloomPage() {
            return 1 + IndexPages.pages(strides, STRIDE_BYTES);
        }

        int publicPage() {
            return bloomPage() + IndexPages.pages(bloomWords, 8);
        }

        int privatePage() {
            return publicPage() + publics.pages();
        }

        int idPage() {
            return privatePage() + privates.pages();
        }

        int pages() {
            return idPage() + IndexPages.pages(ids, ID_BYTES);
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
            out.putInt(ids);
            publics.write(out);
            privates.write(out);
            out.endSection();
        }

        static Header read(IndexPages in) throws IOException {
            if (in.getInt(0, 0, HEADER_BYTES, 0) != MAGIC) {
                return null;
            }
            int[] n = new int[10];
            for (int i = 0; i < n.length; i++) {
                n[i] = in.getInt(0, 0, HEADER_BYTES, 40 + 4 * i);
            }
            return new Header(in.getLong(0, 0, HEADER_BYTES, 8), in.getLong(0, 0, HEADER_BYTES, 16),
                in.getInt(0, 0, HEADER_BYTES, 4), n[0], in.getLong(0, 0, HEADER_BYTES, 24),
                in.getLong(0, 0, HEADER_BYTES, 32), n[1], n[2], n[3], new Topics(n[4], n[5], n[6]),
                new Topics(n[7], n[8], n[9]));
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

    FileTopics topics(boolean isPrivate) {
        return new FileTopics(disk, path, isPrivate ? header.privates() : header.publics(),
            isPrivate ? header.privatePage() : header.publicPage());
    }

    long[] ids(long hash) throws IOException {
        Places found = new Places();
        if (ids.mayHold(hash)) {
            try (IndexPages in = new IndexPages(disk, path)) {
                int at = find(in, header.idPage(), header.ids(), hash);
                while (at >= 0 && at < header.ids() && in.getLong(header.idPage(), at, ID_BYTES, 0) == hash) {
                    found.add(in.getLong(header.idPage(), at++, ID_BYTES, 8));
                }
            }
        }
        return found.ascending();
    }

    /** The first of the sorted entries of 16 bytes with this hash, or -1. */
    static int find(IndexPages in, int page, int n, long hash) throws IOException {
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
