package io.rivulet.log.segment;

import io.rivulet.log.disk.Bytes;

/**
 * The bytes before the records of one group commit: {@code magic, bodyLength, epoch, nonce (u32 each), base, timeMs
 * (u64), count, syncedTo, crc of the body, crc of the above (u32 each)}. {@link Appender} writes them, and every reader
 * of blocks compares with them. Immutable.
 *
 * <p>{@code syncedTo} tells a torn tail from corruption: so many bytes of this file were on the disk for certain when
 * the block was written. Damage below the {@code syncedTo} of any later block is damage of acknowledged data. With
 * {@code log.sync=always} it is the block's own offset.
 *
 * @param base     position of the first record
 * @param syncedTo offset in the file below which all was synced
 */
record BlockHeader(int bodyLength, int epoch, int nonce, long base, long timeMs, int count, int syncedTo,
                          int bodyCrc) {

    static final int BYTES = 48;
    private static final int MAGIC = 0x52764231; // RvB1

    /**
     * Writes the header to the first {@link #BYTES} bytes of the block that begins at {@code at}.
     *
     * @param salt the store's secret in the checksum: data of a publisher that looks like a block is none
     */
    void write(Bytes out, int at, int salt) {
        int end = out.length();
        out.length(at);
        out.putInt(MAGIC);
        out.putInt(bodyLength);
        out.putInt(epoch);
        out.putInt(nonce);
        out.putLong(base);
        out.putLong(timeMs);
        out.putInt(count);
        out.putInt(syncedTo);
        out.putInt(bodyCrc);
        out.putInt(Bytes.crc(out.array(), at, BYTES - 4) ^ salt);
        out.length(end);
    }

    /** The header at this offset of the array, or null when there is none or it is damaged. */
    static BlockHeader read(byte[] b, int at, int salt) {
        if (at < 0 || at + BYTES > b.length || Bytes.getInt(b, at) != MAGIC
            || Bytes.getInt(b, at + BYTES - 4) != (Bytes.crc(b, at, BYTES - 4) ^ salt)) {
            return null;
        }
        BlockHeader h = new BlockHeader(Bytes.getInt(b, at + 4), Bytes.getInt(b, at + 8), Bytes.getInt(b, at + 12),
            Bytes.getLong(b, at + 16), Bytes.getLong(b, at + 24), Bytes.getInt(b, at + 32), Bytes.getInt(b, at + 36),
            Bytes.getInt(b, at + 40));
        return h.bodyLength < 0 || h.count <= 0 ? null : h;
    }

    /** The epoch in the header at {@code at}, which was compared with its checksum before. */
    static int epoch(byte[] b, int at) {
        return Bytes.getInt(b, at + 8);
    }

    /** The length of the body in such a header. */
    static int bodyLength(byte[] b, int at) {
        return Bytes.getInt(b, at + 4);
    }

    /** The nonce in such a header. */
    static int nonce(byte[] b, int at) {
        return Bytes.getInt(b, at + 12);
    }

    /** The time in such a header. */
    static long timeMs(byte[] b, int at) {
        return Bytes.getLong(b, at + 24);
    }

    /** Whether the body behind the header at {@code at} is whole and the one that was written. */
    boolean bodyMatches(byte[] b, int at) {
        return at + BYTES + (long) bodyLength <= b.length && Bytes.crc(b, at + BYTES, bodyLength) == bodyCrc;
    }
}
