package io.rivulet.log.segment;

import io.rivulet.event.Event;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.MemoryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Makes chunks as a segment's file has them: each list of events is a block. */
final class Chunks {

    static final int EPOCH = 3;
    static final int NONCE = 77;
    private static final int SALT = 5;
    private static final Path FILE = Path.of("chunk");

    private Chunks() {
    }

    /** One block of these events. */
    static Chunk of(long first, List<Event> events) throws IOException {
        return grown(new Chunk(first, 0, new AtomicLong()), events);
    }

    /** The chunk, with one more block. */
    static Chunk grown(Chunk chunk, List<Event> events) throws IOException {
        byte[] block = block(chunk.last() + 1, events);
        MemoryDisk disk = new MemoryDisk(1 << 24);
        try (Disk.File file = disk.openToWrite(FILE)) {
            file.write(chunk.end(), block, 0, block.length);
            chunk.grow(FILE, file, block.length, SALT);
        }
        return chunk;
    }

    /** The time of the block that begins with this position. */
    static long timeMs(long base) {
        return 1_000 * base;
    }

    private static byte[] block(long base, List<Event> events) {
        Bytes out = new Bytes(1024);
        out.length(BlockHeader.BYTES);
        for (int i = 0; i < events.size(); i++) {
            RecordCodec.encode(out, 0, base + i, new LogRecord(events.get(i), null));
        }
        int body = out.length() - BlockHeader.BYTES;
        new BlockHeader(body, EPOCH, NONCE, base, timeMs(base), events.size(), 0,
            Bytes.crc(out.array(), BlockHeader.BYTES, body)).write(out, 0, SALT);
        return Arrays.copyOf(out.array(), out.length());
    }
}
