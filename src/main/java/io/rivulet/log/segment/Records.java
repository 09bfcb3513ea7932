package io.rivulet.log.segment;

import io.rivulet.log.LogEntry;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.index.Postings;
import java.io.IOException;

/**
 * Some records of a segment, neighbours one after the other: out of chunks that many want, else one by one from the
 * file. {@link LogReader}, {@link LogNewest} and {@link LogLookup} read with it, for one read on one thread.
 *
 * <p>It opens the file at the first record that no chunk has. {@link #letGo} closes it in between: so a long read can
 * let others go first without an open file.
 */
final class Records implements AutoCloseable {

    private final Segments segments;
    private final Segment segment;
    private Chunk chunk;
    private Disk.File in;
    private RecordFile file;

    Records(Segments segments, Segment segment) {
        this.segments = segments;
        this.segment = segment;
    }

    LogEntry at(long posting) throws IOException {
        long position = segment.first() + Postings.rel(posting);
        if (Postings.offset(posting) == 0) {
            return ofChunk(position); // found by reading: its beginning in the file is not known
        }
        // a chunk that is in memory anyway costs nothing, and one that many want is worth to be read whole
        if (!isInChunk(position)) {
            chunk = segments.sharedChunk(segment, position);
        }
        if (chunk != null) {
            return chunk.at(position);
        }
        if (file == null) {
            in = segments.disk().open(segment.file());
            file = new RecordFile(segment, in, segments.hash().salt());
        }
        return segments.entry(segment, file, posting);
    }

    /** The same by reading the chunk, which others then find in memory. */
    LogEntry ofChunk(long position) throws IOException {
        if (!isInChunk(position)) {
            chunk = segments.chunk(segment, position);
        }
        return chunk.at(position);
    }

    private boolean isInChunk(long position) {
        return chunk != null && chunk.first() <= position && position <= chunk.last();
    }

    @Override
    public void close() throws IOException {
        letGo();
    }

    /** Closes the file; the next record opens it again. */
    void letGo() throws IOException {
        file = null;
        if (in != null) {
            in.close();
            in = null;
        }
    }
}
