package io.rivulet.log.segment;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.index.HashRange;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.log.index.IndexFile;
import io.rivulet.log.index.IndexWriter;
import io.rivulet.log.index.SparseIndex;
import java.io.IOException;

/**
 * Writes the side files of sealed segments, with which their indexes leave memory; and keeps count of those that are
 * still there. The log's thread seals what was rolled; the committer, a reader or the opening only where memory would
 * hold too much. One side file is written at a time.
 *
 * <p>Lock order: the appender's monitor, then this one. No other is taken inside but those of an index.
 */
final class Sealer implements SealedIndex.Memory {

    /** The indexes in memory of sealed segments have so many times the bound of one. */
    private static final int HELD = 2;
    /** One topic of a segment is never split: then a part may be larger than the bound. */
    private static final int PARTS_MAX = 1 << 10;

    private final Segments segments;
    private final long indexBytes;

    Sealer(Segments segments, long indexBytes) {
        this.segments = segments;
        this.indexBytes = indexBytes;
    }

    @Override
    public long indexBytes() {
        return indexBytes;
    }

    @Override
    public boolean hasRoom(long more) {
        Segment[] all = segments.all();
        return hasRoom(all, all.length - 1, more);
    }

    /** Whether one more index may be in memory beside those of the first {@code sealed} of these segments. */
    boolean hasRoom(Segment[] all, int sealed, long more) {
        long bytes = more;
        for (int i = 0; i < sealed; i++) {
            bytes += all[i].index() instanceof HeapIndex heap ? heap.bytes() : 0;
        }
        return bytes <= HELD * indexBytes;
    }

    /** Writes the side file of a sealed segment, whole or not at all, unless it is there; it replaces the index. */
    synchronized void seal(Segment segment) throws IOException {
        if (segment.index() instanceof HeapIndex heap) {
            SparseIndex sparse = segments.scannedSparse(segment);
            replace(segment, sparse,
                IndexWriter.write(segments.disk(), segment.indexFile(), segment.facts(), sparse, heap));
        }
    }

    /**
     * Seals the oldest segments before another one is rolled, as long as memory would hold too many indexes. The log's
     * thread does that within a moment of each roll, so the committer has to only where it is far behind.
     *
     * @param more bytes of the index of the segment that is about to be rolled
     */
    void makeRoom(long more) throws IOException {
        Segment[] all = segments.all();
        for (int i = 0; i < all.length - 1 && !hasRoom(more); i++) {
            seal(all[i]);
        }
    }

    /**
     * Builds the side file of a sealed segment whose index memory does not hold: one scan for each part of the hashes,
     * and as many parts as it takes. Costs that many times the time of a scan, and no more memory than one part.
     */
    @Override
    public synchronized IndexFile build(Segment segment) throws IOException {
        SparseIndex sparse = segments.scannedSparse(segment);
        try (Disk.File in = segments.disk().open(segment.file())) {
            for (int parts = 2; ; parts *= 2) {
                try {
                    IndexFile file = IndexWriter.write(segments.disk(), segment.indexFile(), segment.facts(), sparse,
                        new Parts(segment, in, parts));
                    replace(segment, sparse, file);
                    return file;
                } catch (TooLarge e) {
                    // each part becomes half as large
                }
            }
        }
    }

    private void replace(Segment segment, SparseIndex sparse, IndexFile file) throws IOException {
        file.keepFilter(segments.filters());
        segments.sparses().keep(segment, sparse);
        segment.index(new SealedIndex(segments, this, segment, file), file.bytes());
        // T1 (this) writes the side file, T2 (retention) marks the segment and deletes what is there, T1 moves it there
        if (segment.isTrimmed()) {
            segments.filters().forget(segment.first());
            segments.sparses().forget(segment.first());
            segments.disk().delete(segment.indexFile());
        }
    }

    /** A part had more bytes than one may have. */
    private static final class TooLarge extends IOException {
    }

    /** The index of a segment, made anew from its blocks for each part. */
    private final class Parts implements IndexWriter.Source {
        private final Segment segment;
        private final Disk.File in;
        private final int parts;

        Parts(Segment segment, Disk.File in, int parts) {
            this.segment = segment;
            this.in = in;
            this.parts = parts;
        }

        @Override
        public int parts() {
            return parts;
        }

        @Override
        public HeapIndex part(int i) throws IOException {
            SegmentScan scan = SegmentScan.of(segments.folder(), segment.header(), in, segments.hash(),
                HashRange.part(i, parts), parts < PARTS_MAX ? indexBytes : Long.MAX_VALUE);
            if (scan.segment().count() != segment.count()) {
                throw new LogCorrupt(segment.file() + " is damaged at offset " + scan.segment().length() + " (position "
                    + (scan.segment().last() + 1) + "): its checksum does not match");
            }
            if (scan.index() == null) {
                throw new TooLarge();
            }
            return scan.index();
        }
    }
}
