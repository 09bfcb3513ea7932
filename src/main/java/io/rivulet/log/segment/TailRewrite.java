package io.rivulet.log.segment;

import io.rivulet.log.disk.Disk;
import java.io.IOException;

/**
 * Writes the end of a segment again, from the last byte that a sync has covered for certain. {@link Appender} uses it
 * to heal a log, {@link LogOpener} on what another run has left behind. One use, one thread.
 *
 * <p>The hard thing is that a sync that succeeds may prove nothing. A system that could not write some pages says so
 * once, marks them as clean, and lets the next sync succeed without them; it does so also when the process that was
 * told has ended, and another one asks. So whatever may have been under a failed sync is made dirty again, and only the
 * sync after that counts. And pages that count as clean may have been forgotten: then the disk's old bytes are read
 * back. So each block is compared with its checksum before it is written, since bytes that a sync has made durable pass
 * for acknowledged ones for ever.
 */
final class TailRewrite {

    private static final int WINDOW_BYTES = 256 * 1024;

    private final Segment segment;
    private final Disk.File file;
    private final int salt;
    private byte[] window = new byte[WINDOW_BYTES];
    /** Position of the next block; 0 before the first of them said its own. */
    private long position;

    private TailRewrite(Segment segment, Disk.File file, int salt) {
        this.segment = segment;
        this.file = file;
        this.salt = salt;
    }

    /**
     * Writes the blocks from this offset to the end of the segment again; the caller syncs.
     *
     * @param from where a block begins, or the file
     * @throws IOException when what is read back is not what was written, or the disk refuses
     */
    static void of(Segment segment, Disk.File file, int from, int salt) throws IOException {
        TailRewrite rewrite = new TailRewrite(segment, file, salt);
        if (from <= Segment.HEADER_BYTES) {
            file.write(0, segment.header().bytes(), 0, Segment.HEADER_BYTES);
            rewrite.position = segment.first();
        }
        for (int at = Math.max(from, Segment.HEADER_BYTES); at < segment.length(); ) {
            at = rewrite.next(at);
        }
        if (rewrite.position != segment.last() + 1 && from < segment.length()) {
            throw rewrite.lost(segment.length());
        }
    }

    /** Compares the blocks that are whole in the next window, and writes them; returns where they end. */
    private int next(int from) throws IOException {
        int n = file.read(from, window, 0, Math.min(window.length, segment.length() - from));
        int done = 0;
        for (int end = end(0, n); end > 0; end = end(done, n)) {
            done = end;
        }
        if (done > 0) {
            file.write(from, window, 0, done);
            return from + done;
        }
        BlockHeader block = header(0, n);
        int length = block == null ? 0 : BlockHeader.BYTES + block.bodyLength();
        if (length <= window.length || length > segment.length() - from) {
            throw lost(from);
        }
        window = new byte[length]; // a group that is larger than the window
        return from;
    }

    private BlockHeader header(int at, int n) {
        return at + BlockHeader.BYTES <= n ? BlockHeader.read(window, at, salt) : null;
    }

    /** Where the block ends that begins here; 0 when the first {@code n} bytes hold no whole one that goes on. */
    private int end(int at, int n) {
        BlockHeader block = header(at, n);
        if (block == null || at + BlockHeader.BYTES + (long) block.bodyLength() > n
            || position != 0 && block.base() != position || !block.bodyMatches(window, at)) {
            return 0;
        }
        position = block.base() + block.count();
        return at + BlockHeader.BYTES + block.bodyLength();
    }

    private IOException lost(int offset) {
        return new IOException(segment.file() + " has lost what was written at offset " + offset + ", because a sync"
            + " had failed; opening the log again goes on without it");
    }
}
