package io.rivulet.log.index;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The pages of a side file: {@code 4,080 bytes of entries, page number (u32), 0 (u64), crc (u32)}. {@link IndexFile}
 * and {@link FileTopics} read with it, for one look-up on one thread; it keeps the page that it read last.
 *
 * <p>A look-up wants a few bytes of a large file. Each page has a checksum of its own, so a look-up reads a page or two
 * and can trust them. The page number is under the checksum as well, so a whole page in the wrong position is found
 * out. Entries of 8 or 16 bytes never span two pages.
 */
final class IndexPages implements Closeable {

    static final int PAGE_BYTES = 4096;
    static final int PAYLOAD_BYTES = 4080;
    /** An entry that is found by the hash in its first eight bytes. */
    static final int KEYED_BYTES = 16;

    private final Path path;
    private final Disk.File in;
    private final byte[] page = new byte[PAGE_BYTES];
    private int number = -1;

    IndexPages(Disk disk, Path path) throws IOException {
        this.path = path;
        this.in = disk.open(path);
    }

    /** Pages that so many entries of this size take. */
    static int pages(int entries, int entryBytes) {
        int each = PAYLOAD_BYTES / entryBytes;
        return (int) (((long) entries + each - 1) / each);
    }

    /** The long at this offset of an entry of the section that begins at page {@code from}. */
    long getLong(int from, int entry, int entryBytes, int offset) throws IOException {
        return Bytes.getLong(page, load(from, entry, entryBytes) + offset);
    }

    /** See {@link #getLong}. */
    int getInt(int from, int entry, int entryBytes, int offset) throws IOException {
        return Bytes.getInt(page, load(from, entry, entryBytes) + offset);
    }

    /** Brings the entry's page here, proved by number and checksum; the answer is the entry's offset in it. */
    private int load(int from, int entry, int entryBytes) throws IOException {
        int each = PAYLOAD_BYTES / entryBytes;
        int wanted = from + entry / each;
        if (wanted != number) {
            number = -1;
            int n = in.read((long) wanted * PAGE_BYTES, page, 0, PAGE_BYTES);
            if (n < PAGE_BYTES || Bytes.getInt(page, PAYLOAD_BYTES) != wanted
                || Bytes.getInt(page, PAGE_BYTES - 4) != Bytes.crc(page, 0, PAGE_BYTES - 4)) {
                throw new LogCorrupt(path + " is damaged in page " + wanted);
            }
            number = wanted;
        }
        return entry % each * entryBytes;
    }

    /**
     * The first of the {@code n} sorted entries with this hash in the section that begins at page {@code from}, or -1.
     * Hashes are spread evenly, so the search begins near where the hash must be.
     */
    int find(int from, int n, long hash) throws IOException {
        // hashes have 63 bits: hash / 2^63 of the way through n entries
        int guess = (int) Math.multiplyHigh(hash, 2L * n);
        int margin = 16 + (int) (2 * Math.sqrt(n));
        int low = Math.max(0, guess - margin);
        int high = Math.min(n, guess + margin);
        // a bound that the guess missed is moved to the end: the search is then a plain one
        if (low > 0 && getLong(from, low, KEYED_BYTES, 0) >= hash) {
            low = 0;
        }
        if (high < n && getLong(from, high, KEYED_BYTES, 0) < hash) {
            high = n;
        }
        while (low < high) {
            int middle = low + high >>> 1;
            if (getLong(from, middle, KEYED_BYTES, 0) < hash) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < n && getLong(from, low, KEYED_BYTES, 0) == hash ? low : -1;
    }

    long length() throws IOException {
        return in.length();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Writes the pages of one section, buffered. Several may write to one file, each to its pages. One thread. */
    static final class Writer {
        private static final int BUFFER_PAGES = 8;

        private final Disk.File out;
        private final Bytes buffer = new Bytes(BUFFER_PAGES * PAGE_BYTES);
        private int pageStart;
        private int pages;
        private long written;

        /** A section that begins at this page. */
        Writer(Disk.File out, int firstPage) {
            this.out = out;
            pages = firstPage;
            written = (long) firstPage * PAGE_BYTES;
        }

        void putInt(int value) {
            buffer.putInt(value);
        }

        void putLong(long value) {
            buffer.putLong(value);
        }

        /** After each entry: ends the page when it is full. */
        void endEntry() throws IOException {
            if (buffer.length() - pageStart == PAYLOAD_BYTES) {
                endPage();
            }
        }

        /** Ends the section, and writes what is left of it. */
        void end() throws IOException {
            if (buffer.length() > pageStart) {
                endPage();
            }
            flush();
        }

        private void endPage() throws IOException {
            while (buffer.length() - pageStart < PAYLOAD_BYTES) {
                buffer.putLong(0);
            }
            buffer.putInt(pages++);
            buffer.putLong(0);
            buffer.putInt(Bytes.crc(buffer.array(), pageStart, PAGE_BYTES - 4));
            pageStart = buffer.length();
            if (pageStart >= BUFFER_PAGES * PAGE_BYTES) {
                flush();
            }
        }

        private void flush() throws IOException {
            if (buffer.length() > 0) {
                out.write(written, buffer.array(), 0, buffer.length());
            }
            written += buffer.length();
            buffer.length(0);
            pageStart = 0;
        }
    }
}
