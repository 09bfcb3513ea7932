package io.rivulet.log.segment;

import io.rivulet.config.SettingsTable.Sync;
import io.rivulet.log.Lease;
import io.rivulet.log.LeaseBook;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code leases}: a line for each lease that begins or is over, the later ones behind. {@link SegmentLog} has
 * one; the committer writes, and whoever closes the log closes it. There is no file before the first lease.
 *
 * <p>A line is {@code crc, length of the rest (u32 each), 0 for one that is over, 1 for a public or 2 for a private
 * lease (u8), milliseconds (varint), topic}. What does not match its checksum was being written when the process was
 * killed, so the file ends there.
 *
 * <p>The hard thing is a file that only grows. It is written anew, with nothing but the leases in force, when most of
 * it is of others; and after each failure, for nobody knows what such a file holds.
 */
final class LeaseFile implements LeaseBook {

    static final String NAME = "leases";

    private static final Logger LOG = LoggerFactory.getLogger(LeaseFile.class);
    private static final int HEAD_BYTES = 8;
    /** With the longest milliseconds. */
    private static final int FIXED_BYTES = HEAD_BYTES + 1 + 5;
    private static final int OVER = 0;
    private static final int PUBLIC = 1;
    private static final int PRIVATE = 2;
    /** Below this a file is not worth being written anew. */
    private static final long SMALL_BYTES = 64 << 10;
    private static final int TIMES_MAX = 4;

    private final Disk disk;
    private final Path folder;
    private final boolean syncs;
    /** Those that began last come last: to put one again moves it, and takes no memory. */
    private final Map<String, Lease> inForce = new LinkedHashMap<>(16, 0.75f, true);
    /** What {@link #inForce} takes in a file. */
    private long bytesInForce;
    private final List<Lease> kept;
    /** Null where the next line is one of a new file. */
    private Disk.File out;
    private long length;

    private LeaseFile(Disk disk, Path folder, boolean syncs) throws IOException {
        this.disk = disk;
        this.folder = folder;
        this.syncs = syncs;
        read();
        kept = List.copyOf(inForce.values());
    }

    /** The one of this folder. */
    static LeaseFile open(Disk disk, Path folder, Sync sync) throws IOException {
        return new LeaseFile(disk, folder, sync == Sync.ALWAYS);
    }

    private void read() throws IOException {
        byte[] b;
        try {
            b = disk.readAll(folder.resolve(NAME));
        } catch (FileNotFoundException | NoSuchFileException e) {
            return;
        }
        int at = 0;
        while (at + HEAD_BYTES < b.length) {
            int body = Bytes.getInt(b, at + 4);
            if (body < 2 || body > b.length - at - HEAD_BYTES
                || Bytes.crc(b, at + 4, body + 4) != Bytes.getInt(b, at)) {
                break;
            }
            take(b, at + HEAD_BYTES, at + HEAD_BYTES + body);
            at += HEAD_BYTES + body;
        }
        if (at < b.length) {
            LOG.info("{}: the last {} bytes were being written when the process ended", folder.resolve(NAME),
                b.length - at);
        }
    }

    private void take(byte[] b, int from, int to) {
        int ms = 0;
        int at = from + 1;
        for (int shift = 0; ; shift += 7) {
            byte x = b[at++];
            ms |= (x & 0x7f) << shift;
            if (x >= 0) {
                break;
            }
        }
        String topic = new String(b, at, to - at, StandardCharsets.UTF_8);
        if (b[from] == OVER) {
            remove(topic);
        } else {
            put(new Lease(topic, ms, b[from] == PRIVATE));
        }
    }

    private void put(Lease lease) {
        long more = bytes(lease) - bytes(inForce.get(lease.topic()));
        inForce.put(lease.topic(), lease); // in one step: an error must not leave neither of them
        bytesInForce += more;
    }

    private void remove(String topic) {
        long less = bytes(inForce.get(topic));
        inForce.remove(topic);
        bytesInForce -= less;
    }

    private static int bytes(Lease lease) {
        return lease == null ? 0 : FIXED_BYTES + lease.topic().length();
    }

    @Override
    public List<Lease> kept() {
        return kept;
    }

    @Override
    public synchronized void begin(List<Lease> leases) throws IOException {
        Map<String, Lease> before = new LinkedHashMap<>();
        Bytes lines = new Bytes(64 * leases.size());
        boolean done = false;
        try {
            for (Lease lease : leases) {
                before.putIfAbsent(lease.topic(), inForce.get(lease.topic()));
                put(lease);
                line(lines, lease.isPrivate() ? PRIVATE : PUBLIC, lease);
            }
            write(lines, syncs);
            done = true;
        } finally {
            if (!done) {
                before.forEach((topic, lease) -> {
                    remove(topic);
                    if (lease != null) {
                        put(lease);
                    }
                });
            }
        }
    }

    @Override
    public synchronized void over(List<String> topics) {
        Bytes lines = new Bytes(64 * topics.size());
        for (String topic : topics) {
            remove(topic);
            line(lines, OVER, new Lease(topic, 0, false));
        }
        try {
            write(lines, false);
        } catch (IOException e) {
            LOG.debug("The end of leases could not be noted; the file is written anew with the next one", e);
        }
    }

    private static void line(Bytes out, int kind, Lease lease) {
        int at = out.length();
        out.length(at + HEAD_BYTES);
        out.put(kind);
        out.putVarint(lease.ms());
        out.put(lease.topic().getBytes(StandardCharsets.UTF_8));
        int body = out.length() - at - HEAD_BYTES;
        Bytes.setInt(out.array(), at + 4, body);
        Bytes.setInt(out.array(), at, Bytes.crc(out.array(), at + 4, body + 4));
    }

    private void write(Bytes lines, boolean sync) throws IOException {
        if (out == null || length > SMALL_BYTES && length > TIMES_MAX * bytesInForce) {
            writeAnew();
            return;
        }
        boolean done = false;
        try {
            out.write(length, lines.array(), 0, lines.length());
            if (sync) {
                out.force();
            }
            length += lines.length();
            done = true;
        } finally {
            if (!done) {
                letGo();
            }
        }
    }

    private void writeAnew() throws IOException {
        letGo();
        Bytes all = new Bytes((int) Math.min(Integer.MAX_VALUE / 2, bytesInForce + HEAD_BYTES));
        for (Lease lease : inForce.values()) {
            line(all, lease.isPrivate() ? PRIVATE : PUBLIC, lease);
        }
        Path file = folder.resolve(NAME);
        disk.replace(file, Arrays.copyOf(all.array(), all.length()));
        out = disk.openToWrite(file);
        length = all.length();
    }

    private void letGo() {
        Disk.File old = out;
        out = null;
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                LOG.debug("A file of leases did not close; it is written anew", e);
            }
        }
    }

    /** Closes the file. */
    synchronized void close() {
        letGo();
    }
}
