package io.rivulet.log.segment;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogWork;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.index.FileTopics;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.log.index.IndexFile;
import io.rivulet.log.index.SegmentIndex;
import io.rivulet.log.index.TopicFilter;
import io.rivulet.log.index.TopicPostings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of a sealed segment: its side file, or what replaces it. {@link LogOpener} opens it, the look-ups ask it.
 * Any thread.
 *
 * <p>A side file holds nothing that the segment does not hold, so damage to it costs time and no event. When the file
 * turns out to be damaged or gone, the segment itself is scanned and its index is kept in memory until the log's thread
 * has written a new file. The first question that meets the damage pays for the scan; those that come meanwhile wait
 * for it.
 */
final class SealedIndex implements SegmentIndex {

    private static final Logger LOG = LoggerFactory.getLogger(SealedIndex.class);

    private final Segments segments;
    private final Memory memory;
    private final Segment segment;
    private final IndexFile file;

    SealedIndex(Segments segments, Memory memory, Segment segment, IndexFile file) {
        this.segments = segments;
        this.memory = memory;
        this.segment = segment;
        this.file = file;
    }

    /** What memory may hold, and the way out where it holds no more: the {@code Sealer}. */
    interface Memory {

        /** Bytes that the index of one segment has in memory at most. */
        long indexBytes();

        /** Whether one more index of a sealed segment, of so many bytes, may be in memory. */
        boolean hasRoom(long more);

        /** Builds the side file of a segment whose index memory does not hold. */
        IndexFile build(Segment segment) throws IOException;
    }

    /**
     * Opens a sealed segment: by its side file, else by a scan that compares every checksum.
     *
     * @return null for a file without a block: its neighbours say whether events are missing. A segment without an
     *     index is to be given one by {@link Memory#build}
     */
    static Segment open(Segments segments, Memory memory, StoreMeta meta, Path file) throws IOException {
        try (Disk.File in = segments.disk().open(file)) {
            Segment.Header header = Segment.Header.read(in);
            long length = in.length();
            if (length <= Segment.HEADER_BYTES) {
                return null;
            }
            if (header == null || header.storeId() != meta.storeId()) {
                throw new LogCorrupt(file + " is damaged at offset 0: its header does not match its checksum, or is of"
                    + " another store. Restore the file from a backup, or move it and all older segments away");
            }
            Segment segment = fromSideFile(segments, memory, header, file, length);
            return segment != null ? segment : scanned(segments, memory, header, in).segment();
        }
    }

    /** The segment as its side file tells it; null when there is none that fits. */
    private static Segment fromSideFile(Segments segments, Memory memory, Segment.Header header, Path file,
                                        long length) throws IOException {
        try {
            IndexFile index = IndexFile.open(segments.disk(), Segment.indexFile(file), segments.filters());
            IndexFile.SegmentFacts says = index.segment();
            if (says.storeId() != header.storeId() || says.first() != header.first() || says.logLength() != length) {
                return null;
            }
            Segment segment = new Segment(segments.folder(), header, null, null);
            segment.sealed(says);
            if (segments.sparses().hasRoom(index.sparseBytes())) {
                segments.sparses().keep(segment, IndexFile.sparse(segments.disk(), segment.indexFile(), says));
            }
            index.keepFilter(segments.filters());
            segment.index(new SealedIndex(segments, memory, segment, index), index.bytes());
            return segment;
        } catch (FileNotFoundException | NoSuchFileException e) {
            return null; // a crash came before the seal
        } catch (LogCorrupt e) {
            LOG.warn("{}; the segment is scanned and the file will be written anew", e.getMessage());
            return null;
        }
    }

    /** The segment by a scan of all its bytes; one that is not whole is refused. */
    private static SegmentScan scanned(Segments segments, Memory memory, Segment.Header header, Disk.File in)
        throws IOException {
        SegmentScan scan = SegmentScan.of(segments.folder(), header, in, segments.hash(), memory.indexBytes());
        scan.checkWhole();
        return scan;
    }

    /** Asks the side file; when that is not to be trusted, what replaces it. */
    private <T> T ask(Question<T> ofFile, Question<T> ofHeap) throws IOException {
        try {
            return ofFile.answer(file, null);
        } catch (LogCorrupt | FileNotFoundException | NoSuchFileException e) {
            if (segment.isTrimmed()) { // there is nothing to scan: the caller counts the segment as absent
                throw e;
            }
            LOG.warn("{}; the segment is scanned and the file will be written anew", e.getMessage());
            HeapIndex heap = rebuilt();
            return heap != null ? ofHeap.answer(null, heap) : ofFile.answer(built(), null);
        }
    }

    /** A question in two forms: only one of the arguments is there. */
    private interface Question<T> {
        T answer(IndexFile file, HeapIndex heap) throws IOException;
    }

    /**
     * The index of a scan, which the segment holds from here on; one scan for all who ask at once. Null when memory
     * does not hold it: side files may have gone of many segments, and all of them be asked before they are sealed.
     */
    private synchronized HeapIndex rebuilt() throws IOException {
        if (segment.index() instanceof HeapIndex heap) {
            return heap; // another reader was faster
        }
        if (segment.index() != this) {
            return null;
        }
        try (Disk.File in = segments.disk().open(segment.file())) {
            SegmentScan scan = scanned(segments, memory, segment.header(), in);
            HeapIndex heap = scan.index();
            if (heap == null || !memory.hasRoom(heap.bytes())) {
                return null;
            }
            segments.sparses().forget(segment.first()); // there is no side file to read it from again
            segment.sparse(scan.segment().sparse());
            segment.index(heap, 0);
            return heap;
        } catch (LogCorrupt | FileNotFoundException | NoSuchFileException e) {
            throw segments.told(e, segment);
        }
    }

    @Override
    public void distrust() throws IOException {
        if (rebuilt() == null) {
            built();
        }
    }

    /** The side file, written anew by the first who asks. */
    private synchronized IndexFile built() throws IOException {
        return segment.index() instanceof SealedIndex other && other != this ? other.file : memory.build(segment);
    }

    @Override
    public TopicPostings topics(boolean isPrivate) {
        return new Table(file.topics(isPrivate), isPrivate);
    }

    @Override
    public int marks() {
        return file.marks();
    }

    @Override
    public long[] markHashes() throws IOException {
        return ask((f, h) -> f.markHashes(), (f, h) -> h.markHashes());
    }

    @Override
    public boolean mayHold(long hash) {
        return file.mayHold(hash);
    }

    @Override
    public boolean isHeap() {
        return false;
    }

    @Override
    public long[] ids(long hash) throws IOException {
        return ask((f, h) -> f.ids(hash), (f, h) -> h.ids(hash));
    }

    /**
     * The table of the file; each question goes to the heap's when the file turns out not to be trusted. Keys that were
     * found in one may be asked of the other: those of the file carry where their postings are, those of the heap only
     * hashes, which both understand.
     */
    private final class Table implements TopicPostings {
        private final FileTopics ofFile;
        private final boolean isPrivate;

        Table(FileTopics ofFile, boolean isPrivate) {
            this.ofFile = ofFile;
            this.isPrivate = isPrivate;
        }

        private <T> T asked(TableQuestion<T> question) throws IOException {
            return ask((f, h) -> question.answer(f == file ? ofFile : f.topics(isPrivate)),
                (f, h) -> question.answer(h.topics(isPrivate)));
        }

        @Override
        public int count() {
            return ofFile.count();
        }

        @Override
        public Keys find(TopicFilter filter, Keys known, LogWork work) throws IOException {
            boolean isOfFile = known != null && (known == Keys.EVERY || known.starts() != null);
            return isOfFile ? known : asked(t -> t.find(filter, null, work));
        }

        @Override
        public int count(Keys keys) throws IOException {
            return asked(t -> t.count(keys));
        }

        @Override
        public long[] postings(Keys keys, int fromRel, int max, LogWork work) throws IOException {
            return asked(t -> t.postings(keys, fromRel, max, work));
        }

        @Override
        public void newest(Keys keys, long[] among, Visitor visitor, LogWork work) throws IOException {
            asked(t -> {
                t.newest(keys, among, visitor, work);
                return null;
            });
        }

        @Override
        public boolean hasAllNames() throws IOException {
            return asked(TopicPostings::hasAllNames);
        }

        @Override
        public void names(NameVisitor visitor) throws IOException {
            asked(t -> {
                t.names(visitor);
                return null;
            });
        }
    }

    private interface TableQuestion<T> {
        T answer(TopicPostings table) throws IOException;
    }
}
