package io.rivulet.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
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
        Disk disk = segments.disk();
        BloomFilter filter = BloomFilter.sized(heap.idPlaces());
        long[] idHashes = heap.idHashes();
        Arrays.stream(idHashes).forEach(filter::add);
        long[] topics = heap.topics();
        Strides strides = segment.strides();
        IndexFile.Header header = new IndexFile.Header(segment.header().storeId(), segment.first(), segment.count(),
            segment.length(), segment.minTimeMs(), segment.maxTimeMs(), strides.size(), filter.words().length,
            topics.length, heap.topicPlaces(), heap.idPlaces());
        disk.replace(segment.indexFile(), out -> {
            IndexPages.Writer pages = new IndexPages.Writer(out);
            header.write(pages);
            write(pages, strides, filter);
            write(pages, topics, heap);
            for (long hash : idHashes) {
                for (long place : heap.ids(hash)) {
                    pages.putLong(hash);
                    pages.putLong(place);
                    pages.endEntry();
                }
            }
            pages.endSection();
            pages.flush();
        });
        IndexFile file = new IndexFile(disk, segment.indexFile(), header, filter, strides);
        segment.index(new SealedIndex(segments, segment, file), file.bytes());
    }

    private static void write(IndexPages.Writer pages, Strides strides, BloomFilter filter) throws IOException {
        for (int i = 0; i < strides.size(); i++) {
            pages.putInt(strides.rel(i));
            pages.putInt(strides.offset(i));
            pages.putLong(strides.timeMs(i));
            pages.endEntry();
        }
        pages.endSection();
        for (long word : filter.words()) {
            pages.putLong(word);
            pages.endEntry();
        }
        pages.endSection();
    }

    private static void write(IndexPages.Writer pages, long[] topics, HeapIndex heap) throws IOException {
        int start = 0;
        for (long hash : topics) {
            int count = heap.count(hash);
            pages.putLong(hash);
            pages.putInt(start);
            pages.putInt(count);
            pages.endEntry();
            start += count;
        }
        pages.endSection();
        for (long hash : topics) {
            for (long place : heap.newest(hash, Integer.MAX_VALUE)) {
                pages.putLong(place);
                pages.endEntry();
            }
        }
        pages.endSection();
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
    public long[] from(long topicHash, int fromRel, int max) throws IOException {
        return ask((f, h) -> f.from(topicHash, fromRel, max), (f, h) -> h.from(topicHash, fromRel, max));
    }

    @Override
    public long[] newest(long topicHash, int max) throws IOException {
        return ask((f, h) -> f.newest(topicHash, max), (f, h) -> h.newest(topicHash, max));
    }

    @Override
    public void newestOfEach(Visitor visitor) throws IOException {
        Question<Void> ofHeap = (f, h) -> {
            h.newestOfEach(visitor);
            return null;
        };
        ask((f, h) -> {
            f.newestOfEach(visitor);
            return null;
        }, ofHeap);
    }

    @Override
    public long[] ids(long hash) throws IOException {
        return ask((f, h) -> f.ids(hash), (f, h) -> h.ids(hash));
    }
}
