package io.rivulet.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a sealed segment: by its side file, else by a scan that compares every checksum. */
final class SealedOpener {

    private static final Logger LOG = LoggerFactory.getLogger(SealedOpener.class);

    private SealedOpener() {
    }

    /** The segment; null for a file without a block: what that means, its neighbours say. */
    static Segment open(Segments segments, Meta meta, Path file) throws IOException {
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
            Segment segment = fromSideFile(segments, header, file, length);
            return segment != null ? segment : scan(segments, header, in);
        }
    }

    /** The segment as its side file tells it; null when there is none that fits. */
    private static Segment fromSideFile(Segments segments, Segment.Header header, Path file, long length)
        throws IOException {
        try {
            IndexFile index = IndexFile.open(segments.disk(), Segment.indexFile(file));
            IndexFile.Header says = index.header();
            if (says.storeId() != header.storeId() || says.first() != header.first() || says.logLength() != length) {
                return null;
            }
            Segment segment = new Segment(segments.folder(), header, index.strides(), null);
            segment.sealed(says.logLength(), says.count(), says.minTimeMs(), says.maxTimeMs());
            segment.index(new SealedIndex(segments, segment, index), index.bytes());
            return segment;
        } catch (FileNotFoundException | NoSuchFileException e) {
            return null; // a crash came before the seal
        } catch (LogCorrupt e) {
            LOG.warn("{}; the segment is scanned and the file will be written anew", e.getMessage());
            return null;
        }
    }

    private static Segment scan(Segments segments, Segment.Header header, Disk.File in) throws IOException {
        SegmentScan scan = SegmentScan.of(segments.folder(), header, in, segments.hash());
        checkWhole(scan);
        return scan.segment();
    }

    /** Every block of a sealed segment was synced, so all of it must be whole. */
    static void checkWhole(SegmentScan scan) throws LogCorrupt {
        if (!scan.isWhole()) {
            throw new LogCorrupt(scan.segment().file() + " is damaged at offset " + scan.segment().length()
                + " (position " + (scan.segment().last() + 1) + ") and is not the last segment. Its events were"
                + " acknowledged, so nothing was cut: restore the file from a backup, or move it and all older"
                + " segments away");
        }
    }
}
