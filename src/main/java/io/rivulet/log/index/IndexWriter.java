package io.rivulet.log.index;

import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes the side file of a sealed segment from its index. {@code Sealer} uses it, mostly on the log's thread.
 *
 * <p>A sealed segment grows no more, so its index in memory stays as it is while it is written, and readers go on
 * asking it. The file is written under another name and moved: whoever opens the side file finds a whole one or none.
 *
 * <p>The hard thing is an index that memory does not hold as a whole, as an older version or a larger heap may have
 * left it. Each section of the file stands in the order of hashes. So the index comes in parts, the least hashes first,
 * and each section goes on where the part before has ended. All parts are asked for twice: once to count, because a
 * section begins where the one before it ends, and once to write.
 */
public final class IndexWriter {

    private final Source source;
    private final SparseIndex sparse;
    private int idCount;
    private int idPostings;
    private int marks;
    private FileTopics.Size publics = new FileTopics.Size(0, 0, 0);
    private FileTopics.Size privates = new FileTopics.Size(0, 0, 0);

    /** An index in parts, ascending by hash. */
    public interface Source {

        /** How many there are. */
        int parts();

        /** One of them; the last that was given is needed no more. */
        HeapIndex part(int i) throws IOException;
    }

    private IndexWriter(SparseIndex sparse, Source source) {
        this.sparse = sparse;
        this.source = source;
    }

    /** Writes the file at {@code path}, whole or not at all, and returns it open. */
    public static IndexFile write(Disk disk, Path path, IndexFile.SegmentFacts segment, SparseIndex sparse,
                                  HeapIndex heap) throws IOException {
        return write(disk, path, segment, sparse, new Source() {
            @Override
            public int parts() {
                return 1;
            }

            @Override
            public HeapIndex part(int i) {
                return heap;
            }
        });
    }

    /** The same, of an index in parts. */
    public static IndexFile write(Disk disk, Path path, IndexFile.SegmentFacts segment, SparseIndex sparse,
                                  Source source) throws IOException {
        IndexWriter writer = new IndexWriter(sparse, source);
        for (int i = 0; i < source.parts(); i++) {
            writer.count(source.part(i));
        }
        BloomFilter filter = BloomFilter.sized(writer.idCount);
        IndexFile.Header header = new IndexFile.Header(segment, sparse.size(), filter.words().length,
            writer.idPostings, writer.publics, writer.privates, writer.marks);
        disk.replace(path, out -> writer.write(out, header, filter));
        return new IndexFile(disk, path, header, filter);
    }

    private void count(HeapIndex part) {
        idCount += part.idHashes().length;
        idPostings += part.idPostings();
        marks += part.marks();
        publics = publics.plus(new Part(part.topics(false)).size());
        privates = privates.plus(new Part(part.topics(true)).size());
    }

    /** The sections that {@link IndexFile} tells. The filter is known last. */
    private void write(Disk.File out, IndexFile.Header header, BloomFilter filter) throws IOException {
        header.write(new IndexPages.Writer(out, 0));
        writeSparse(new IndexPages.Writer(out, 1));
        IndexPages.Writer ids = new IndexPages.Writer(out, header.idPage());
        IndexPages.Writer markHashes = new IndexPages.Writer(out, header.markPage());
        Sections publicSections = new Sections(out, header.publicPage(), header.publics());
        Sections privateSections = new Sections(out, header.privatePage(), header.privates());
        for (int i = 0; i < source.parts(); i++) {
            HeapIndex part = source.part(i);
            publicSections.add(new Part(part.topics(false)));
            privateSections.add(new Part(part.topics(true)));
            for (long hash : part.markHashes()) {
                markHashes.putLong(hash);
                markHashes.endEntry();
            }
            for (long hash : part.idHashes()) {
                filter.add(hash);
                for (long posting : part.ids(hash)) {
                    ids.putLong(hash);
                    ids.putLong(posting);
                    ids.endEntry();
                }
            }
        }
        markHashes.end();
        publicSections.end();
        privateSections.end();
        ids.end();
        IndexPages.Writer words = new IndexPages.Writer(out, header.bloomPage());
        for (long word : filter.words()) {
            words.putLong(word);
            words.endEntry();
        }
        words.end();
    }

    private void writeSparse(IndexPages.Writer pages) throws IOException {
        for (int i = 0; i < sparse.size(); i++) {
            pages.putInt(sparse.rel(i));
            pages.putInt(sparse.offset(i));
            pages.putLong(sparse.timeMs(i));
            pages.endEntry();
        }
        pages.end();
    }

    /** The topics of public events, or of private ones, in one part of the index. */
    private static final class Part {
        private final HeapTopics topics;
        private final long[] hashes;
        private final Bytes names;

        Part(HeapTopics topics) {
            this.topics = topics;
            hashes = topics.hashes();
            names = topics.names(hashes);
        }

        FileTopics.Size size() {
            return new FileTopics.Size(hashes.length, topics.count(), names == null ? -1 : names.length());
        }
    }

    /** Topics by hash with the range of their postings; the postings; the names. Part after part is added to them. */
    private static final class Sections {
        private final IndexPages.Writer topics;
        private final IndexPages.Writer postings;
        private final IndexPages.Writer names;
        private final boolean namesKnown;
        private int start;
        /** The bytes of names that are no whole long yet, and how many. */
        private long word;
        private int wordBytes;

        Sections(Disk.File out, int page, FileTopics.Size size) {
            topics = new IndexPages.Writer(out, page);
            postings = new IndexPages.Writer(out, page + size.postingPage());
            names = new IndexPages.Writer(out, page + size.namePage());
            namesKnown = size.nameBytes() >= 0;
        }

        void add(Part part) throws IOException {
            for (long hash : part.hashes) {
                int count = part.topics.count(hash);
                topics.putLong(hash);
                topics.putInt(start);
                topics.putInt(count);
                topics.endEntry();
                start += count;
                for (long posting : part.topics.postings(hash, 0, Integer.MAX_VALUE)) {
                    postings.putLong(posting);
                    postings.endEntry();
                }
            }
            for (int i = 0; namesKnown && i < part.names.length(); i++) {
                putName(part.names.array()[i]);
            }
        }

        private void putName(byte b) throws IOException {
            word = word << 8 | b & 0xff;
            if (++wordBytes == 8) {
                names.putLong(word);
                names.endEntry();
                wordBytes = 0;
            }
        }

        void end() throws IOException {
            while (wordBytes != 0) {
                putName((byte) 0);
            }
            topics.end();
            postings.end();
            names.end();
        }
    }
}
