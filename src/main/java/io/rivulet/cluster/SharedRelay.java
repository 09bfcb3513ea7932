package io.rivulet.cluster;

import io.rivulet.cluster.ClusterEngine.Relay;
import io.rivulet.cluster.ClusterEngine.RelayHead;
import io.rivulet.cluster.ClusterEngine.Relayed;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.event.Position;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogMoved;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TransientRelay;
import io.rivulet.log.segment.LogMirror;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transient events of all nodes at one engine, as one node sees them. {@link SharedLog} makes it and reads by it,
 * each time that it has read on in the log; the committer relays and takes what has come.
 *
 * <p>The hard thing is one order of both, without a disk for the transient ones. The engine takes a batch at a head of
 * its log, and there it belongs. Whoever has read the log up to a head, and then all that was relayed, misses nothing
 * that belongs before that head. So this node reads what was relayed after it has read durable events and before it
 * copies them, and the committer shows none of those before what belongs there.
 *
 * <p>What is lost (a crash of the engine, a node that stood still for longer than the engine keeps) is found by the
 * numbers, and takes its place in the order as a batch without events.
 */
final class SharedRelay implements TransientRelay {

    private static final Logger LOG = LoggerFactory.getLogger(SharedRelay.class);
    private static final int READ_BYTES = 1 << 20;
    /** Beyond that those that wait for the committer are lost to this node. */
    private static final long WAITING_BYTES_MAX = 16 << 20;
    private static final int BATCH_BYTES = 256;

    /** Something that asks the engine. */
    interface Call {
        void run() throws IOException;
    }

    /**
     * The log beside it.
     *
     * @param refuse throws where the engine cannot be asked, or the log is over
     * @param pull   reads what is new in the log and what was relayed
     * @param away   is told that the engine could not be asked, and says what publishers hear of it
     * @param copied the range of the copy
     */
    record Log(Call refuse, Call pull, Function<IOException, LogAway> away, Supplier<LogRange> copied) {
        LogRange range() {
            return copied.get();
        }
    }

    private final ClusterEngine engine;
    private final Run run;
    private final Log log;
    private final InstantSource clock;
    private final SplittableRandom random;
    /** Held by who calls the engine and by who copies. */
    private final ReentrantLock lock;

    /** Under the lock: whether the engine carries any; what was read last; whether a hub takes it. */
    private boolean isCarried = true;
    private boolean isKnown;
    private long life;
    private long after;
    private int nonce = -1;
    private boolean begun;
    private long number;
    /** The newest that no hub gets: what came before it began. */
    private long passedAt;
    private long passedCount;

    /** What the committer has not taken yet; guarded by itself. */
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;

    private record Waiting(Batch batch, int bytes) {
    }

    SharedRelay(ClusterEngine engine, Run run, Log log, InstantSource clock, SplittableRandom random,
                ReentrantLock lock) {
        this.engine = engine;
        this.run = run;
        this.log = log;
        this.clock = clock;
        this.random = random;
        this.lock = lock;
    }

    /** Whether the engine carries any: known once the log has been read. */
    boolean isCarried() {
        return isCarried;
    }

    /**
     * Reads what is new, after the log was read and before that is copied. Under the lock.
     *
     * @param head what the log was read up to
     * @param told what the engine said with that about what was relayed; null for nothing
     * @return whether there is something for the committer
     */
    boolean read(long head, RelayHead told) throws IOException {
        if (isKnown && told != null && told.life() == life && told.number() == after
            && (told.nonce() == nonce || nonce < 0)) {
            return false;
        }
        return read(head);
    }

    private boolean read(long head) throws IOException {
        boolean some = false;
        for (boolean more = isCarried; more; ) {
            Relay told = engine.relayed(life, after, nonce, READ_BYTES);
            if (told == null) {
                isCarried = false;
                return false;
            }
            if (!isKnown) { // what was relayed before is nothing to this node
                isKnown = true;
                life = told.life();
                after = told.head();
                passed(told.at(), told.count());
                return false;
            }
            long before = after;
            if (told.life() != life || told.head() < after || told.first() > after + 1) {
                some |= began(told, head);
            }
            for (Relayed batch : told.batches()) {
                if (batch.number() == after + 1) {
                    take(batch, null);
                    some = true;
                }
            }
            more = after < told.head() && after != before;
        }
        return some;
    }

    private void passed(long position, long events) {
        passedAt = position;
        passedCount = events;
    }

    /** The engine has other batches than those behind the last one: its first ones ever, or some are lost. */
    private boolean began(Relay told, long head) {
        boolean isFirst = life == 0 && told.first() == 1;
        long now = told.life();
        long before = told.first() - 1;
        if (!isFirst) {
            LOG.warn("Transient events of other nodes may be lost: the engine has lost them, or this node was too slow."
                + " Streams that ask for such topics come back and are told");
            lost(now, before, told.batches().isEmpty() ? head : told.batches().get(0).at());
        }
        life = now; // last: what fails before is found once more
        after = before;
        nonce = -1;
        return !isFirst;
    }

    /** Something is lost that belongs there, up to this batch. */
    private void lost(long ofLife, long upTo, long at) {
        add(new Batch(ofLife, upTo, at, 0, clock.millis(), List.of()), 0);
    }

    /**
     * The next batch; {@code known} are its events where it is this node's own, else null. It counts as read once it
     * waits for the committer, and nothing between that could fail: it would be missed, or taken twice.
     */
    private void take(Relayed batch, List<LogRecord> known) {
        long next = batch.number();
        int of = batch.nonce();
        keep(batch, known);
        after = next;
        nonce = of;
    }

    private void keep(Relayed batch, List<LogRecord> known) {
        if (!begun && batch.at() <= log.range().head()) {
            passed(batch.at(), batch.before() + batch.count()); // nobody has been told of a place before it
            return;
        }
        int bytes = batch.body() == null ? 0 : batch.body().length;
        long waits = waitingBytes();
        if (waits + bytes > WAITING_BYTES_MAX) {
            LOG.warn("Transient events are lost: {} bytes of them wait for the streams of this node", waits);
            synchronized (waiting) {
                waiting.clear();
                waitingBytes = 0;
            }
            lost(life, batch.number(), batch.at());
            return;
        }
        try {
            if (known == null && batch.format() > LogMirror.FORMAT) {
                throw new LogCorrupt("they are in format " + batch.format() + ", and this version reads "
                    + LogMirror.FORMAT + ": it must be upgraded, too");
            }
            add(new Batch(life, batch.number(), batch.at(), batch.before(), batch.timeMs(),
                known != null ? known : LogMirror.decode(batch.body(), batch.count())), bytes);
        } catch (LogCorrupt e) {
            LOG.warn("Transient events of node {} cannot be read: {}", batch.epoch(), e.getMessage());
            lost(life, batch.number(), batch.at());
        }
    }

    private long waitingBytes() {
        synchronized (waiting) {
            return waitingBytes;
        }
    }

    private void add(Batch batch, int bytes) {
        Waiting last = new Waiting(batch, bytes + BATCH_BYTES);
        synchronized (waiting) {
            waiting.add(last);
            waitingBytes += bytes + BATCH_BYTES;
        }
    }

    @Override
    public Start begin() {
        lock.lock();
        try {
            LogRange range = log.range();
            long head = range.head();
            begun = true;
            synchronized (waiting) {
                while (!waiting.isEmpty() && waiting.peek().batch().at() <= head) {
                    Batch batch = poll(head);
                    passed(batch.at(), batch.before() + batch.records().size());
                }
                if (passedAt > head) {
                    waiting.addFirst(new Waiting(new Batch(life, 0, passedAt, 0, clock.millis(), List.of()), 0));
                }
            }
            return new Start(range, passedAt == head ? Position.ofShared(head, passedCount) : Position.ofDurable(head),
                life);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long publish(List<LogRecord> group, long compared) throws IOException {
        log.refuse().run();
        byte[] body = LogMirror.encode(group);
        lock.lock();
        try {
            log.refuse().run(); // somebody else may have found out while this thread waited
            ClusterEngine.Batch batch = new ClusterEngine.Batch(run.epoch(), ++number, random.nextInt(1 << 24),
                clock.millis(), group.size(), LogMirror.FORMAT, body);
            Relay answer = relay(batch, compared);
            if (answer == null) {
                throw new IOException("the engine carries no transient events");
            }
            if (answer.batches().isEmpty()) {
                log.pull().run();
                throw new LogMoved(after);
            }
            Relayed taken = answer.batches().get(0);
            boolean isNext = answer.life() == life || life == 0 && taken.number() == 1;
            if (isKnown && isNext && taken.number() == after + 1 && taken.at() <= log.range().head()) {
                life = answer.life();
                take(taken, group); // nobody came between: there is nothing to read
            } else {
                pullTaken();
            }
            return taken.number();
        } catch (LogMoved e) {
            throw e;
        } catch (IOException e) {
            throw log.away().apply(e);
        } finally {
            lock.unlock();
        }
    }

    private Relay relay(ClusterEngine.Batch batch, long compared) throws IOException {
        try {
            return engine.relay(batch, compared);
        } catch (LogAway e) {
            throw e;
        } catch (IOException e) {
            throw new LogAway(e.getMessage(), true, e);
        }
    }

    private void pullTaken() throws LogAway {
        try {
            log.pull().run();
        } catch (IOException e) {
            throw new LogAway(e.getMessage(), true, e);
        }
    }

    @Override
    public Batch poll(long durable) {
        synchronized (waiting) {
            Waiting next = waiting.peek();
            if (next == null || next.batch().at() > durable) {
                return null;
            }
            Batch batch = next.batch();
            int bytes = next.bytes();
            waiting.poll(); // from here on nothing fails: else it would be missed
            waitingBytes -= bytes;
            return batch;
        }
    }
}
