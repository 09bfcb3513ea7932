package io.rivulet.cluster;

import io.rivulet.cluster.KafkaRecord.Begun;
import io.rivulet.cluster.KafkaRecord.Events;
import io.rivulet.cluster.KafkaRecord.Kind;
import io.rivulet.cluster.KafkaState.Verdict;
import io.rivulet.cluster.KafkaTail.Taken;
import io.rivulet.cluster.kafka.KafkaClient;
import io.rivulet.cluster.kafka.KafkaClient.Watch;
import io.rivulet.cluster.kafka.KafkaClient.Writer;
import io.rivulet.cluster.kafka.KafkaJar;
import io.rivulet.event.IdSeal;
import io.rivulet.log.LogAway;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka as the ordered log: a topic of one partition, in which each batch of the nodes is a record. {@link SharedLog}
 * says on which threads.
 *
 * <p>Kafka cannot compare before it appends, so nothing is decided when a record is written. It is decided by whoever
 * reads: {@link KafkaState} has the rules, which all nodes apply to the same records in the same order. A node that has
 * appended reads its own record, and all before it, and so knows what became of it, and at which position. Where nobody
 * came between, as the offset tells, there is nothing to read.
 *
 * <p>The hard thing is an append of which nobody knows whether it was done. The client of Kafka sends it again, and the
 * broker takes each once; when that ends without an answer, the record may come later, or never. It is a batch with a
 * number then, which counts only before the next one of this run.
 */
final class KafkaEngine implements ClusterEngine {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaEngine.class);

    private static final int ANSWER_MS = 5_000;
    /** Newest records whose places are remembered: about 100 bytes each. */
    private static final int PLACES = 1 << 16;
    private static final int TRIES = 3;
    private static final long SEEN_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    /** Of an import, which compares with the record before only. */
    private static final int PLACES_LOADING = 16;

    private final KafkaAddress address;
    private final KafkaClient client;
    private final KafkaTopics topics;
    private final KafkaTail tail;
    private final KafkaNotes notes;
    private final SecureRandom random = new SecureRandom();
    private Writer writer;
    /** Of this run: in which life of the log it began, and how its newest append was answered. */
    private long life;
    private long number;
    private Appended answer;
    private boolean forbidden;
    private volatile Watch watch;
    private volatile boolean closed;

    /** An engine that has not connected yet, with a client of this jar. */
    KafkaEngine(String url, KafkaJar jar) throws EngineRefused {
        this(url, jar, ANSWER_MS);
    }

    /** The same with another limit for an answer: for tests. */
    KafkaEngine(String url, KafkaJar jar, int answerMs) throws EngineRefused {
        this(new KafkaAddress(url), jar, answerMs);
    }

    private KafkaEngine(KafkaAddress address, KafkaJar jar, int answerMs) throws EngineRefused {
        this(address, client(address, jar, answerMs), answerMs, PLACES);
    }

    /** At this client, which it closes. */
    KafkaEngine(KafkaAddress address, KafkaClient client, int answerMs, int placesMax) {
        this.address = address;
        this.client = client;
        topics = new KafkaTopics(client, address);
        tail = new KafkaTail(client, address.topic(), answerMs, placesMax);
        notes = new KafkaNotes(client, address.notes(), answerMs);
    }

    private static KafkaClient client(KafkaAddress address, KafkaJar jar, int answerMs) throws EngineRefused {
        try {
            return jar.open(address.brokers(), address.properties(), answerMs);
        } catch (KafkaClient.Refused e) {
            throw new EngineRefused(e.getMessage(), e);
        }
    }

    private interface Call<T> {
        T on() throws IOException;
    }

    private <T> T told(Call<T> call) throws IOException {
        if (closed) {
            throw new IOException("the engine is closed");
        }
        try {
            return call.on();
        } catch (KafkaClient.Refused e) {
            throw new EngineRefused(e.getMessage(), e);
        }
    }

    @Override
    public void check() throws IOException {
        told(() -> topics.check() ? tail.now() : null); // a later version may have written the newest record
    }

    @Override
    public Run begin(String node, int epochAtLeast) throws IOException {
        return told(() -> {
            topics.check();
            topics.make();
            for (int tries = 1; ; tries++) {
                KafkaState state = tail.now();
                if (state == null) {
                    makeLog();
                } else if (put(new KafkaRecord(Kind.RUN, state.life(), state.mark(),
                    new Begun(random.nextLong(), epochAtLeast, node))) == Verdict.COUNTS) {
                    state = tail.known();
                    life = state.life();
                    number = 0;
                    answer = null;
                    return new Run(state.epoch(), state.storeId(), state.key(), tail.first());
                } else if (tries == TRIES) {
                    throw new IOException("the log in topic " + address.topic() + " was made anew just now");
                }
            }
        });
    }

    private void makeLog() throws IOException {
        byte[] key = new byte[IdSeal.KEY_BYTES];
        random.nextBytes(key);
        long seen = tail.end();
        long made = lifeNumber();
        put(new KafkaRecord(Kind.LOG, made, null, new KafkaRecord.Log(seen, random.nextLong(), key, 0, 1)));
        KafkaState state = tail.now();
        if (state != null && state.life() == made) {
            LOG.info("The shared log was made in topic {} at {}", address.topic(), address.brokers());
        }
    }

    private long lifeNumber() {
        long made = random.nextLong();
        return made == 0 ? 1 : made;
    }

    /** Writes a record and reads it again, with all that came before it. */
    private Verdict put(KafkaRecord record) throws IOException {
        return tail.take(send(record), record).verdict();
    }

    private long send(KafkaRecord record) throws IOException {
        try {
            if (writer == null) {
                writer = client.writer(true);
            }
            return writer.send(address.topic(), record.encode());
        } catch (IOException e) {
            Writer old = writer;
            writer = null;
            if (old != null) {
                old.close();
            }
            throw e;
        }
    }

    @Override
    public Appended append(Batch batch, long expected) throws IOException {
        if (closed) {
            throw new LogAway("the engine is closed", false, null);
        }
        if (batch.number() == number && answer != null) {
            return answer;
        }
        KafkaRecord record;
        long offset;
        try {
            KafkaState state = tail.known() != null ? tail.known() : tail.now();
            if (state == null || state.life() != life) {
                return new Appended(Outcome.LOST, 0, 0, -1);
            }
            record = new KafkaRecord(Kind.BATCH, life, state.mark(), new Events(batch.epoch(), batch.number(), expected,
                batch.count(), batch.nonce(), batch.timeMs(), batch.format(), batch.body()));
            offset = send(record);
        } catch (LogAway e) {
            if (isThere()) {
                throw e;
            }
            return new Appended(Outcome.LOST, 0, 0, -1);
        } catch (IOException e) {
            throw new LogAway(e.getMessage(), false, e);
        }
        try {
            return settle(batch, record, offset);
        } catch (IOException e) {
            throw new LogAway(e.getMessage(), true, e);
        }
    }

    /** Whether there is a topic, as far as it can be asked: what is gone has taken nothing. */
    private boolean isThere() {
        try {
            return client.topic(address.topic()) != null;
        } catch (IOException e) {
            return true;
        }
    }

    private Appended settle(Batch batch, KafkaRecord record, long offset) throws IOException {
        Taken taken = tail.take(offset, record);
        switch (taken.verdict()) {
            case COUNTS:
                number = batch.number();
                answer = new Appended(Outcome.APPENDED, taken.head() - batch.count() + 1, taken.timeMs(), -1);
                return new Appended(Outcome.APPENDED, answer.base(), answer.timeMs(), taken.nonceBefore());
            case MOVED:
                return new Appended(Outcome.MOVED, 0, 0, -1);
            case TWICE:
                return cameBefore(batch);
            default:
                return new Appended(Outcome.LOST, 0, 0, -1);
        }
    }

    /** It was sent before, nobody heard of it, and it was there all the same. */
    private Appended cameBefore(Batch batch) {
        KafkaPlaces places = tail.known().places();
        for (int i = places.size() - 1; i >= 0; i--) {
            Stored its = places.at(i).batch();
            if (its.count() == batch.count() && its.epoch() == batch.epoch() && its.nonce() == batch.nonce()) {
                return new Appended(Outcome.APPENDED, its.base(), its.timeMs(), -1);
            }
        }
        return new Appended(Outcome.LOST, 0, 0, -1);
    }

    @Override
    public Portion read(long after, int bytesMax) throws IOException {
        return told(() -> {
            Portion read = tail.read(after, bytesMax);
            KafkaState state = tail.known();
            if (tail.wasDisputed() && state != null) {
                mark(state);
            }
            return read;
        });
    }

    /** Tells how this node has read the topic to one that has read what Kafka has lost, and does not know it yet. */
    private void mark(KafkaState state) {
        try {
            put(new KafkaRecord(Kind.MARK, state.life(), state.mark(), new KafkaRecord.Nothing()));
        } catch (IOException e) {
            LOG.debug("a node that must begin anew is not told yet", e); // it hears that from the next record
        }
    }

    @Override
    public void await(long ms) throws IOException {
        told(() -> {
            Watch now = watch;
            try {
                if (now == null) {
                    now = client.watch(List.of(address.topic(), address.notes()));
                    watch = now;
                }
                now.await(new long[] {tail.followed(), notes.followed()}, Math.max(1, ms));
            } catch (IOException e) {
                watch = null;
                if (now != null) {
                    now.close();
                }
                throw e;
            }
            return null;
        });
    }

    @Override
    public void tell(int epoch, byte[] note) throws IOException {
        told(() -> {
            notes.tell(epoch, note);
            return null;
        });
    }

    @Override
    public Notes notes(long after, int bytesMax) throws IOException {
        return told(() -> {
            Notes read = notes.notes(after, bytesMax);
            if (read != null && read.life() == 0) { // somebody has deleted the topic, at which this node waits
                topics.makeNotes();
            }
            return read;
        });
    }

    @Override
    public Run look() throws IOException {
        return told(() -> {
            KafkaState state = tail.now();
            return state == null ? null : new Run(state.epoch(), state.storeId(), state.key(), tail.first());
        });
    }

    @Override
    public Load load(Run log) throws IOException {
        return told(() -> {
            topics.check();
            topics.make();
            if (tail.now() != null) {
                throw new EngineRefused("there is a log in the topic " + address.topic() + " already, made by the first"
                    + " node that has begun; delete the topic, or name another one in the URL", null);
            }
            return new Loading(client.transaction(address.topic() + "-import"), address.topic(), tail.end(),
                lifeNumber(), log);
        });
    }

    /**
     * Puts a log into a topic that has none: in one transaction of Kafka, whose records are read all together or not at
     * all. It follows its own records as a reader does, and so gives each its mark. For one thread.
     */
    private final class Loading implements Load {

        private final Writer writer;
        private final String topic;
        private final KafkaState state;

        /**
         * Into this topic.
         *
         * @param seen its end: nothing counts that stands before
         */
        Loading(Writer writer, String topic, long seen, long life, Run log) throws IOException {
            this.writer = writer;
            this.topic = topic;
            state = new KafkaState(seen, PLACES_LOADING);
            put(new KafkaRecord(Kind.LOG, life, null, new KafkaRecord.Log(seen, log.storeId(), log.key(), log.epoch(),
                log.first())));
        }

        @Override
        public void add(Stored batch) throws IOException {
            put(new KafkaRecord(Kind.LOADED, state.life(), state.mark(), new Events(batch.epoch(), 0, batch.base() - 1,
                batch.count(), batch.nonce(), batch.timeMs(), batch.format(), batch.body())));
        }

        private void put(KafkaRecord record) throws IOException {
            if (state.take(writer.send(topic, record.encode()), record) != KafkaState.Verdict.COUNTS) {
                throw new IOException("somebody else writes into the topic " + topic);
            }
        }

        /** Kafka says that it is done a moment before readers see it. */
        @Override
        public void commit() throws IOException {
            writer.commit();
            long began = System.nanoTime();
            for (KafkaState seen = tail.now(); seen == null || seen.life() != state.life(); seen = tail.now()) {
                if (System.nanoTime() - began > SEEN_NS) {
                    throw new IOException("Kafka has taken the import, and does not show it yet");
                }
                LockSupport.parkNanos(LOOK_NS);
            }
        }

        @Override
        public void close() {
            writer.close();
        }
    }

    @Override
    public void trim(long bytesMax, long eventsMax, long oldestMs) throws IOException {
        told(() -> {
            KafkaState state = forbidden ? null : tail.now();
            if (state == null) {
                return null;
            }
            long cut = tail.cut(new KafkaTrim(bytesMax, eventsMax, oldestMs, state.head(), state.bytes()));
            if (cut < 0) {
                return null;
            }
            if (state.marked() < cut) { // else a new node would find no mark that it can prove
                put(new KafkaRecord(Kind.MARK, state.life(), state.mark(), new KafkaRecord.Nothing()));
            }
            try {
                client.deleteBefore(address.topic(), cut);
            } catch (KafkaClient.Refused e) {
                forbidden = true; // the topic's own retention must do
                LOG.warn("History stays in Kafka for as long as the topic says, and not as the hub does: {}",
                    e.getMessage());
            }
            tail.trimmed();
            return null;
        });
    }

    @Override
    public void close() {
        closed = true;
        client.close(); // ends what waits, and all that it has made
    }
}
