package io.rivulet.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The side file of a sealed segment, or what replaces it: when the file turns out to be damaged or gone, the segment
 * itself is scanned and its index kept in memory until the log's thread has written a new one. Any thread.
 */
final class SealedIndex implements SegmentIndex {

    private static final Logger LOG = LoggerFactory.getLogger(SealedIndex.class);

    private final Segments segments;
    private final Segment segment;
    private final IndexFile file;

    SealedIndex(Segments segments, Segment segment, IndexFile file) {
        this.segments = segments;
        this.segment = segment;
        this.file = file;
    }

    /** Writes the side file of a sealed segment, whole or not at all, and puts it in the place of the heap's index. */
    static void seal(Segments segments, Segment segment, HeapIndex heap) throws IOException {
        IndexFile file = IndexWriter.write(segments.disk(), segment, heap);
        segment.index(new SealedIndex(segments, segment, file), file.bytes());
    }

    /** Asks the side file; when that is not to be trusted, what replaces it. */
    private <T> T ask(Question<T> ofFile, Question<T> ofHeap) throws IOException {
        try {
            return ofFile.answer(file, null);
        } catch (LogCorrupt | FileNotFoundException | NoSuchFileException e) {
            if (segment.isTrimmed()) {
                throw e;
            }
            LOG.warn("{}; the segment is scanned and the file will be written anew", e.getMessage());
            return ofHeap.answer(null, rebuilt());
        }
    }

    private interface Question<T> {
        T answer(IndexFile file, HeapIndex heap) throws IOException;
    }

    private synchronized HeapIndex rebuilt() throws IOException {
        if (segment.index() instanceof HeapIndex heap) {
            return heap; // another reader was faster
        }
        try (Disk.File in = segments.disk().open(segment.file())) {
            SegmentScan scan = SegmentScan.of(segments.folder(), segment.header(), in, segments.hash());
            SealedOpener.checkWhole(scan);
            HeapIndex heap = (HeapIndex) scan.segment().index();
            segment.index(heap, 0);
            return heap;
        }
    }

    @Override
    public TopicTable topics(boolean isPrivate) {
        return new Table(file.topics(isPrivate), isPrivate);
    }

    @Override
    public boolean isHeap() {
        return false;
    }

    @Override
    public long[] ids(long hash) throws IOException {
        return ask((f, h) -> f.ids(hash), (f, h) -> h.ids(hash));
    }

    /** The table of the file; each question goes to the heap's when the file turns out not to be trusted. */
    private final class Table implements TopicTable {
        private final FileTopics ofFile;
        private final boolean isPrivate;

        Table(FileTopics ofFile, boolean isPrivate) {
            this.ofFile = ofFile;
            this.isPrivate = isPrivate;
        }

        private <T> T asked(TableQuestion<T> question) throws IOException {
            return ask((f, h) -> question.answer(ofFile), (f, h) -> question.answer(h.topics(isPrivate)));
        }

        @Override
        public int places() {
            return ofFile.places();
        }

        @Override
        public Keys find(TopicFilter filter, Keys known) throws IOException {
            boolean isOfFile = known != null && (known == Keys.EVERY || known.starts() != null);
            return isOfFile ? known : asked(t -> t.find(filter, null));
        }

        @Override
        public int count(Keys keys) throws IOException {
            return asked(t -> t.count(keys));
        }

        @Override
        public long[] places(Keys keys, int fromRel, int max) throws IOException {
            return asked(t -> t.places(keys, fromRel, max));
        }

        @Override
        public void newest(Keys keys, long[] among, Visitor visitor) throws IOException {
            asked(t -> {
                t.newest(keys, among, visitor);
                return null;
            });
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
        T answer(TopicTable table) throws IOException;
    }
}
