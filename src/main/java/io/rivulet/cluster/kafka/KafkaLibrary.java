package io.rivulet.cluster.kafka;

import io.rivulet.log.LogAway;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerSaslClientProvider;
import org.apache.kafka.common.security.scram.internals.ScramSaslClientProvider;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka by its own clients: the one class of the hub that names their types. {@link KafkaJar} loads it.
 *
 * <p>What the engine cannot do without is set here and goes before the properties that were given: nothing is read
 * before it is committed, no offset is guessed, each record is appended once. Nothing is registered with JMX, which
 * would keep this application after its end. The threads of all clients have ended when this one is closed.
 */
final class KafkaLibrary implements KafkaClient {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int RECORD_BYTES_MAX = 100 << 20;
    private static final int CONNECT_MS = 2_000;
    private static final int WAKE_BYTES = 64 << 10;
    private static final int NOTE_MS = 1_000;
    private static final int END_LOOK_MS = 1_000;
    private static final int BEGIN_MS = 30_000;
    private static final int TRANSACTION_MS = 900_000;
    private static final Duration END = Duration.ofMillis(500);

    private final String brokers;
    private final Map<String, String> properties;
    private final int answerMs;
    private final Runnable ended;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final KafkaErrors errors;
    private final KafkaThreads threads = new KafkaThreads();
    private final Collection<AutoCloseable> made = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private Admin admin;
    private volatile boolean closed;

    /** One that has not connected yet. It calls {@code ended} once, when its classes are not needed any more. */
    KafkaLibrary(String brokers, Map<String, String> properties, int answerMs, Runnable ended) {
        this.brokers = brokers;
        this.properties = properties;
        this.answerMs = answerMs;
        this.ended = ended;
        errors = new KafkaErrors(brokers, answerMs);
    }

    private Map<String, Object> config(String purpose) {
        Map<String, Object> config = new HashMap<>();
        config.put("reconnect.backoff.max.ms", "500");
        config.put("socket.connection.setup.timeout.ms", String.valueOf(CONNECT_MS));
        config.put("socket.connection.setup.timeout.max.ms", String.valueOf(2 * CONNECT_MS));
        config.put("request.timeout.ms", String.valueOf(answerMs - answerMs / 5));
        config.putAll(properties);
        config.put("bootstrap.servers", brokers);
        config.put("client.id", properties.getOrDefault("client.id", "rivulet") + '-' + purpose + '-'
            + COUNT.incrementAndGet()); // two of one name in a JVM disturb each other
        config.put("metric.reporters", "");
        config.put("enable.metrics.push", "false");
        return config;
    }

    private interface Make<T> {
        T make();
    }

    /** Kafka finds its own classes, and those that properties name, by the loader of the thread. */
    private <T extends AutoCloseable> T made(Map<String, Object> config, Make<T> make) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(KafkaLibrary.class.getClassLoader());
        try {
            register();
            T one;
            try {
                one = make.make();
            } finally {
                threads.note((String) config.get("client.id")); // one that could not be made may have had a thread
            }
            made.add(one);
            if (closed) {
                let(one);
                threads.awaitEnd(answerMs);
                throw new IOException("the engine is closed");
            }
            return one;
        } catch (KafkaException e) {
            throw told(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /**
     * How to log in is registered once for the whole JVM, by whichever application was first; one that has ended since
     * has taken it along.
     */
    private void register() {
        String mechanism = properties.getOrDefault("sasl.mechanism", "");
        if (mechanism.startsWith("SCRAM-")) {
            ScramSaslClientProvider.initialize();
        } else if (mechanism.equals("OAUTHBEARER")) {
            OAuthBearerSaslClientProvider.initialize();
        }
    }

    private void let(AutoCloseable one) {
        made.remove(one);
        try {
            if (one instanceof Admin some) {
                some.close(END);
            } else if (one instanceof Producer<?, ?> some) {
                some.close(END);
            } else {
                one.close();
            }
        } catch (Exception e) {
            closing(e);
        }
    }

    private static void closing(Exception e) {
        org.slf4j.LoggerFactory.getLogger(KafkaLibrary.class).debug("a client of Kafka ended with an error", e);
    }

    private IOException told(Throwable e) {
        return errors.told(e);
    }

    private <T> T await(Future<T> future) throws IOException {
        return await(future, answerMs);
    }

    private <T> T await(Future<T> future, int ms) throws IOException {
        try {
            return future.get(ms, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw told(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    // ---- topics

    private Admin admin() throws IOException {
        lock.lock();
        try {
            if (admin == null) {
                Map<String, Object> config = config("admin");
                config.put("default.api.timeout.ms", String.valueOf(answerMs));
                admin = made(config, () -> Admin.create(config));
            }
            return admin;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int brokers() throws IOException {
        return await(admin().describeCluster().nodes()).size();
    }

    @Override
    public Topic topic(String name) throws IOException {
        TopicDescription is;
        try {
            is = await(admin().describeTopics(List.of(name)).allTopicNames()).get(name);
        } catch (IOException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        Map<String, String> config = null;
        try {
            Config all = await(admin().describeConfigs(List.of(resource)).all()).get(resource);
            Map<String, String> read = new HashMap<>();
            all.entries().forEach(each -> read.put(each.name(), each.value()));
            config = read;
        } catch (Refused e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw e;
            }
        } catch (IOException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
        Uuid id = is.topicId();
        return new Topic(id.getMostSignificantBits() ^ id.getLeastSignificantBits(), is.partitions().size(),
            is.partitions().get(0).replicas().size(), config);
    }

    @Override
    public void create(String name, int replicas, Map<String, String> config) throws IOException {
        try {
            await(admin().createTopics(List.of(new NewTopic(name, 1, (short) replicas).configs(config))).all(),
                BEGIN_MS);
        } catch (IOException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
        for (long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(answerMs); topic(name) == null; ) {
            if (System.nanoTime() - end > 0) { // it takes some time until all brokers know of it
                throw new IOException("the topic " + name + " was made, and is not there yet");
            }
        }
    }

    @Override
    public void deleteBefore(String topic, long offset) throws IOException {
        await(admin().deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset))).all());
    }

    // ---- reading

    private Consumer<byte[], byte[]> consumer(String purpose, int waitMs, int bytes) throws IOException {
        Map<String, Object> config = config(purpose);
        config.remove("group.id");
        config.put("group.protocol", "classic"); // without a thread of its own
        config.put("isolation.level", "read_committed");
        config.put("auto.offset.reset", "none");
        config.put("enable.auto.commit", "false");
        config.put("allow.auto.create.topics", "false");
        config.put("default.api.timeout.ms", String.valueOf(answerMs));
        config.put("fetch.max.wait.ms", String.valueOf(waitMs));
        config.put("fetch.max.bytes", String.valueOf(bytes));
        config.put("max.partition.fetch.bytes", String.valueOf(bytes));
        config.put("max.poll.records", "10000");
        return made(config,
            () -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /** A consumer, which is for one thread: close() wakes the one that is inside. */
    private abstract class Consuming implements AutoCloseable {

        final Consumer<byte[], byte[]> consumer;
        final ReentrantLock inside = new ReentrantLock();
        private volatile boolean over;

        Consuming(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
            made.remove(consumer); // this one closes it
            made.add(this);
        }

        void enter() throws IOException {
            inside.lock();
            if (over || closed) {
                inside.unlock();
                throw new IOException("the engine is closed");
            }
        }

        @Override
        public void close() {
            over = true;
            made.remove(this);
            do {
                consumer.wakeup();
            } while (!entered());
            try {
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            } catch (KafkaException e) {
                closing(e);
            } finally {
                inside.unlock();
            }
        }

        private boolean entered() {
            try {
                return inside.tryLock(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                inside.lock();
                return true;
            }
        }
    }

    /** Of one topic. It does not wait at the broker for what is new: a call that follows would have to wait for it. */
    private final class TopicReader extends Consuming implements Reader {

        private final TopicPartition partition;
        private long position = -1;

        TopicReader(String topic, Consumer<byte[], byte[]> consumer) {
            super(consumer);
            partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
        }

        @Override
        public long first(int ms) throws IOException {
            enter();
            try {
                return consumer.beginningOffsets(Set.of(partition), Duration.ofMillis(ms)).get(partition);
            } catch (KafkaException e) {
                throw told(e);
            } finally {
                inside.unlock();
            }
        }

        @Override
        public long end(int ms) throws IOException {
            enter();
            try {
                return consumer.endOffsets(Set.of(partition), Duration.ofMillis(ms)).get(partition);
            } catch (KafkaException e) {
                throw told(e);
            } finally {
                inside.unlock();
            }
        }

        @Override
        public Chunk read(long from, int ms) throws IOException {
            enter();
            try {
                if (position != from) {
                    consumer.seek(partition, from);
                    position = from;
                }
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(ms));
                List<Entry> entries = new ArrayList<>(records.count());
                for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                    entries.add(new Entry(record.offset(), record.value()));
                }
                position = consumer.position(partition, Duration.ofMillis(ms));
                return new Chunk(entries, position);
            } catch (KafkaException e) {
                position = -1;
                throw told(e);
            } finally {
                inside.unlock();
            }
        }
    }

    @Override
    public Reader reader(String topic) throws IOException {
        return new TopicReader(topic, consumer("reader", 1, 4 << 20));
    }

    /** A topic that nobody leads for now keeps no other one from ending a wait. */
    private final class TopicWatch extends Consuming implements Watch {

        private final List<TopicPartition> partitions = new ArrayList<>();
        /** Of each topic: what is before it has ended a wait; -1 before the first one. */
        private final long[] after;

        TopicWatch(List<String> topics, Consumer<byte[], byte[]> consumer) {
            super(consumer);
            topics.forEach(topic -> partitions.add(new TopicPartition(topic, 0)));
            after = new long[partitions.size()];
            Arrays.fill(after, -1);
            consumer.assign(partitions);
        }

        @Override
        public void await(long[] from, long ms) throws IOException {
            enter();
            try {
                for (int i = 0; i < after.length; i++) {
                    begin(i, from[i]);
                }
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(ms));
                for (int i = 0; i < after.length; i++) {
                    for (ConsumerRecord<byte[], byte[]> record : records.records(partitions.get(i))) {
                        after[i] = record.offset() + 1;
                    }
                }
            } catch (InvalidOffsetException e) {
                Arrays.fill(after, -1); // records are gone: a read finds out which, and the next wait begins anew
            } catch (KafkaException e) {
                throw told(e);
            } finally {
                inside.unlock();
            }
        }

        private void begin(int topic, long from) {
            TopicPartition partition = partitions.get(topic);
            if (from > after[topic]) {
                consumer.seek(partition, from); // what was read by now wakes nobody
                after[topic] = from;
            } else if (after[topic] < 0) {
                consumer.seekToEnd(List.of(partition));
                try {
                    after[topic] = consumer.position(partition, Duration.ofMillis(Math.min(END_LOOK_MS, answerMs)));
                } catch (org.apache.kafka.common.errors.TimeoutException e) {
                    after[topic] = 0; // it is looked up by the polls
                }
            }
        }
    }

    @Override
    public Watch watch(List<String> topics) throws IOException {
        return new TopicWatch(topics, consumer("watch", answerMs, WAKE_BYTES));
    }

    // ---- writing

    private final class RecordWriter implements Writer {

        private final Producer<byte[], byte[]> producer;
        private boolean isOpen;

        /** {@code isOpen} tells whether a transaction has begun. */
        RecordWriter(Producer<byte[], byte[]> producer, boolean isOpen) {
            this.producer = producer;
            this.isOpen = isOpen;
        }

        @Override
        public long send(String topic, byte[] value) throws IOException {
            Future<RecordMetadata> sent;
            boolean isUnsent;
            try {
                sent = producer.send(new ProducerRecord<>(topic, 0, null, value));
                isUnsent = sent.isDone(); // it failed at once: where the topic is, nobody could be asked
            } catch (KafkaException | IllegalStateException e) {
                throw refusedOrAway(e, false);
            }
            try {
                return sent.get(answerMs + CONNECT_MS, TimeUnit.MILLISECONDS).offset();
            } catch (ExecutionException e) {
                boolean isTimeout = e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException;
                throw refusedOrAway(e.getCause(), !(isTimeout && isUnsent
                    || e.getCause() instanceof NotEnoughReplicasException));
            } catch (TimeoutException e) {
                throw refusedOrAway(e, true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LogAway("interrupted", true, e);
            }
        }

        private IOException refusedOrAway(Throwable e, boolean inDoubt) {
            if (e instanceof RecordTooLargeException) {
                return new LogAway("Kafka takes no record of that size; raise max.message.bytes of the topic: "
                    + e.getMessage(), false, e);
            }
            IOException told = told(e);
            return told instanceof Refused ? told : new LogAway(told.getMessage(), inDoubt, e);
        }

        @Override
        public void commit() throws IOException {
            if (isOpen) {
                isOpen = false;
                try {
                    producer.commitTransaction();
                } catch (KafkaException e) {
                    throw told(e);
                }
            }
        }

        @Override
        public void close() {
            if (isOpen && !closed) {
                try {
                    producer.abortTransaction();
                } catch (KafkaException e) {
                    closing(e); // the broker ends it after a time, or the next one of this name
                }
            }
            let(producer);
        }
    }

    private Map<String, Object> writing(String purpose) {
        Map<String, Object> config = config(purpose);
        config.remove("transactional.id");
        config.put("linger.ms", "0");
        config.put("max.request.size", String.valueOf(RECORD_BYTES_MAX));
        config.put("buffer.memory", String.valueOf(RECORD_BYTES_MAX + (1 << 20)));
        config.put("max.block.ms", String.valueOf(answerMs));
        config.put("delivery.timeout.ms", String.valueOf(answerMs));
        return config;
    }

    private Producer<byte[], byte[]> producer(Map<String, Object> config) throws IOException {
        return made(config, () -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    @Override
    public Writer writer(boolean durable) throws IOException {
        Map<String, Object> config = writing(durable ? "writer" : "notes");
        config.put("acks", durable ? "all" : "1");
        config.put("enable.idempotence", String.valueOf(durable));
        config.put("max.in.flight.requests.per.connection", "1");
        if (!durable) {
            String limit = String.valueOf(Math.min(NOTE_MS, answerMs)); // what is not taken soon is told again
            config.put("request.timeout.ms", limit);
            config.put("delivery.timeout.ms", limit);
            config.put("max.block.ms", limit);
        }
        return new RecordWriter(producer(config), false);
    }

    @Override
    public Writer transaction(String name) throws IOException {
        Map<String, Object> config = writing("import");
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        config.put("max.block.ms", String.valueOf(BEGIN_MS));
        config.put("transactional.id", name);
        config.put("transaction.timeout.ms", String.valueOf(TRANSACTION_MS));
        Producer<byte[], byte[]> producer = producer(config);
        try {
            producer.initTransactions();
            producer.beginTransaction();
        } catch (KafkaException e) {
            let(producer);
            throw told(e);
        }
        return new RecordWriter(producer, true);
    }

    @Override
    public void close() {
        closed = true;
        List.copyOf(made).forEach(this::let);
        threads.awaitEnd(answerMs);
        if (isOver.compareAndSet(false, true)) {
            ended.run();
        }
    }
}
