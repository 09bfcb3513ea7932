package io.rivulet.log.segment;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.index.Postings;
import java.io.IOException;
import java.util.Arrays;

/**
 * Reads single records of a segment, each with its block's header. {@link LogReader}, {@link LogNewest} and
 * {@link Segments} use it, for one read on one thread.
 *
 * <p>It trusts no posting, since one may come from a damaged or outdated index: every record is compared with its own
 * checksum, its position and its block. A posting that leads elsewhere is told as damage and never shows another event.
 */
final class RecordFile {

    /** A header and a record of a usual size: one read instead of two or three. */
    static final int GUESS_BYTES = 512;

    private final Segment segment;
    private final Disk.File in;
    private final int salt;
    private byte[] b = new byte[GUESS_BYTES];

    RecordFile(Segment segment, Disk.File in, int salt) {
        this.segment = segment;
        this.in = in;
        this.salt = salt;
    }

    /** The entry of this posting. */
    LogEntry read(long posting) throws IOException {
        long position = segment.first() + Postings.rel(posting);
        int offset = Postings.offset(posting);
        int ahead = Math.min(BlockHeader.BYTES, offset);
        int n = in.read(offset - ahead, b, 0, GUESS_BYTES);
        if (n < ahead + RecordCodec.HEAD_BYTES) {
            throw damaged(position, offset);
        }
        int length = RecordCodec.length(b, ahead);
        if (length < RecordCodec.HEAD_BYTES || length > segment.length()) {
            throw damaged(position, offset);
        }
        if (ahead + length > n) {
            if (ahead + length > b.length) {
                b = Arrays.copyOf(b, ahead + length);
            }
            in.read(offset - ahead + n, b, n, ahead + length - n);
        }
        // a record says how far back its block begins, and the header there holds epoch, nonce and time
        int back = RecordCodec.back(b, ahead);
        if (!RecordCodec.matches(b, ahead, position) || back < BlockHeader.BYTES || back > offset) {
            throw damaged(position, offset);
        }
        return RecordCodec.decode(b, ahead, block(position, offset, ahead, back), position);
    }

    private BlockHeader block(long position, int offset, int ahead, int back) throws IOException {
        BlockHeader block;
        if (back == ahead) {
            block = BlockHeader.read(b, 0, salt);
        } else {
            byte[] head = new byte[BlockHeader.BYTES];
            in.read(offset - back, head, 0, head.length);
            block = BlockHeader.read(head, 0, salt);
        }
        if (block == null || position < block.base() || position >= block.base() + block.count()) {
            throw damaged(position, offset);
        }
        return block;
    }

    private LogCorrupt damaged(long position, int offset) {
        return new LogCorrupt(segment.file() + " is damaged at offset " + offset + " (position " + position
            + "): its checksum does not match");
    }
}
