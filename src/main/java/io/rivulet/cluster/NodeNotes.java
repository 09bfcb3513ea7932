package io.rivulet.cluster;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.cluster.ClusterEngine.Note;
import io.rivulet.cluster.ClusterEngine.Notes;
import io.rivulet.event.Nodes;
import io.rivulet.refusal.LastingLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the nodes tell each other at one engine, from the opening of the shared log to its end: that they run, and what
 * the {@link Nodes.Part parts} of the hub have to say. A thread, {@code rivulet-notes}, tells; the thread that copies
 * the log reads.
 *
 * <p>Notes are no events. They have an order of their own in the engine, are kept for a minute or so, and are never in
 * the history: a node that tells each 3 s that it runs must not push out what somebody has published.
 *
 * <p>Whatever a node tells, it says with it who it is. So nobody knows a node whose name it does not know.
 *
 * <p>The hard thing is that notes may be lost, and that a node may come late. Whoever finds a hole, or begins, asks all
 * to tell everything again. A node that is heard and not known, since it stood still for longer than its lease, is
 * asked as well. A node that has said nothing for its lease is gone, with all that it has told. That time runs only
 * while the engine can be asked: else each node would think that it is alone.
 */
final class NodeNotes implements AutoCloseable {

    /** A node that has said nothing for so long is gone. */
    static final long LEASE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long BEAT_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long NOW_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** While nothing was read for so long, nothing was heard either. */
    private static final long DEAF_NS = TimeUnit.SECONDS.toNanos(5);
    /** Of notes that are sent together. */
    private static final int BODY_BYTES = 64 << 10;
    private static final int READ_BYTES = 1 << 20;
    /** Beyond that all is told again, once the engine takes it. */
    private static final long WAITING_BYTES_MAX = 4 << 20;
    private static final long JOIN_MS = 10_000;
    private static final long LEAVE_MS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(NodeNotes.class);

    private static final String KIND = "kind";
    /** Kinds of its own. */
    private static final String BEAT = "beat";
    private static final String AGAIN = "again";
    private static final String GONE = "gone";

    private final ClusterEngine engine;
    private final int self;
    /** Held by who calls the engine. */
    private final ReentrantLock calls;
    private final Map<String, Nodes.Part> parts;
    private final LongSupplier copied;
    private final BooleanSupplier away;
    private final Consumer<JsonObject> about;
    private final String name;
    private final long beganMs;
    private final LongSupplier nanos;
    private final Thread thread = new Thread(null, this::tellOn, "rivulet-notes", 0, false);

    /** Guards what waits; held for work on a list. */
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition awake = lock.newCondition();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private long waitingBytes;
    /** Of notes: so many were given to this, are being told or were, and were taken by the engine. */
    private long given;
    private long going;
    private long taken;
    private final Condition told = lock.newCondition();
    /** Whether all of it is to be told, and the others asked to do the same. */
    private boolean all;
    private boolean again;
    private boolean beatNow = true;
    private volatile boolean closed;

    /** Of the thread that tells: what is being told of all, part by part; and what has not been taken yet. */
    private final Deque<Iterator<byte[]>> telling = new ArrayDeque<>();
    private byte[] body;
    private long beatNs;

    /** Of the thread that reads. */
    private long life = -1;
    private long after;
    private long readNs;
    /** Whether an error made this node miss a note; and when the others were asked for that. */
    private boolean missed;
    private long missedNs;
    private final Map<Integer, Heard> others = new TreeMap<>();
    private volatile List<Heard> shown = List.of();

    /**
     * Another node.
     *
     * @param run     its number
     * @param beganMs when that began
     * @param copied  it has all events up to this position
     * @param about   what else it tells of itself
     * @param heardNs when it was heard last
     */
    record Heard(int run, String name, long beganMs, long copied, JsonObject about, long heardNs) {
        Heard now(long nowNs) {
            return new Heard(run, name, beganMs, copied, about, nowNs);
        }
    }

    /**
     * Notes of this node, at this engine.
     *
     * @param calls  is held while the engine is asked
     * @param copied how far this node has copied the log
     * @param away   whether the engine cannot be asked now
     * @param about  adds what else it tells of itself
     */
    NodeNotes(ClusterEngine engine, int self, ReentrantLock calls, Map<String, Nodes.Part> parts, LongSupplier copied,
              BooleanSupplier away, Consumer<JsonObject> about, String name, long beganMs, LongSupplier nanos) {
        this.engine = engine;
        this.self = self;
        this.calls = calls;
        this.parts = parts;
        this.copied = copied;
        this.away = away;
        this.about = about;
        this.name = name;
        this.beganMs = beganMs;
        this.nanos = nanos;
        readNs = nanos.getAsLong();
        missedNs = readNs;
        thread.setDaemon(true);
    }

    /** The name of this node, for those who look at several. */
    static String node() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown"; // and its run tells it from the others
        }
    }

    /** Begins. Once. */
    void start() {
        thread.start();
    }

    /** The other nodes, as far as this one has heard of them. */
    List<Heard> others() {
        return shown;
    }

    long beganMs() {
        return beganMs;
    }

    String name() {
        return name;
    }

    // ---- any thread

    /** Tells all other nodes. */
    void tell(String kind, JsonObject note) {
        byte[] line = line(kind, note);
        lock.lock();
        try {
            given++;
            if (waitingBytes + line.length > WAITING_BYTES_MAX) {
                going += waiting.size() + 1;
                waiting.clear();
                waitingBytes = 0;
                all = true; // and this is a part of it
            } else {
                waiting.add(line);
                waitingBytes += line.length;
            }
            awake.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The same, and waits until the engine has it, but not for long: a node that dies then has told it. */
    void tellNow(String kind, JsonObject note) {
        lock.lock();
        try {
            tell(kind, note);
            long upTo = given;
            for (long leftNs = NOW_NS; taken < upTo && leftNs > 0 && !closed; ) {
                leftNs = told.awaitNanos(leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private static byte[] line(String kind, JsonObject note) {
        note.addProperty(KIND, kind);
        return (note + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The others are to tell all of it, and this one does, since they do not know more of it either. */
    private void askAll() {
        lock.lock();
        try {
            again = true;
        } finally {
            lock.unlock();
        }
        tellAll();
    }

    private void tellAll() {
        lock.lock();
        try {
            all = true;
            beatNow = true;
            awake.signal();
        } finally {
            lock.unlock();
        }
    }

    // ---- the thread that tells

    private void tellOn() {
        LastingLoop.run(LOG, "A round of {} failed and is made again", thread.getName(), () -> {
            if (!closed) {
                round();
            }
            return !closed;
        });
    }

    private void round() {
        if (away.getAsBoolean()) {
            pause(AGAIN_NS); // whoever copies looks whether it is back
            return;
        }
        if (body == null) {
            body = next();
        }
        if (body == null) {
            pause(Math.max(1, beatNs + BEAT_NS - nanos.getAsLong()));
            return;
        }
        try {
            calls.lock();
            try {
                if (closed) {
                    return; // it has said that it goes: behind that it would be there again
                }
                engine.tell(self, body);
                body = null;
            } finally {
                calls.unlock();
            }
            hasTold();
        } catch (IOException e) {
            LOG.debug("the other nodes are not told yet", e); // whoever copies the log warns
            pause(AGAIN_NS);
        }
    }

    private void hasTold() {
        lock.lock();
        try {
            taken = going;
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What is to be told next, many notes together, and who tells it; null for nothing. Where an error comes all is
     * told again.
     */
    private byte[] next() {
        boolean isWhole = false;
        try {
            byte[] next = together();
            isWhole = true;
            return next;
        } finally {
            if (!isWhole) {
                lock.lock();
                all = true;
                again = true;
                beatNow = true;
                lock.unlock();
            }
        }
    }

    private byte[] together() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean anew;
        lock.lock();
        try {
            anew = all;
            all = false;
            if (again) {
                out.writeBytes(line(AGAIN, new JsonObject()));
                again = false;
            }
            while (!waiting.isEmpty() && out.size() < BODY_BYTES) {
                byte[] line = waiting.poll();
                waitingBytes -= line.length;
                going++;
                out.writeBytes(line);
            }
            if (out.size() > 0 || anew || !telling.isEmpty() || beatNow || nanos.getAsLong() - beatNs >= BEAT_NS) {
                beatNow = false;
                beatNs = nanos.getAsLong();
                out.writeBytes(line(BEAT, beat()));
            }
        } finally {
            lock.unlock();
        }
        if (anew) { // without the lock, which a part may wait for while it holds its own
            telling.clear();
            parts.forEach((kind, part) -> telling.add(lines(kind, part.all())));
        }
        while (!telling.isEmpty() && out.size() < BODY_BYTES) {
            if (telling.peek().hasNext()) {
                out.writeBytes(telling.peek().next());
            } else {
                telling.poll();
            }
        }
        return out.size() == 0 ? null : out.toByteArray();
    }

    private static Iterator<byte[]> lines(String kind, Iterator<JsonObject> notes) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return notes.hasNext();
            }

            @Override
            public byte[] next() {
                return line(kind, notes.next());
            }
        };
    }

    private JsonObject beat() {
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        json.addProperty("began", beganMs);
        json.addProperty("copied", copied.getAsLong());
        JsonObject more = new JsonObject();
        about.accept(more);
        json.add("about", more);
        return json;
    }

    /** Until there is something to tell, or this time is over; where there is something that could not be told. */
    private void pause(long ns) {
        lock.lock();
        try {
            boolean stands = body != null || away.getAsBoolean();
            if (!closed && (stands || waiting.isEmpty() && !all && !beatNow && telling.isEmpty())) {
                awake.awaitNanos(ns);
            }
        } catch (InterruptedException e) {
            LOG.debug("an interrupt of {} is ignored", thread.getName()); // only close() ends it
        } finally {
            lock.unlock();
        }
    }

    // ---- the thread that copies the log

    /** Reads what nodes have told, and finds out who is gone. */
    void read() throws IOException {
        Notes read;
        do {
            calls.lock();
            try {
                read = engine.notes(after, READ_BYTES);
            } finally {
                calls.unlock();
            }
            if (read == null) {
                return; // this engine carries none
            }
            long nowNs = nanos.getAsLong();
            if (nowNs - readNs > DEAF_NS) { // the engine was away, and may have lost notes; or this node stood still
                others.replaceAll((run, one) -> one.now(nowNs));
                askAll();
            }
            readNs = nowNs;
            if (missed && nowNs - missedNs >= BEAT_NS) { // not each time: what is told again may fail as well
                askAll();
                missed = false;
                missedNs = nowNs;
            }
            if (read.life() != life || read.head() < after || read.first() > after + 1) {
                askAll(); // the first look, or a hole
                life = read.life();
                after = read.head();
                break;
            }
            for (Note note : read.notes()) {
                after = note.number();
                boolean isHeard = false;
                try {
                    if (note.epoch() != self) {
                        heard(note, nowNs);
                    }
                    isHeard = true;
                } finally {
                    missed |= !isHeard;
                }
            }
        } while (!read.notes().isEmpty() && after < read.head());
        expire();
        shown = List.copyOf(others.values());
    }

    private void heard(Note note, long nowNs) {
        for (String line : new String(note.body(), StandardCharsets.UTF_8).split("\n")) {
            try {
                JsonObject json = JsonParser.parseString(line).getAsJsonObject();
                heard(note.epoch(), json.get(KIND).getAsString(), json, nowNs);
            } catch (RuntimeException e) {
                LOG.warn("A note of node {} cannot be read: {}", note.epoch(), e.toString());
            }
        }
    }

    private void heard(int node, String kind, JsonObject json, long nowNs) {
        if (kind.equals(GONE)) {
            gone(node);
            return;
        }
        Heard known = others.get(node);
        if (known == null && !kind.equals(AGAIN)) {
            askAll(); // what it has told before is not known here, or was taken for gone
        }
        if (kind.equals(BEAT)) {
            known = new Heard(node, json.get("name").getAsString(), json.get("began").getAsLong(),
                json.get("copied").getAsLong(), json.getAsJsonObject("about"), nowNs);
        } else {
            known = known == null ? new Heard(node, "", 0, 0, new JsonObject(), nowNs) : known.now(nowNs);
        }
        others.put(node, known);
        Nodes.Part part = parts.get(kind);
        if (kind.equals(AGAIN)) {
            tellAll();
        } else if (part != null) { // else a later version tells more
            part.told(node, json);
        }
    }

    private void expire() {
        Collection<Heard> late = new ArrayList<>();
        long nowNs = nanos.getAsLong();
        others.values().stream().filter(one -> nowNs - one.heardNs() > LEASE_NS).forEach(late::add);
        late.forEach(one -> {
            LOG.info("Node {} (run {}) has said nothing for {} s and is gone", one.name(), one.run(),
                TimeUnit.NANOSECONDS.toSeconds(nowNs - one.heardNs()));
            gone(one.run());
        });
    }

    private void gone(int node) {
        if (others.remove(node) != null) {
            shown = List.copyOf(others.values()); // a part may ask who is left
            parts.values().forEach(part -> part.gone(node));
        }
    }

    // ---- the end

    /** Tells that this node goes, where that does not take long; before the engine is closed. */
    void leave() {
        closed = true;
        try {
            if (!away.getAsBoolean() && calls.tryLock(LEAVE_MS, TimeUnit.MILLISECONDS)) {
                try {
                    engine.tell(self, line(GONE, new JsonObject()));
                } finally {
                    calls.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the others find out within the lease
        } catch (IOException e) {
            LOG.debug("the other nodes find out by themselves that this one has gone", e);
        }
    }

    /** Ends the thread; the engine is closed by then. For the parts all other nodes are gone. Idempotent. */
    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            awake.signalAll();
            told.signalAll();
        } finally {
            lock.unlock();
        }
        LastingLoop.awaitEnd(thread, JOIN_MS);
        List.copyOf(others.keySet()).forEach(this::gone);
    }
}
