package io.rivulet.log.segment;

import io.rivulet.config.Settings;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a log into a folder that has none, from the events of another one: with their positions, epochs, nonces and
 * times, and with the key of the ids, so that the ids that clients hold mean what they meant. The command {@code log}
 * uses it, on the main thread of a process of its own, which holds the folder's lock.
 *
 * <p>The hard thing is that a log consists of many files, and a process may be killed between two of them. So segments
 * are written under names that no log has ({@link #settle}). The file {@code meta} comes last: as soon as it is there,
 * the import is decided, and whoever opens the folder next gives the segments their names. Before that, whoever opens
 * the folder deletes them.
 */
public final class LogImport implements AutoCloseable {

    private static final String WAITING = ".imported";
    /** Commits are written as they were; one that somebody made larger in the file is divided. */
    private static final int BLOCK_BYTES = 4 << 20;

    private final Disk disk;
    private final Path folder;
    private final LogOptions options;
    private final Store store;
    private final StoreMeta meta;
    private final int salt;
    private final Bytes block = new Bytes(64 * 1024);
    private Segment.Header header;
    private Disk.File out;
    private int length;
    private int count;
    private long firstTimeMs;
    /** The commit that is being gathered; its head is empty until then. */
    private List<LogEntry> group = new ArrayList<>();
    private long groupWeight;
    private long head;
    private int nonce;
    private long timeMs;
    private boolean committed;

    /**
     * What a log has beside its events.
     *
     * @param meta    the file {@code meta}: the store's identity, the key of its ids, its epochs
     * @param begin   the header of the oldest segment
     * @param trimmed the file {@code trimmed}; empty where there is none
     */
    public record Store(byte[] meta, byte[] begin, byte[] trimmed) {
    }

    /**
     * Which log it is that an engine keeps, or is to keep from now on. Immutable.
     *
     * @param key   of the ids
     * @param epoch the newest that was given out
     * @param first the oldest position
     */
    public record Identity(long storeId, byte[] key, int epoch, long first) {

        /** What an export says of it. */
        public static Identity of(Store store) throws LogCorrupt {
            StoreMeta meta = StoreMeta.of(store.meta(), "the file meta in the import");
            Segment.Header header = Segment.Header.of(store.begin());
            if (header == null || header.storeId() != meta.storeId() || header.first() < 1 || meta.epochs().isEmpty()) {
                throw new LogCorrupt("the header of the oldest segment in the import is damaged");
            }
            return new Identity(meta.storeId(), meta.key(), meta.epoch(), header.first());
        }

        /** The same as an export says it. */
        public Store store() {
            return new Store(StoreMeta.shared(storeId, key, epoch, first - 1).bytes(),
                new Segment.Header(storeId, first, 0, 0, first == 1 ? LogLookup.storeNonce(storeId) : 0).bytes(),
                new byte[0]);
        }
    }

    private LogImport(Disk disk, Path folder, LogOptions options, Store store) throws IOException {
        this.disk = disk;
        this.folder = folder;
        this.options = options;
        this.store = store;
        meta = StoreMeta.of(store.meta(), "the file meta in the import");
        salt = new StoreHash(meta.key()).salt();
        header = Segment.Header.of(store.begin());
        if (header == null || header.storeId() != meta.storeId() || header.first() < 1) {
            throw new LogCorrupt("the header of the oldest segment in the import is damaged");
        }
        TrimmedTopics trimmed = TrimmedTopics.of(store.trimmed());
        if (trimmed != null && trimmed.through() >= header.first()) {
            throw new LogCorrupt("the import begins at position " + header.first() + ", but says that all up to "
                + trimmed.through() + " was trimmed");
        }
        List<String> names = disk.list(folder);
        if (names.contains(StoreMeta.NAME)
            || names.stream().anyMatch(name -> name.matches("\\d{20}\\" + Segment.LOG))) {
            throw new IOException("there is a log in " + folder + " already; an import needs an empty folder");
        }
        settle(disk, folder, names);
        head = header.first() - 1;
        nonce = header.nonceBefore();
        timeMs = header.timeBeforeMs();
    }

    /**
     * Begins to write.
     *
     * @throws IOException when there is a log already, or the disk refuses; nothing was changed then
     */
    public static LogImport into(Path folder, Settings settings, Store store) throws IOException {
        return into(folder, LogOptions.of(settings), new RealDisk(new Metrics()), store);
    }

    static LogImport into(Path folder, LogOptions options, Disk disk, Store store) throws IOException {
        LogImport made = new LogImport(disk, folder, options, store);
        try {
            made.begin();
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    /**
     * Finishes an import that was decided, and removes one that was not. Whoever opens a folder asks this first.
     *
     * @param names what is in the folder
     * @return what is in it afterwards
     */
    static List<String> settle(Disk disk, Path folder, List<String> names) throws IOException {
        List<String> waiting = names.stream().filter(name -> name.endsWith(WAITING)).toList();
        if (waiting.isEmpty()) {
            return names;
        }
        boolean decided = names.contains(StoreMeta.NAME);
        if (decided) {
            disk.syncFolder(folder); // else the segments might have their names after a power cut, and meta not
        }
        for (String name : waiting) {
            if (decided) {
                disk.rename(folder.resolve(name),
                    folder.resolve(name.substring(0, name.length() - WAITING.length())));
            } else {
                disk.delete(folder.resolve(name));
            }
        }
        disk.syncFolder(folder);
        return disk.list(folder);
    }

    /**
     * The next event.
     *
     * @throws IOException when it is not the next one, or the disk refuses
     */
    public void add(LogEntry entry) throws IOException {
        if (entry.position() != head + 1) {
            throw new IOException("position " + entry.position() + " stands where " + (head + 1) + " must follow");
        }
        if (!group.isEmpty() && (!isSameCommit(group.get(0), entry) || groupWeight > BLOCK_BYTES)) {
            write();
        }
        group.add(entry);
        groupWeight += entry.weight();
        head++;
    }

    private static boolean isSameCommit(LogEntry a, LogEntry b) {
        return a.epoch() == b.epoch() && a.nonce() == b.nonce() && a.timeMs() == b.timeMs();
    }

    /** Writes the commit that was gathered, into a new segment where the one at hand is full. */
    private void write() throws IOException {
        LogEntry first = group.get(0);
        block.length(0);
        block.length(BlockHeader.BYTES);
        for (LogEntry entry : group) {
            RecordCodec.encode(block, 0, entry.position(), new LogRecord(entry.event(), entry.receipt(),
                entry.producer()));
        }
        // times do not fall within a segment: where a clock was set back, the log had begun a new one, too
        if (count > 0 && ((long) length + block.length() > options.segmentBytes() || first.timeMs() < timeMs
            || count + group.size() > options.segmentEvents() || first.timeMs() - firstTimeMs > options.segmentMs())) {
            end();
            header = new Segment.Header(header.storeId(), first.position(),
                header.bytesBefore() + length - Segment.HEADER_BYTES, timeMs, nonce);
            begin();
        }
        int body = block.length() - BlockHeader.BYTES;
        new BlockHeader(body, first.epoch(), first.nonce(), first.position(), first.timeMs(), group.size(), length,
            Bytes.crc(block.array(), BlockHeader.BYTES, body))
            .write(block, 0, salt);
        out.write(length, block.array(), 0, block.length());
        firstTimeMs = count == 0 ? first.timeMs() : firstTimeMs;
        length += block.length();
        count += group.size();
        nonce = first.nonce();
        timeMs = first.timeMs();
        group = new ArrayList<>();
        groupWeight = 0;
    }

    private void begin() throws IOException {
        out = disk.openToWrite(folder.resolve(Segment.name(header.first()) + WAITING));
        out.truncate(0);
        out.write(0, header.bytes(), 0, Segment.HEADER_BYTES);
        length = Segment.HEADER_BYTES;
        count = 0;
    }

    private void end() throws IOException {
        out.force();
        out.close();
        out = null;
    }

    /** Makes all that was added the log of the folder; returns when it is on the disk. */
    public void commit() throws IOException {
        if (!group.isEmpty()) {
            write();
        }
        end();
        if (store.trimmed().length > 0) {
            disk.replace(folder.resolve(TrimmedTopics.NAME + WAITING), store.trimmed());
        }
        disk.syncFolder(folder);
        // killed before meta has its name: whoever opens the folder deletes the segments; after it: names them
        meta.closed(head).write(disk, folder);
        settle(disk, folder, disk.list(folder));
        committed = true;
    }

    /** Unless it was decided before, nothing of the import stays in the folder. */
    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
            out = null;
        }
        if (!committed) {
            for (String name : disk.list(folder)) {
                if (name.endsWith(".tmp")) {
                    disk.delete(folder.resolve(name));
                }
            }
            settle(disk, folder, disk.list(folder));
        }
    }
}
