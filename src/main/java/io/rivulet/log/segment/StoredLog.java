package io.rivulet.log.segment;

import io.rivulet.event.IdSeal;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a log that no hub has open. The command {@code log} walks over all of its events, on the main thread of
 * a process of its own, which holds the folder's lock. Nothing is changed.
 *
 * <p>A hub that meets damage refuses to open. A walk goes on behind it, since its caller wants to know all that is
 * wrong, or to save what is left. So each block and each record is compared with its checksum here, and where one is
 * damaged the walk looks for the next block that is whole. The side files are not looked at: a hub makes them anew.
 */
public final class StoredLog {

    private final Disk disk;
    private final Path folder;
    private final StoreMeta meta;
    private final int salt;
    private final byte[] trimmed;
    /** By the position that their names say. */
    private final TreeMap<Long, Path> files = new TreeMap<>();
    private long bytes;

    /** Who is told what a walk finds. */
    public interface Visitor {

        /** An event; their positions ascend. */
        void event(LogEntry entry) throws IOException;

        /** Something was written and is not there any more, or not as it was written: one sentence. */
        void damaged(String what) throws IOException;

        /** Something looks unusual, and nothing is lost by it: one sentence. */
        void noted(String what) throws IOException;
    }

    private StoredLog(Disk disk, Path folder) throws IOException {
        this.disk = disk;
        this.folder = folder;
        List<String> names = LogImport.settle(disk, folder, disk.list(folder));
        for (String name : names) {
            if (name.matches("0\\d{19}\\" + Segment.LOG)) {
                files.put(Long.parseLong(name.substring(0, name.length() - Segment.LOG.length())),
                    folder.resolve(name));
            }
        }
        if (!names.contains(StoreMeta.NAME)) {
            throw files.isEmpty() ? new IOException("there is no log in " + folder)
                : new LogCorrupt(folder.resolve(StoreMeta.NAME) + " is missing, but there are segments; restore it from"
                + " a backup");
        }
        meta = StoreMeta.read(disk, folder);
        salt = new StoreHash(meta.key()).salt();
        trimmed = names.contains(TrimmedTopics.NAME) ? disk.readAll(folder.resolve(TrimmedTopics.NAME)) : new byte[0];
        forgetTrimmed();
    }

    /**
     * The log in this folder, whose lock the caller holds.
     *
     * @throws LogCorrupt when the file {@code meta} is damaged or missing: without it no block can be compared
     * @throws IOException when there is no log, or the disk refuses
     */
    public static StoredLog in(Path folder) throws IOException {
        return in(folder, new RealDisk(new Metrics()));
    }

    static StoredLog in(Path folder, Disk disk) throws IOException {
        return new StoredLog(disk, folder);
    }

    /** Segments that retention had taken already when the process ended, and that the next start deletes. */
    private void forgetTrimmed() {
        TrimmedTopics known = trimmed.length == 0 ? null : TrimmedTopics.of(trimmed);
        while (known != null && files.size() > 1 && files.higherKey(files.firstKey()) - 1 <= known.through()) {
            files.pollFirstEntry();
        }
    }

    /** The seal of the ids. */
    public IdSeal seal() {
        return new IdSeal(meta.key());
    }

    /** What {@link LogImport} needs beside the events, so that ids and cursors keep their meaning. */
    public LogImport.Store store() throws IOException {
        for (Path file : files.values()) {
            try (Disk.File in = disk.open(file)) {
                Segment.Header header = Segment.Header.read(in);
                if (header != null) {
                    return new LogImport.Store(meta.bytes(), header.bytes(), trimmed);
                }
            }
        }
        throw new LogCorrupt("in " + folder + " no segment has a header that is whole");
    }

    /** How many files a walk reads. */
    public int segments() {
        return files.size();
    }

    /** Bytes that the walks have read so far. */
    public long bytes() {
        return bytes;
    }

    /** The openings of the log so far. */
    public int epochs() {
        return meta.epochs().size();
    }

    /** Tells of each event, from the oldest on, and of all that is not as it was written. */
    public void walk(Visitor visitor) throws IOException {
        long next = 0; // the position that must follow; 0 before the first segment
        long reached = meta.headAtLeast();
        if (trimmed.length > 0 && TrimmedTopics.of(trimmed) == null) {
            visitor.noted(folder.resolve(TrimmedTopics.NAME) + " is damaged: clients that come back with an id from"
                + " before the beginning of the log are told that they may have lost something");
        }
        for (Map.Entry<Long, Path> each : files.entrySet()) {
            Path file = each.getValue();
            try (Disk.File in = disk.open(file)) {
                bytes += in.length();
                Segment.Header header = Segment.Header.read(in);
                if (header == null && in.length() <= Segment.HEADER_BYTES) {
                    visitor.noted(file + " is the beginning of a segment that a crash cut off; it held no event");
                    continue;
                }
                if (header == null || header.storeId() != meta.storeId() || header.first() != each.getKey()) {
                    visitor.damaged(file + (header == null ? " is damaged at offset 0: its header does not match its"
                        + " checksum" : " is no segment of this store, or was renamed"));
                    continue;
                }
                reached = Math.max(reached, header.first() - 1);
                if (in.length() == Segment.HEADER_BYTES && file != files.lastEntry().getValue()) {
                    continue; // a roll that failed: the segments around it tell whether anything is missing
                }
                if (next > 0 && header.first() != next) {
                    visitor.damaged("in " + folder + " the positions " + next + " to " + (header.first() - 1)
                        + " are missing, before " + file.getFileName());
                }
                next = walk(in, header, file, visitor);
            }
        }
        if (next - 1 < reached) {
            visitor.damaged("in " + folder + " the log ends at position " + Math.max(0, next - 1)
                + ", but it held position " + reached + " before");
        }
    }

    /** The blocks of one file; gives the position that must follow in the next one. */
    private long walk(Disk.File in, Segment.Header header, Path file, Visitor visitor) throws IOException {
        BlockFile blocks = new BlockFile(in, salt);
        boolean isLast = file == files.lastEntry().getValue();
        long next = header.first();
        for (long at = Segment.HEADER_BYTES; at < blocks.length(); ) {
            BlockHeader block = blocks.whole(at);
            if (block != null && block.base() == next) {
                records(blocks, at, block, file, visitor);
                next += block.count();
                at += BlockHeader.BYTES + block.bodyLength();
                continue;
            }
            // what the last segment was not told to be synced was never acknowledged; a sealed one was synced whole
            long whole = blocks.nextWhole(at + 1, next - 1, isLast ? at : -1);
            if (whole < 0 && isLast) {
                visitor.noted(file + ": the last " + (blocks.length() - at) + " bytes, from offset " + at + " on, are"
                    + " no whole block. An append was cut off there before it was acknowledged; the next start removes"
                    + " them");
                return next;
            }
            if (whole < 0) {
                visitor.damaged(file + " is damaged at offset " + at + " (position " + next + "), and nothing behind"
                    + " that in the file is whole");
                return next;
            }
            long base = blocks.header(whole).base();
            visitor.damaged(file + " is damaged at offset " + at + " (position " + next + "); the next whole block is"
                + " at offset " + whole + " (position " + base + "), so " + (base - next) + " events cannot be read");
            next = base;
            at = whole;
        }
        return next;
    }

    private static void records(BlockFile blocks, long blockAt, BlockHeader block, Path file, Visitor visitor)
        throws IOException {
        byte[] b = blocks.bytes();
        int from = blocks.index(blockAt);
        int at = from + BlockHeader.BYTES;
        for (long position = block.base(); position < block.base() + block.count(); position++) {
            if (!RecordCodec.matches(b, at, position)) {
                visitor.damaged(file + " is damaged at offset " + (blockAt + at - from) + " (position " + position
                    + "): the record does not match its checksum, though its block does");
                return;
            }
            visitor.event(RecordCodec.decode(b, at, block, position));
            at += RecordCodec.length(b, at);
        }
    }
}
