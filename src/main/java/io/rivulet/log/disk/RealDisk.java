package io.rivulet.log.disk;

import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The machine's disk; it counts the bytes that are read and written. The log of a running hub uses it. Any thread.
 *
 * <p>The hard thing is an interrupt: a container interrupts threads, and an interrupt of a thread that uses a channel
 * closes the channel for everybody, committer included. So files are {@link RandomAccessFile}s, whose channel is never
 * asked for. Only a folder can be synced through a channel alone, and that is tried again.
 */
public final class RealDisk implements Disk {

    private final Metrics metrics;

    /** A disk that counts its bytes in these metrics. */
    public RealDisk(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public File open(Path file) throws IOException {
        return new Opened(new RandomAccessFile(file.toFile(), "r"));
    }

    @Override
    public File openToWrite(Path file) throws IOException {
        return new Opened(new RandomAccessFile(file.toFile(), "rw"));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return names.map(p -> p.getFileName().toString()).toList();
        }
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        if (java.io.File.separatorChar == '\\') {
            return; // Windows knows no sync of a folder; NTFS journals the names
        }
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted(); // only a channel opens a folder: begin again, and tell later
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long freeBytes(Path folder) {
        return folder.toFile().getUsableSpace();
    }

    private final class Opened implements File {
        private final RandomAccessFile file;

        Opened(RandomAccessFile file) {
            this.file = file;
        }

        @Override
        public int read(long at, byte[] into, int from, int length) throws IOException {
            file.seek(at);
            int done = 0;
            while (done < length) {
                int n = file.read(into, from + done, length - done);
                if (n < 0) {
                    break;
                }
                done += n;
            }
            metrics.add(Count.LOG_BYTES_READ, done);
            return done;
        }

        @Override
        public void write(long at, byte[] bytes, int from, int length) throws IOException {
            file.seek(at);
            file.write(bytes, from, length);
            metrics.add(Count.LOG_BYTES_WRITTEN, length);
        }

        @Override
        public void force() throws IOException {
            // also the file's length, which an append changes and without which the bytes cannot be found
            file.getFD().sync();
        }

        @Override
        public void truncate(long length) throws IOException {
            file.setLength(length);
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
