package io.rivulet.log.index;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The index of a sealed segment in its side file. {@code SealedIndex} opens it and asks it. Any thread.
 *
 * <p>A log may have thousands of segments, so memory holds only, of the newest of them, the Bloom filter of the ids
 * and, beside this class, the sparse table; everything else is read when it is asked for, and no file stays open. The
 * filter answers most questions for an id, which segments are asked in turn, without a read.
 *
 * <p>Sections, each on pages of its own: header, sparse table (16 bytes each), filter (8); then for public events and
 * again for private ones: topics by hash with the range of their postings (16), postings (8), names in the order of the
 * topics (a varint of the length, the bytes; filled up to 8); then ids by hash with their posting (16); at last, in
 * files that have any, the hashes of topics that ended or were asked to end (8).
 */
public final class IndexFile {

    private static final int MAGIC = 0x52764932; // RvI2
    private static final int SPARSE_BYTES = 16;

    private final Disk disk;
    private final Header header;
    /** Null when {@link FilterMemory} holds newer ones. */
    private volatile BloomFilter ids;
    private final Path path;

    /**
     * The facts of a segment, as its side file says them.
     *
     * @param storeId   of the store that wrote it
     * @param first     position of its first event
     * @param count     of its events
     * @param logLength bytes of its file
     * @param minTimeMs of its first commit
     * @param maxTimeMs of its last commit
     */
    public record SegmentFacts(long storeId, long first, int count, int logLength, long minTimeMs, long maxTimeMs) {
    }

    /** The first page: the facts of the segment, and how large the sections are. */
    public record Header(SegmentFacts segment, int sparse, int bloomWords, int ids, FileTopics.Size publics,
                  FileTopics.Size privates, int marks) {

        int bloomPage() {
            return 1 + IndexPages.pages(sparse, SPARSE_BYTES);
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

        int markPage() {
            return idPage() + IndexPages.pages(ids, IndexPages.KEYED_BYTES);
        }

        int pages() {
            return markPage() + IndexPages.pages(marks, Long.BYTES);
        }

        void write(IndexPages.Writer out) throws IOException {
            out.putInt(MAGIC);
            out.putInt(segment.count());
            out.putLong(segment.storeId());
            out.putLong(segment.first());
            out.putLong(segment.minTimeMs());
            out.putLong(segment.maxTimeMs());
            out.putInt(segment.logLength());
            out.putInt(sparse);
            out.putInt(bloomWords);
            out.putInt(ids);
            publics.write(out);
            privates.write(out);
            out.putInt(marks); // 0 where an older version wrote the page
            out.putInt(0); // a page ends with a whole long
            out.end();
        }

        static Header read(IndexPages in) throws IOException {
            if (getInt(in, 0) != MAGIC) {
                return null;
            }
            int[] n = new int[11];
            for (int i = 0; i < n.length; i++) {
                n[i] = getInt(in, 40 + 4 * i);
            }
            return new Header(new SegmentFacts(getLong(in, 8), getLong(in, 16), getInt(in, 4), n[0], getLong(in, 24),
                getLong(in, 32)), n[1], n[2], n[3], new FileTopics.Size(n[4], n[5], n[6]),
                new FileTopics.Size(n[7], n[8], n[9]), n[10]);
        }

        private static int getInt(IndexPages in, int offset) throws IOException {
            return in.getInt(0, 0, IndexPages.PAYLOAD_BYTES, offset);
        }

        private static long getLong(IndexPages in, int offset) throws IOException {
            return in.getLong(0, 0, IndexPages.PAYLOAD_BYTES, offset);
        }
    }

    IndexFile(Disk disk, Path path, Header header, BloomFilter ids) {
        this.disk = disk;
        this.path = path;
        this.header = header;
        this.ids = ids;
    }

    /**
     * Opens the side file at this path, with its filter where memory has room for it.
     *
     * @throws LogCorrupt when it is not a whole one, or its header or filter is damaged; damage in other pages is found
     *                    when they are read
     */
    public static IndexFile open(Disk disk, Path path, FilterMemory filters) throws IOException {
        try (IndexPages in = new IndexPages(disk, path)) {
            Header header = header(in, path);
            BloomFilter filter = filters.hasRoom(header.bloomWords()) ? filter(in, header) : null;
            return new IndexFile(disk, path, header, filter);
        }
    }

    private static Header header(IndexPages in, Path path) throws IOException {
        Header header = Header.read(in);
        if (header == null || in.length() != (long) header.pages() * IndexPages.PAGE_BYTES) {
            throw new LogCorrupt(path + " is no side file of this version, or not a whole one");
        }
        return header;
    }

    /**
     * Reads the sparse table of a segment from the side file at this path.
     *
     * @throws LogCorrupt when it is damaged, or the file is that of something else
     */
    public static SparseIndex sparse(Disk disk, Path path, SegmentFacts segment) throws IOException {
        try (IndexPages in = new IndexPages(disk, path)) {
            Header header = header(in, path);
            if (!header.segment().equals(segment)) {
                throw new LogCorrupt(path + " is of another segment");
            }
            SparseIndex sparse = new SparseIndex(header.sparse());
            for (int i = 0; i < header.sparse(); i++) {
                sparse.add(in.getInt(1, i, SPARSE_BYTES, 0), in.getInt(1, i, SPARSE_BYTES, 4),
                    in.getLong(1, i, SPARSE_BYTES, 8));
            }
            return sparse;
        }
    }

    private static BloomFilter filter(IndexPages in, Header header) throws IOException {
        long[] words = new long[header.bloomWords()];
        for (int i = 0; i < words.length; i++) {
            words[i] = in.getLong(header.bloomPage(), i, 8, 0);
        }
        return new BloomFilter(words);
    }

    /** Counts the filter as one that is in memory, if it is; until that holds newer ones. */
    public void keepFilter(FilterMemory filters) {
        if (ids != null) {
            filters.keep(new Kept());
        }
    }

    /** The filter as memory counts it. */
    private final class Kept implements FilterMemory.Filter {
        @Override
        public long first() {
            return header.segment().first();
        }

        @Override
        public int words() {
            return header.bloomWords();
        }

        @Override
        public void drop() {
            ids = null;
        }
    }

    /** Whether an id or a key may be here, told without a read. */
    public boolean mayHold(long hash) {
        BloomFilter filter = ids;
        return filter == null || filter.mayHold(hash);
    }

    /** The facts of its segment: the opening compares them with the segment itself. */
    public SegmentFacts segment() {
        return header.segment();
    }

    /** Bytes that its sparse table takes in memory. */
    public long sparseBytes() {
        return SparseIndex.bytes(header.sparse());
    }

    /** Bytes of the file. */
    public long bytes() {
        return (long) header.pages() * IndexPages.PAGE_BYTES;
    }

    /** The topics of its public events, or of its private ones. */
    public FileTopics topics(boolean isPrivate) {
        return new FileTopics(disk, path, isPrivate ? header.privates() : header.publics(),
            isPrivate ? header.privatePage() : header.publicPage());
    }

    /** How many marks of topics there are. */
    public int marks() {
        return header.marks();
    }

    /** The hashes of topics that are marked. */
    public long[] markHashes() throws IOException {
        long[] hashes = new long[header.marks()];
        try (IndexPages in = new IndexPages(disk, path)) {
            for (int i = 0; i < hashes.length; i++) {
                hashes[i] = in.getLong(header.markPage(), i, Long.BYTES, 0);
            }
        }
        return hashes;
    }

    /** The postings of an id or a key, ascending. */
    public long[] ids(long hash) throws IOException {
        PostingList found = new PostingList();
        if (mayHold(hash)) {
            try (IndexPages in = new IndexPages(disk, path)) {
                int page = header.idPage();
                int at = in.find(page, header.ids(), hash);
                while (at >= 0 && at < header.ids() && in.getLong(page, at, IndexPages.KEYED_BYTES, 0) == hash) {
                    found.add(in.getLong(page, at++, IndexPages.KEYED_BYTES, 8));
                }
            }
        }
        return found.ascending();
    }
}
