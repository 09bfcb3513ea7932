package io.rivulet.bench.drive;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** How long a write and sync of one small event takes on a disk, at the pace of the events, while nothing else does. */
public final class SyncProbe {

    private static final int EVENT_BYTES = 200;

    private SyncProbe() {
    }

    /** Appends to {@code file} at a rate for so long. */
    public static Latencies run(Path file, double perSecond, long timeMs) throws IOException {
        Latencies latencies = new Latencies();
        byte[] event = new byte[EVENT_BYTES];
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
            log.seek(log.length());
            long start = System.nanoTime();
            for (long n = 0; System.nanoTime() - start < timeMs * 1_000_000; n++) {
                Pause.until(start + (long) (n * 1e9 / perSecond));
                long from = System.nanoTime();
                log.write(event);
                log.getFD().sync();
                latencies.add((System.nanoTime() - from) / 1_000);
            }
        }
        return latencies;
    }
}
