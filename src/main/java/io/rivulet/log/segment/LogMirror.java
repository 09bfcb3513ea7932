package io.rivulet.log.segment;

import io.rivulet.event.IdSeal;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a copy has from the engine and not from itself: the identity of the log, the key of its ids, the epoch of this
 * node's run, and where a new copy begins. The cluster's log makes one for each opening; any thread asks it.
 *
 * <p>The hard thing are epochs. In the log of one node one epoch begins where the one before it ends. Nodes run side by
 * side, so here every epoch that was given out reaches everywhere, and the nonce alone tells one history from another.
 */
public final class LogMirror {

    /** The format of the bytes of a commit that this version writes, and the newest that it reads. */
    public static final int FORMAT = 1;

    private static final Logger LOG = LoggerFactory.getLogger(LogMirror.class);

    private final long storeId;
    private final byte[] key;
    private final int epoch;
    private final long first;
    private volatile int newestEpoch;
    private volatile UnaryOperator<IOException> damage = found -> found;
    private volatile boolean damaged;

    /**
     * A copy of this log.
     *
     * @param storeId which log it is
     * @param key     of the {@link IdSeal}
     * @param epoch   of this node's run: no other run has it
     * @param first   the oldest position that the engine has; one more than its head where it has none
     */
    public LogMirror(long storeId, byte[] key, int epoch, long first) {
        this.storeId = storeId;
        this.key = key.clone();
        this.epoch = epoch;
        this.first = first;
        newestEpoch = epoch;
    }

    /** The epoch of the run that has opened the copy in this folder last; 0 when that cannot be read. */
    public static int epochOf(Path folder) {
        try {
            return StoreMeta.read(new RealDisk(new Metrics()), folder).epoch();
        } catch (IOException | RuntimeException e) {
            return 0; // there is none, or it will be made anew
        }
    }

    /** The engine has given out this epoch by now. */
    public void newestEpoch(int given) {
        if (given > newestEpoch) {
            newestEpoch = given; // one thread at a time: who copies holds a lock
        }
    }

    /** What readers hear of events that are gone from the disk, or not as they were; it is given what was found. */
    public void onDamage(UnaryOperator<IOException> told) {
        damage = told;
    }

    IOException damaged(IOException found) {
        if (!damaged) {
            LOG.error("The copy of the shared log is damaged: {}", found.getMessage());
        }
        damaged = true;
        return damage.apply(found);
    }

    /** Whether a reader has met damage: then the copy is of no use any more. */
    public boolean isDamaged() {
        return damaged;
    }

    /** The position of the first event of a copy that is made now. */
    long first() {
        return first;
    }

    boolean isOf(StoreMeta meta) {
        return meta.storeId() == storeId && Arrays.equals(meta.key(), key);
    }

    StoreMeta create() {
        return new StoreMeta(storeId, key, 0, List.of());
    }

    StoreMeta opened(long head) {
        return new StoreMeta(storeId, key, head, List.of(new StoreMeta.Epoch(epoch, head + 1)));
    }

    /**
     * The events of a commit as bytes, which an engine keeps without looking into them: the records of the log's own
     * files, each with its checksum. Positions count from 0, for a node does not know yet where its commit will stand.
     */
    public static byte[] encode(List<LogRecord> records) {
        Bytes out = new Bytes(1024);
        for (int i = 0; i < records.size(); i++) {
            RecordCodec.encode(out, 0, i, records.get(i));
        }
        return Arrays.copyOf(out.array(), out.length());
    }

    /**
     * The events of these bytes.
     *
     * @param count so many there must be
     * @throws LogCorrupt when they are not as they were encoded
     */
    public static List<LogRecord> decode(byte[] b, int count) throws LogCorrupt {
        BlockHeader none = new BlockHeader(b.length, 0, 0, 0, 0, Math.max(1, count), 0, 0);
        List<LogRecord> records = new ArrayList<>();
        int at = 0;
        for (int i = 0; at + RecordCodec.HEAD_BYTES <= b.length; i++) {
            if (!RecordCodec.matches(b, at, i)) {
                break;
            }
            LogEntry entry = RecordCodec.decode(b, at, none, i);
            records.add(new LogRecord(entry.event(), entry.receipt(), entry.producer()));
            at += RecordCodec.length(b, at);
        }
        if (at != b.length || records.size() != count) {
            throw new LogCorrupt("a commit of " + count + " events is damaged: of its " + b.length + " bytes " + at
                + " can be read, with " + records.size() + " events");
        }
        return records;
    }

    boolean reaches(int asked, long position, long head) {
        return asked >= 1 && asked <= newestEpoch && position >= 0 && position <= head;
    }
}
