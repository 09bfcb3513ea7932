package io.rivulet.log.disk;

import io.rivulet.log.LogFailure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * All that the log asks of a disk: the seam where tests put faults and power cuts. An interrupt of the calling thread
 * must end nothing here: a container interrupts threads, and a closed file would stop every publisher.
 */
public interface Disk {

    /** With less room than this a disk is full whatever the message says: a block of the file system or two. */
    long FULL_BELOW_BYTES = 64 * 1024;

    /** Opens to read; {@link java.io.FileNotFoundException} or {@link java.nio.file.NoSuchFileException} if absent. */
    File open(Path file) throws IOException;

    /** Opens to read and write, made when absent: then {@link #syncFolder} makes the name durable. */
    File openToWrite(Path file) throws IOException;

    /** Gives {@code from} the name {@code to}, replacing such a file at once; durable after {@link #syncFolder}. */
    void rename(Path from, Path to) throws IOException;

    /** Removes the file if it is there. */
    void delete(Path file) throws IOException;

    /** The names in the folder. */
    List<String> list(Path folder) throws IOException;

    /** Makes names, renames and removals in the folder durable. */
    void syncFolder(Path folder) throws IOException;

    /** Bytes that may still be written, to tell a full disk from a broken one. */
    long freeBytes(Path folder);

    /**
     * The failure to tell of. Java has one exception for a full disk and for a broken one, and that of a sync does not
     * even name its cause.
     */
    default LogFailure failure(Path folder, String what, Throwable cause) {
        String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        // publishers and health are told this: where the folder lies is for the log of the hub
        said = said.replace(folder + folder.getFileSystem().getSeparator(), "")
            .replace(folder.toString(), "the data folder");
        String lower = said.toLowerCase(Locale.ROOT);
        boolean full = lower.contains("no space left") || lower.contains("quota")
            || lower.contains("not enough space") || freeBytes(folder) < FULL_BELOW_BYTES;
        return new LogFailure(what + ": " + (full ? "no space left (" + said + ")" : said), full, cause);
    }

    /** Writes a small file so that after a crash either the old or the new is there, whole. */
    default void replace(Path file, byte[] content) throws IOException {
        replace(file, out -> out.write(0, content, 0, content.length));
    }

    /** The same for one that is written in pieces. */
    default void replace(Path file, Content content) throws IOException {
        Path tmp = file.resolveSibling(file.getFileName() + ".tmp");
        try (File out = openToWrite(tmp)) {
            out.truncate(0);
            content.write(out);
            out.force();
        } catch (IOException e) {
            try {
                delete(tmp); // half a file would keep space that is missing already
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        rename(tmp, file);
        syncFolder(file.getParent());
    }

    /** Writes a file's content from its beginning. */
    interface Content {
        void write(File out) throws IOException;
    }

    /** The whole of a small file. */
    default byte[] readAll(Path file) throws IOException {
        try (File in = open(file)) {
            byte[] content = new byte[Math.toIntExact(in.length())];
            int n = in.read(0, content, 0, content.length);
            return n == content.length ? content : java.util.Arrays.copyOf(content, n);
        }
    }

    /** An open file. One thread at a time, but {@link #force} may run beside a write. */
    interface File extends Closeable {

        /** Reads until {@code length} bytes are there or the file ends; returns how many. */
        int read(long at, byte[] into, int from, int length) throws IOException;

        /** Writes all of it. After an error any part may be in the file. */
        void write(long at, byte[] bytes, int from, int length) throws IOException;

        /** Returns when everything written is on the disk. */
        void force() throws IOException;

        /** Cuts the file. */
        void truncate(long length) throws IOException;

        /** Bytes in the file. */
        long length() throws IOException;
    }
}
