package io.rivulet.cluster;

import io.rivulet.cluster.ClusterEngine.Load;
import io.rivulet.cluster.ClusterEngine.Portion;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.cluster.ClusterEngine.Stored;
import io.rivulet.event.IdSeal;
import io.rivulet.log.LogCommit;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.archive.LogPlace;
import io.rivulet.log.segment.LogImport;
import io.rivulet.log.segment.LogMirror;
import io.rivulet.log.segment.StoredLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The log of an engine for the command {@code log}, which reads it while nodes may run, or puts one into an engine that
 * has none. The main thread of a process of its own calls it.
 *
 * <p>Positions, epochs, nonces and the key of the ids go along, so ids and cursors mean what they meant. Times do not
 * fall along an engine's log; where those of a hub did, since its clock was set back, they are raised.
 */
final class EngineLog implements LogPlace {

    private static final int READ_BYTES = 4 << 20;
    private static final int BATCH_BYTES = 1 << 20;

    private final ClusterEngine engine;
    private Run run;
    private long bytes;

    /** At this engine, which it closes. */
    EngineLog(ClusterEngine engine) {
        this.engine = engine;
    }

    private Run run() throws IOException {
        if (run == null) {
            engine.check();
            run = engine.look();
        }
        if (run == null) {
            throw new IOException("there is no log in the engine");
        }
        return run;
    }

    @Override
    public LogImport.Store store() throws IOException {
        return new LogImport.Identity(run().storeId(), run().key(), run().epoch(), run().first()).store();
    }

    @Override
    public IdSeal seal() throws IOException {
        return new IdSeal(run().key());
    }

    /** Up to where the log ends when it begins: nodes may go on meanwhile. */
    @Override
    public void walk(StoredLog.Visitor visitor) throws IOException {
        long at = run().first() - 1;
        long head = Long.MAX_VALUE;
        while (at < head) {
            Portion portion = engine.read(at, READ_BYTES);
            head = Math.min(head, portion.head());
            if (at < portion.first() - 1 || portion.batches().isEmpty() && at < head) {
                throw new IOException("the engine has removed history that was not read yet; run it again");
            }
            for (Stored batch : portion.batches()) {
                if (batch.base() != at + 1) {
                    visitor.damaged("behind position " + at + " the engine continues at " + batch.base());
                }
                at = batch.last();
                if (at <= head) {
                    tell(batch, visitor);
                }
            }
        }
    }

    private void tell(Stored batch, StoredLog.Visitor visitor) throws IOException {
        bytes += batch.body().length;
        List<LogRecord> records;
        try {
            if (batch.format() > LogMirror.FORMAT) {
                throw new IOException("position " + batch.base() + " has format " + batch.format() + ", and this"
                    + " version reads " + LogMirror.FORMAT);
            }
            records = LogMirror.decode(batch.body(), batch.count());
        } catch (LogCorrupt e) {
            visitor.damaged("position " + batch.base() + " to " + batch.last() + ": " + e.getMessage());
            return;
        }
        for (LogEntry entry : new LogCommit(batch.base(), batch.epoch(), batch.nonce(), batch.timeMs(), records)
            .entries()) {
            visitor.event(entry);
        }
    }

    @Override
    public String name() {
        return "the engine";
    }

    @Override
    public String kept() {
        return bytes + " bytes, " + run.epoch() + " runs of nodes";
    }

    @Override
    public Into into(LogImport.Store store) throws IOException {
        engine.check();
        LogImport.Identity log = LogImport.Identity.of(store);
        return new Batches(engine.load(new Run(log.epoch(), log.storeId(), log.key(), log.first())), log.first() - 1);
    }

    @Override
    public void close() {
        engine.close();
    }

    /** Gathers the events of each commit into a batch, as they were. */
    private static final class Batches implements Into {

        private final Load load;
        private List<LogEntry> group = new ArrayList<>();
        private long weight;
        private long head;
        private long timeMs;

        Batches(Load load, long head) {
            this.load = load;
            this.head = head;
        }

        @Override
        public void add(LogEntry entry) throws IOException {
            if (entry.position() != head + 1) {
                throw new IOException("position " + entry.position() + " stands where " + (head + 1) + " must follow");
            }
            LogEntry first = group.isEmpty() ? entry : group.get(0);
            if (first.epoch() != entry.epoch() || first.nonce() != entry.nonce() || first.timeMs() != entry.timeMs()
                || weight > BATCH_BYTES) {
                write();
            }
            group.add(entry);
            weight += entry.weight();
            head++;
        }

        private void write() throws IOException {
            if (group.isEmpty()) {
                return;
            }
            LogEntry first = group.get(0);
            timeMs = Math.max(timeMs, first.timeMs());
            List<LogRecord> records = new ArrayList<>();
            for (LogEntry entry : group) {
                records.add(new LogRecord(entry.event(), entry.receipt(), entry.producer()));
            }
            load.add(new Stored(first.position(), group.size(), first.epoch(), first.nonce(), timeMs, LogMirror.FORMAT,
                LogMirror.encode(records)));
            group = new ArrayList<>();
            weight = 0;
        }

        @Override
        public void commit() throws IOException {
            write();
            load.commit();
        }

        @Override
        public void close() {
            load.close();
        }
    }
}
