package io.rivulet.cluster;

import io.rivulet.log.LogAway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An engine in memory: what it keeps is a {@link Store}, which nodes share and tests break. */
final class MemoryEngine implements ClusterEngine {

    private final Store store;
    private Outbox outbox;
    private volatile boolean closed;
    private boolean stands;

    MemoryEngine(Store store) {
        this.store = store;
    }

    MemoryEngine with(Outbox some) {
        outbox = some;
        return this;
    }

    @Override
    public Outbox outbox(int epoch, int eventsMax) {
        return outbox;
    }

    /** What the engine of several nodes holds; guarded by itself. */
    static final class Store {

        private long storeId = 7;
        private byte[] key = new byte[16];
        private int epoch;
        private long first = 1;
        private long timeMs;
        private long bytes;
        private List<Stored> batches = new ArrayList<>();
        private final Map<Integer, Long> numbers = new HashMap<>();
        private final Map<Integer, Stored> newest = new HashMap<>();
        private final List<Note> notes = new ArrayList<>();
        private final List<Relayed> relayed = new ArrayList<>();
        private long relayLife;
        private long lives;
        private long relayedHead;
        private long relayedAt;
        private long relayedCount;
        private long life = 1;
        private long noted;
        private boolean away;
        private int answersLost;
        private int reads;
        private Runnable beforeAppend = () -> { };

        /** What a copy of the engine would bring back. */
        record Backup(int epoch, long first, long timeMs, List<Stored> batches, Map<Integer, Long> numbers) {
        }

        synchronized long head() {
            return batches.isEmpty() ? first - 1 : batches.get(batches.size() - 1).last();
        }

        synchronized int reads() {
            return reads;
        }

        /** No call gets an answer, nor is done. */
        synchronized void away(boolean is) {
            away = is;
            notifyAll();
        }

        /** So many appends are done, and their answers are lost with the connection. */
        synchronized void loseAnswers(int next) {
            answersLost = next;
        }

        /** Runs once, when the next append has arrived and before it is done. */
        synchronized void beforeNextAppend(Runnable hook) {
            beforeAppend = () -> {
                beforeAppend = () -> { };
                hook.run();
            };
        }

        synchronized Backup backup() {
            return new Backup(epoch, first, timeMs, new ArrayList<>(batches), new HashMap<>(numbers));
        }

        synchronized void restore(Backup from) {
            epoch = from.epoch();
            first = from.first();
            timeMs = from.timeMs();
            batches = new ArrayList<>(from.batches());
            numbers.clear();
            numbers.putAll(from.numbers());
            notifyAll();
        }

        /** Somebody has emptied it: it is another log. */
        synchronized void empty() {
            restore(new Backup(0, 1, 0, List.of(), Map.of()));
            storeId++;
            key = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, (byte) storeId};
        }

        synchronized boolean isAway() {
            return away;
        }

        /** All that the notes say. */
        String told() {
            return String.join("", bodies());
        }

        /** The same, each by itself. */
        synchronized List<String> bodies() {
            return notes.stream().map(note -> new String(note.body(), StandardCharsets.UTF_8)).toList();
        }

        /** All notes are lost, as by a crash; {@code isKnown} tells whether their numbers go on. */
        synchronized void loseNotes(boolean isKnown) {
            notes.clear();
            if (!isKnown) {
                life++;
                noted = 0;
            }
        }

        /** What was relayed is lost, as by a crash. */
        synchronized void loseRelayed() {
            relayed.clear();
            relayLife = 0;
            relayedHead = 0;
            relayedAt = 0;
            relayedCount = 0;
            notifyAll();
        }

        /** So many of the newest batches are kept. */
        synchronized void keepRelayed(int most) {
            relayed.subList(0, Math.max(0, relayed.size() - most)).clear();
        }

        /** Null where the newest batch is gone. */
        private synchronized RelayHead relayHead() {
            return relayedHead == 0 ? new RelayHead(relayLife, 0, -1) : relayed.isEmpty() ? null
                : new RelayHead(relayLife, relayedHead, relayed.get(relayed.size() - 1).nonce());
        }

        synchronized long relayedHead() {
            return relayedHead;
        }

        /** Removes the oldest batches up to this position. */
        synchronized void trimTo(long position) {
            batches.removeIf(batch -> batch.last() <= position);
            first = position + 1;
        }

        /** Another version of the hub appends something. */
        synchronized void appendInFormat(int format) {
            batches.add(new Stored(head() + 1, 1, 1, 1, timeMs, format, new byte[] {1}));
            notifyAll();
        }
    }

    /** The node at this engine stands still, or goes on. */
    void stands(boolean still) {
        synchronized (store) {
            stands = still;
        }
    }

    private void refuse() throws IOException {
        if (closed || stands || store.away) {
            throw new IOException(closed ? "closed" : "nobody answers");
        }
    }

    @Override
    public void check() throws IOException {
        synchronized (store) {
            refuse();
        }
    }

    @Override
    public Run begin(String node, int epochAtLeast) throws IOException {
        synchronized (store) {
            refuse();
            store.epoch = Math.max(store.epoch, epochAtLeast) + 1;
            store.numbers.put(store.epoch, 0L);
            return new Run(store.epoch, store.storeId, store.key, store.first);
        }
    }

    @Override
    public Appended append(Batch batch, long expected) throws IOException {
        Runnable before;
        synchronized (store) {
            before = store.beforeAppend;
        }
        before.run();
        for (int tries = 1; ; tries++) {
            try {
                return appendOnce(batch, expected);
            } catch (IOException e) {
                if (tries == 1 && e instanceof LogAway) {
                    throw e; // nothing was sent
                }
                if (tries > 1) {
                    throw new LogAway(e.getMessage(), true, e);
                }
            }
        }
    }

    private Appended appendOnce(Batch batch, long expected) throws IOException {
        synchronized (store) {
            if (closed || store.away) {
                throw new LogAway("nobody answers", false, null);
            }
            Appended answer = done(batch, expected);
            if (store.answersLost > 0) {
                store.answersLost--;
                throw new IOException("the answer is lost");
            }
            return answer;
        }
    }

    private Appended done(Batch batch, long expected) {
        Long number = store.numbers.get(batch.epoch());
        if (number == null || number > batch.number()) {
            return new Appended(Outcome.LOST, 0, 0, -1);
        }
        if (number == batch.number()) {
            Stored had = store.newest.get(batch.epoch());
            return new Appended(Outcome.APPENDED, had.base(), had.timeMs(), -1, store.relayHead());
        }
        if (expected >= 0 && expected != store.head()) {
            return new Appended(Outcome.MOVED, 0, 0, -1);
        }
        int before = store.batches.isEmpty() ? -1 : store.batches.get(store.batches.size() - 1).nonce();
        store.timeMs = Math.max(store.timeMs, batch.timeMs());
        store.bytes += batch.body().length;
        Stored stored = new Stored(store.head() + 1, batch.count(), batch.epoch(), batch.nonce(), store.timeMs,
            batch.format(), batch.body());
        store.batches.add(stored);
        store.numbers.put(batch.epoch(), batch.number());
        store.newest.put(batch.epoch(), stored);
        store.notifyAll();
        return new Appended(Outcome.APPENDED, stored.base(), stored.timeMs(), before, store.relayHead());
    }

    @Override
    public Portion read(long after, int bytesMax) throws IOException {
        synchronized (store) {
            refuse();
            store.reads++;
            Stored at = null;
            List<Stored> behind = new ArrayList<>();
            int bytes = 0;
            for (Stored batch : store.batches) {
                if (batch.base() <= after) {
                    at = batch;
                } else if (bytes < bytesMax) {
                    behind.add(batch);
                    bytes += batch.body().length;
                }
            }
            return new Portion(store.first, store.head(), store.epoch, at, behind, store.relayHead());
        }
    }

    @Override
    public void tell(int epoch, byte[] note) throws IOException {
        synchronized (store) {
            refuse();
            store.notes.add(new Note(++store.noted, epoch, note));
            store.notifyAll();
        }
    }

    @Override
    public Notes notes(long after, int bytesMax) throws IOException {
        synchronized (store) {
            refuse();
            return new Notes(store.life, store.notes.isEmpty() ? store.noted + 1 : store.notes.get(0).number(),
                store.noted, store.notes.stream().filter(note -> note.number() > after).limit(3).toList());
        }
    }

    @Override
    public Relay relay(Batch batch, long expected) throws IOException {
        synchronized (store) {
            refuse();
            if (expected >= 0 && expected != store.relayedHead) {
                return new Relay(store.relayLife, 0, store.relayedHead, 0, 0, List.of());
            }
            store.relayLife = store.relayLife == 0 ? ++store.lives : store.relayLife;
            store.relayedCount = store.relayedAt == store.head() ? store.relayedCount : 0;
            store.relayedAt = store.head();
            Relayed made = new Relayed(++store.relayedHead, batch.nonce(), batch.epoch(), store.relayedAt,
                store.relayedCount, batch.count(), batch.timeMs(), batch.format(), batch.body());
            store.relayedCount += batch.count();
            store.relayed.add(made);
            store.notifyAll();
            return new Relay(store.relayLife, 0, store.relayedHead, 0, 0, List.of(made));
        }
    }

    @Override
    public Relay relayed(long life, long after, int nonce, int bytesMax) throws IOException {
        synchronized (store) {
            refuse();
            return new Relay(store.relayLife,
                store.relayed.isEmpty() ? store.relayedHead + 1 : store.relayed.get(0).number(), store.relayedHead,
                store.relayedAt, store.relayedCount,
                store.relayed.stream().filter(one -> one.number() > after).limit(3).toList());
        }
    }

    @Override
    public void await(long ms) throws IOException {
        synchronized (store) {
            refuse();
            try {
                store.wait(ms);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    @Override
    public Run look() throws IOException {
        synchronized (store) {
            refuse();
            return store.epoch == 0 ? null : new Run(store.epoch, store.storeId, store.key, store.first);
        }
    }

    @Override
    public Load load(Run log) throws IOException {
        if (look() != null) {
            throw new EngineRefused("there is a log already", null);
        }
        List<Stored> added = new ArrayList<>();
        return new Load() {
            @Override
            public void add(Stored batch) {
                added.add(batch);
            }

            @Override
            public void commit() {
                synchronized (store) {
                    store.restore(new Store.Backup(log.epoch(), log.first(), added.get(added.size() - 1).timeMs(),
                        added, Map.of()));
                    store.storeId = log.storeId();
                    store.key = log.key();
                }
            }

            @Override
            public void close() {
                added.clear();
            }
        };
    }

    @Override
    public void trim(long bytesMax, long eventsMax, long oldestMs) {
        // tests trim by themselves
    }

    @Override
    public void close() {
        closed = true;
        synchronized (store) {
            store.notifyAll();
        }
    }
}
