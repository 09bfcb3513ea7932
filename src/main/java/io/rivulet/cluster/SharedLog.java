package io.rivulet.cluster;

import com.google.gson.JsonObject;
import io.rivulet.cluster.ClusterEngine.Appended;
import io.rivulet.cluster.ClusterEngine.Batch;
import io.rivulet.cluster.ClusterEngine.Outcome;
import io.rivulet.cluster.ClusterEngine.Portion;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.cluster.ClusterEngine.Stored;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Nodes;
import io.rivulet.log.EventLog;
import io.rivulet.log.LeaseBook;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogCommit;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFailure;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogLag;
import io.rivulet.log.LogMoved;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogSize;
import io.rivulet.log.LogWork;
import io.rivulet.log.TransientRelay;
import io.rivulet.log.View;
import io.rivulet.log.segment.LogMirror;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.refusal.LastingLoop;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a node in a cluster: an engine puts the events of all nodes in order, and this node copies them into files
 * of its own, from which everything is read. The committer appends; the thread {@code rivulet-mirror} copies what other
 * nodes append; others make it catch up before they call an id unknown. {@code Cluster} opens it.
 *
 * <p>Invariant: the copy is a part of the engine's log without a hole, and ends between two batches. Whoever reads on
 * from the engine compares the batch at the end of the copy first. When it is another one, or gone, the engine has lost
 * what it had acknowledged (a fail-over to a standby that lagged, an older backup), or this node was away for longer
 * than retention. Then the log is {@link #isOver over}: it takes nothing more, and is opened anew, so that each client
 * is told by its cursor what that means for it.
 *
 * <p>The hard thing is a publish that depends on what was published before, by its key for one, while other nodes
 * publish. Such a group is appended only where the head is still where this node has looked; else it copies what came
 * between, and the committer compares once more. What depends on nothing never waits for that.
 */
final class SharedLog implements EventLog {

    private static final Logger LOG = LoggerFactory.getLogger(SharedLog.class);
    private static final int READ_BYTES = 4 << 20;
    /** A notice of the engine's may be lost on the way; then a look after this time finds what is new. */
    private static final long POLL_MS = 500;
    private static final long TRIM_MS = 10_000;
    private static final long PAUSE_MIN_MS = 100;
    private static final long PAUSE_MAX_MS = 1_000;
    /** So long the engine may be away before the node says that it is not ready. */
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long JOIN_MS = 10_000;
    private static final int CHUNK_EVENTS = 256;

    private final ClusterEngine engine;
    private final Run run;
    private final LogMirror mirror;
    private final SegmentLog copy;
    private final Settings settings;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
    /** Held by who calls the engine and by who copies. */
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition awake = lock.newCondition();
    private final Thread thread = new Thread(null, this::copyOn, "rivulet-mirror", 0, false);
    /** Of the committer. */
    private long number;
    private Runnable beforeWaiting = () -> { };
    private volatile Runnable foreign = () -> { };
    private final OutboxDrain drain;
    private final LeaseNotes leases;
    private final NodeNotes notes;
    private final SharedRelay relay;
    private final LagReport report = new LagReport();
    /** Whether something was copied since the copy was opened: then the end of the copy can be compared. */
    private boolean comparable;
    /** When the last pull that came to its end began. Written under the lock. */
    private volatile long pulledNs;
    /** Of the thread. */
    private long trimmedNs;
    private int failures;
    /** The head of the engine, as it was seen last. */
    private volatile long seen;
    /** Why the engine cannot be asked; null when it can. With since when. Written under the lock. */
    private volatile LogFailure trouble;
    private volatile long troubleNs;
    private volatile String over;
    private volatile boolean closed;

    /** A log whose copy is open and lags; {@link #start} when it has caught up. */
    SharedLog(ClusterEngine engine, Run run, LogMirror mirror, SegmentLog copy, Settings settings,
              InstantSource clock, LongSupplier nanos, Publishing hub, Map<String, Nodes.Part> parts,
              Consumer<JsonObject> about) {
        this.engine = engine;
        this.run = run;
        this.mirror = mirror;
        this.copy = copy;
        this.settings = settings;
        this.clock = clock;
        this.nanos = nanos;
        comparable = copy.range().head() >= copy.range().first();
        trimmedNs = nanos.getAsLong();
        pulledNs = trimmedNs;
        leases = new LeaseNotes(copy.leases(), run.epoch(), this::others, this::tellOfLeases, this::tellOfBegun);
        parts.put(LeaseNotes.KIND, leases);
        notes = new NodeNotes(engine, run.epoch(), lock, parts, () -> copy.range().head(), () -> trouble != null,
            about, NodeNotes.node(), clock.millis(), nanos);
        relay = new SharedRelay(engine, run, new SharedRelay.Log(this::refuseIfUseless, () -> pull(() -> false),
            this::away, copy::range), clock, random, lock);
        thread.setDaemon(true);
        Outbox outbox = engine.outbox(run.epoch(), Math.min(CHUNK_EVENTS, settings.get(SettingsTable.BATCH_MAX)));
        drain = outbox == null ? null : new OutboxDrain(outbox, hub);
        mirror.onDamage(this::damaged);
    }

    private Set<Integer> others() {
        return notes.others().stream().map(NodeNotes.Heard::run).collect(Collectors.toSet());
    }

    private void tellOfLeases(JsonObject note) {
        notes.tell(LeaseNotes.KIND, note);
    }

    /** The committer waits for it, unless the engine is away: then nothing is published either. */
    private void tellOfBegun(JsonObject note) {
        if (trouble == null) {
            notes.tellNow(LeaseNotes.KIND, note);
        } else {
            tellOfLeases(note);
        }
    }

    /** Begins to follow the engine. Once. */
    void start() {
        thread.start();
        notes.start();
        if (drain != null) {
            drain.start();
        }
    }

    // ---- the committer

    @Override
    public List<LogEntry> append(List<LogRecord> group) throws IOException {
        return append(group, -1);
    }

    /**
     * The batch goes to the engine, and this returns when the copy holds it. What other nodes appended before is in the
     * copy by then, too. While the engine is known to be away nothing is sent: the publishers hear of it at once.
     */
    @Override
    public List<LogEntry> append(List<LogRecord> group, long compared) throws IOException {
        refuseIfUseless();
        beforeWaiting.run();
        long expected = compared >= 0 && dependsOnHistory(group) ? compared : -1;
        byte[] body = LogMirror.encode(group);
        lock.lock();
        try {
            Batch batch = new Batch(run.epoch(), ++number, random.nextInt(1 << 24), clock.millis(), group.size(),
                LogMirror.FORMAT, body);
            Appended answer = engine.append(batch, expected);
            if (answer.outcome() == Outcome.LOST) {
                throw over("the engine does not know this node any more");
            }
            if (answer.outcome() == Outcome.MOVED) {
                pull(() -> false);
                throw new LogMoved(copy.range().head());
            }
            LogCommit commit = new LogCommit(answer.base(), run.epoch(), batch.nonce(), answer.timeMs(), group);
            settle(commit, answer);
            return commit.entries();
        } catch (LogMoved e) {
            throw e;
        } catch (IOException e) {
            throw away(e);
        } finally {
            lock.unlock();
        }
    }

    private boolean dependsOnHistory(List<LogRecord> group) {
        if (copy.hasMarks()) {
            return true; // a topic may end on another node just now
        }
        for (int i = 0; i < group.size(); i++) {
            LogRecord record = group.get(i);
            if (record.receipt() != null || record.producer() != null || record.event().id() != null
                || record.event().isMark()) {
                return true;
            }
        }
        return false;
    }

    /** Gets a commit that the engine has taken into the copy, and all that came before it. */
    private void settle(LogCommit commit, Appended answer) throws LogAway {
        try {
            LogRange range = copy.range();
            if (range.head() == commit.base() - 1 && range.headNonce() == answer.nonceBefore()) {
                relay.read(commit.last(), answer.relayed()); // what belongs before it; the committer shows it next
                copy.copy(commit); // nobody came between: there is nothing to read
                comparable = true;
                return;
            }
            if (range.head() < commit.last()) {
                pull(() -> false);
            }
            if (copy.range().head() < commit.last()
                || copy.find().nonceAt(commit.last()).orElse(-1) != commit.nonce()) {
                throw over("the engine has taken a batch at position " + commit.base() + " and has another one now");
            }
        } catch (IOException e) {
            throw new LogAway(e.getMessage(), true, e);
        }
    }

    private void refuseIfUseless() throws IOException {
        if (closed) {
            throw new LogFailure("the log is closed", false, null);
        }
        String why = over;
        LogFailure now = trouble;
        if (why != null || now != null) {
            throw new LogAway(why != null ? why : now.getMessage(), false, null);
        }
    }

    @Override
    public void tryDisk() throws IOException {
        refuseIfUseless();
        copy.tryDisk();
    }

    /** Of those who publish at this node, renewed by events of other nodes, too; and of nodes that are gone. */
    @Override
    public LeaseBook leases() {
        return leases;
    }

    @Override
    public void beforeSync(Runnable hook) {
        beforeWaiting = hook;
    }

    @Override
    public void onForeign(Runnable hook) {
        foreign = hook;
        hook.run(); // what was copied before that
    }

    // ---- whoever copies

    /**
     * Copies what the engine has and the copy has not, up to what its head was meanwhile. Under the lock.
     *
     * @param stops whether to leave it half done
     * @return whether it was not left half done
     */
    boolean pull(BooleanSupplier stops) throws IOException {
        boolean copied = false;
        boolean more = true;
        long beganNs = nanos.getAsLong();
        try {
            while (more && !stops.getAsBoolean()) {
                long head = copy.range().head();
                Portion portion = engine.read(head, READ_BYTES);
                seen = portion.head();
                compare(portion, head);
                mirror.newestEpoch(portion.epoch());
                copied |= relay.read(portion.head(), portion.relayed());
                for (Stored batch : portion.batches()) {
                    copy(batch);
                    copied = true;
                }
                more = copy.range().head() < portion.head();
                report.copied(nanos.getAsLong() - beganNs, copy.range().head(), portion.head());
            }
            if (!more) {
                pulledNs = beganNs;
                here();
            }
            return !more;
        } finally {
            if (copied) {
                foreign.run();
            }
        }
    }

    /**
     * The first pull, before anybody has the log.
     *
     * @param stops whether to leave it
     * @return false when the copy does not fit; {@link #away()} tells why
     * @throws IOException when the engine cannot be asked
     */
    boolean catchUpFirst(BooleanSupplier stops) throws IOException {
        lock.lock();
        try {
            pull(stops);
        } catch (LogAway e) {
            if (over == null) {
                throw e;
            }
        } finally {
            lock.unlock();
        }
        if (over == null && stops.getAsBoolean()) {
            throw new IOException("the hub ends");
        }
        return over == null;
    }

    private void compare(Portion portion, long head) throws IOException {
        if (portion.head() < head) {
            throw over("this node has copied events up to position " + head + ", but the engine ends at "
                + portion.head());
        }
        if (portion.epoch() < run.epoch()) {
            throw over("the engine has lost the start of this node, and would give its number to another one");
        }
        Stored at = portion.at();
        if (head < portion.first() - 1) {
            throw over("the engine begins at position " + portion.first() + ", and this node has copied events only up"
                + " to " + head);
        }
        if (comparable && (at == null || at.last() != head || at.nonce() != copy.range().headNonce())) {
            throw over("at position " + head + " the engine has another event than this node has copied");
        }
    }

    private void copy(Stored batch) throws IOException {
        if (batch.format() > LogMirror.FORMAT) {
            throw new IOException("another node has written events in format " + batch.format() + ", and this version"
                + " reads " + LogMirror.FORMAT + ": it must be upgraded, too");
        }
        if (batch.base() != copy.range().head() + 1) {
            throw over("behind position " + copy.range().head() + " the engine continues at " + batch.base());
        }
        copy.copy(new LogCommit(batch.base(), batch.epoch(), batch.nonce(), batch.timeMs(),
            LogMirror.decode(batch.body(), batch.count())));
        comparable = true;
    }

    /** The engine and this copy have nothing to say to each other any more. */
    private LogAway over(String what) {
        if (over == null) {
            LOG.error("The copy of the shared log ends: {}. It is made anew, and clients are told by their cursors what"
                + " that means for them", what);
        }
        over = what;
        return new LogAway(what, false, null);
    }

    @Override
    public boolean isOver() {
        return over != null;
    }

    /** The disk has lost of the copy what the engine still has: no reader need hear of a gap. */
    private IOException damaged(IOException found) {
        return over("the copy at this node is damaged");
    }

    /** The engine could not be asked. */
    private LogAway away(IOException e) {
        LogAway told = e instanceof LogAway known ? known : new LogAway(e.getMessage(), false, e);
        if (trouble == null) {
            troubleNs = nanos.getAsLong();
            if (!closed) {
                LOG.warn("The shared log cannot be followed: {}. Streams stay; nothing is published until it can",
                    e.getMessage());
            }
        }
        String what = e instanceof LogFailure ? e.getMessage() : "the engine is away: " + e.getMessage();
        trouble = new LogFailure(what, false, e);
        return told;
    }

    private void here() {
        failures = 0;
        if (trouble != null) {
            trouble = null;
            LOG.info("The shared log is followed again, up to position {}", copy.range().head());
        }
    }

    @Override
    public boolean isCopy() {
        return true;
    }

    @Override
    public boolean catchUp() throws IOException {
        refuseIfUseless();
        CopyWait barrier = new CopyWait(nanos);
        barrier.enter(lock);
        try {
            refuseIfUseless(); // somebody else may have found out while this thread waited
            if (!barrier.isOlderThan(pulledNs) && !pull(() -> closed || barrier.isLate())) {
                throw barrier.late();
            }
            return true;
        } catch (LogAway e) {
            throw e;
        } catch (IOException e) {
            throw away(e);
        } finally {
            lock.unlock();
        }
    }

    /** The thread: copies, then waits for something new; while the engine is away it tries again and again. */
    private void copyOn() {
        LastingLoop.run(LOG, "A round of {} failed and is made again", thread.getName(), () -> {
            if (closed || over != null) {
                return false;
            }
            try {
                round();
            } catch (IOException e) {
                pause(e);
            }
            return true;
        });
    }

    private void round() throws IOException {
        lock.lock();
        try {
            pull(() -> closed);
            long nowNs = nanos.getAsLong();
            if (nowNs - trimmedNs >= TimeUnit.MILLISECONDS.toNanos(TRIM_MS)) {
                trimmedNs = nowNs;
                trim();
            }
        } finally {
            lock.unlock();
        }
        notes.read();
        engine.await(POLL_MS);
    }

    /** What is too old or too much for this node goes from the engine; other nodes do the same. */
    private void trim() {
        try {
            engine.trim(settings.get(SettingsTable.LOG_RETAIN_BYTES), settings.get(SettingsTable.LOG_RETAIN_EVENTS),
                clock.millis() - settings.get(SettingsTable.LOG_RETAIN_AGE).toMillis());
        } catch (IOException e) {
            LOG.warn("The engine was not trimmed, and is asked again later: {}", e.getMessage());
        }
    }

    /** What this node and the others tell each other. */
    NodeNotes notes() {
        return notes;
    }

    /** Of this node's run. */
    int epoch() {
        return run.epoch();
    }

    @Override
    public TransientRelay relay() {
        return relay.isCarried() ? relay : null;
    }

    /** Why the engine cannot be asked; null when it can. */
    String away() {
        LogFailure now = trouble;
        return over != null ? over : now == null ? null : now.getMessage();
    }

    /** Longer each time, up to a second, and never for the same time: nodes must not come back all at once. */
    private void pause(IOException e) {
        lock.lock();
        try {
            if (closed || over != null) {
                return;
            }
            away(e);
            long most = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS << Math.min(4, failures++));
            long left = TimeUnit.MILLISECONDS.toNanos(random.nextLong(most / 2, most + 1));
            while (left > 0 && !closed) {
                left = awake.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            LOG.debug("an interrupt of {} is ignored", thread.getName()); // only close() ends it
        } finally {
            lock.unlock();
        }
    }

    /** Why streams should be served by other nodes: the engine is away for long, or this node far behind; else null. */
    String whyNotReady() {
        LogFailure now = trouble;
        return now == null ? LagReport.whyLate(lag(), GRACE_NS)
            : nanos.getAsLong() - troubleNs > GRACE_NS ? now.getMessage() : null;
    }

    // ---- everybody, from the copy

    @Override
    public LogChunk read(long after, long upTo, View view, int bytesMax, LogWork work) throws IOException {
        return copy.read(after, upTo, view, bytesMax, work);
    }

    @Override
    public LogFinder find(LogWork work) {
        return copy.find(work);
    }

    @Override
    public boolean hasMarks() {
        return copy.hasMarks();
    }

    @Override
    public boolean mayBeMarked(String topic) {
        return copy.mayBeMarked(topic);
    }

    /** The range of the copy; its failure is the engine's while that is away. */
    @Override
    public LogRange range() {
        LogRange range = copy.range();
        LogFailure now = trouble;
        return now == null ? range : new LogRange(range.epoch(), range.first(), range.head(), range.headNonce(),
            range.bytesAppended(), now);
    }

    @Override
    public LogSize size() {
        return copy.size();
    }

    @Override
    public LogLag lag() {
        long ms = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - pulledNs);
        return new LogLag(Math.max(0, seen - copy.range().head()), Math.max(0, ms));
    }

    @Override
    public IdSeal seal() {
        return copy.seal();
    }

    @Override
    public void age() {
        copy.age();
    }

    @Override
    public void close() {
        leases.close();
        notes.leave();
        closed = true;
        engine.close(); // a call that waits for the network ends
        if (drain != null) {
            drain.close();
        }
        lock.lock();
        try {
            awake.signalAll();
        } finally {
            lock.unlock();
        }
        LastingLoop.awaitEnd(thread, JOIN_MS); // the files must be closed before the folder is free
        notes.close();
        copy.close();
    }
}
