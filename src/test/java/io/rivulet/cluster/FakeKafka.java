package io.rivulet.cluster;

import io.rivulet.cluster.kafka.KafkaClient;
import io.rivulet.log.LogAway;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Brokers in memory: topics that clients share, and that tests break. Guarded by itself. */
final class FakeKafka {

    /** Records from the offset {@link #first} on; a value is null where a transaction was left. */
    static final class Log {
        private final long id;
        private final int partitions;
        private final int replicas;
        private final Map<String, String> config;
        private final List<byte[]> values = new ArrayList<>();
        private long first;
        /** Where a transaction began that is not committed; -1 for none. */
        private long open = -1;

        private Log(long id, int partitions, int replicas, Map<String, String> config) {
            this.id = id;
            this.partitions = partitions;
            this.replicas = replicas;
            this.config = config;
        }

        private long end() {
            return open >= 0 ? open : values.size();
        }
    }

    private final Map<String, Log> logs = new HashMap<>();
    private int brokers = 3;
    private long made;
    private boolean away;
    private boolean losesAnswer;
    private int reads;
    /** What a broker answers once that has not heard yet that the topic is gone; negative for nothing. */
    private long endOfGone = -1;
    private boolean givesNothing;
    private int lateMs;
    private int looks;

    synchronized void brokers(int count) {
        brokers = count;
    }

    synchronized void away(boolean is) {
        away = is;
    }

    /** So long it takes until a broker has told where a topic ends: who waits for less does not hear it. */
    synchronized void late(int ms) {
        lateMs = ms;
    }

    /** Topics that were looked for. */
    synchronized int looks() {
        return looks;
    }

    /** The next record is written, and its writer does not hear of it. */
    synchronized void loseNextAnswer() {
        losesAnswer = true;
    }

    synchronized void make(String topic, int partitions, int replicas, Map<String, String> config) {
        logs.put(topic, new Log(++made, partitions, replicas, config));
    }

    synchronized void delete(String topic) {
        logs.remove(topic);
    }

    /** The same, and the broker that led it has not heard of that yet: it still tells the end, and gives nothing. */
    synchronized void deleteUnheard(String topic) {
        endOfGone = end(topic);
        delete(topic);
    }

    synchronized Log log(String topic) {
        return logs.get(topic);
    }

    synchronized Map<String, String> config(String topic) {
        return logs.get(topic).config;
    }

    synchronized long first(String topic) {
        return logs.get(topic).first;
    }

    synchronized long end(String topic) {
        return logs.get(topic).end();
    }

    synchronized byte[] value(String topic, long offset) {
        return logs.get(topic).values.get((int) offset);
    }

    /** Somebody writes this. */
    synchronized long put(String topic, byte[] value) {
        logs.get(topic).values.add(value);
        notifyAll();
        return logs.get(topic).values.size() - 1;
    }

    /** A broker that had less becomes the leader. */
    synchronized void cut(String topic, long end) {
        List<byte[]> values = logs.get(topic).values;
        values.subList((int) end, values.size()).clear();
    }

    /** Kafka's own retention. */
    synchronized void retain(String topic, long first) {
        logs.get(topic).first = first;
    }

    /** Records that were given to readers. */
    synchronized int reads() {
        return reads;
    }

    /** A client, of one node. */
    KafkaClient client() {
        return new Client();
    }

    private Log there(String topic) throws IOException {
        if (away) {
            throw new IOException("nobody answers");
        }
        Log log = logs.get(topic);
        if (log == null) {
            throw new IOException("there is no topic " + topic);
        }
        return log;
    }

    private final class Client implements KafkaClient {

        @Override
        public int brokers() throws IOException {
            synchronized (FakeKafka.this) {
                return brokers;
            }
        }

        @Override
        public Topic topic(String name) throws IOException {
            synchronized (FakeKafka.this) {
                if (away) {
                    throw new IOException("nobody answers");
                }
                looks++;
                Log log = logs.get(name);
                return log == null ? null : new Topic(log.id, log.partitions, log.replicas, log.config);
            }
        }

        @Override
        public void create(String name, int replicas, Map<String, String> config) {
            make(name, 1, replicas, config);
        }

        @Override
        public void deleteBefore(String topic, long offset) throws IOException {
            synchronized (FakeKafka.this) {
                Log log = there(topic);
                log.first = Math.max(log.first, offset);
            }
        }

        @Override
        public Reader reader(String topic) {
            return new Reader() {
                @Override
                public long first(int ms) throws IOException {
                    synchronized (FakeKafka.this) {
                        return there(topic).first;
                    }
                }

                @Override
                public long end(int ms) throws IOException {
                    synchronized (FakeKafka.this) {
                        if (endOfGone >= 0 && !logs.containsKey(topic)) {
                            long end = endOfGone;
                            endOfGone = -1;
                            givesNothing = true;
                            return end;
                        }
                        if (ms < lateMs) {
                            throw new IOException("nobody has answered within " + ms + " ms");
                        }
                        return there(topic).end();
                    }
                }

                @Override
                public Chunk read(long from, int ms) throws IOException {
                    synchronized (FakeKafka.this) {
                        if (givesNothing && !logs.containsKey(topic)) {
                            return new Chunk(List.of(), from);
                        }
                        Log log = there(topic);
                        if (from < log.first || from > log.end()) {
                            throw new Gone("offset " + from, null);
                        }
                        List<Entry> entries = new ArrayList<>();
                        long next = from;
                        for (; next < log.end() && entries.size() < 7; next++) {
                            if (log.values.get((int) next) != null) {
                                entries.add(new Entry(next, log.values.get((int) next)));
                            }
                        }
                        reads += entries.size();
                        return new Chunk(entries, next);
                    }
                }

                @Override
                public void close() {
                    // it holds nothing
                }
            };
        }

        @Override
        public Writer writer(boolean durable) {
            return new Putting(null);
        }

        @Override
        public Writer transaction(String name) {
            return new Putting(name);
        }

        @Override
        public Watch watch(List<String> topics) {
            return new Watch() {
                @Override
                public void await(long[] from, long ms) throws IOException {
                    synchronized (FakeKafka.this) {
                        for (int i = 0; i < from.length; i++) {
                            if (from[i] >= 0 && there(topics.get(i)).end() > from[i]) {
                                return;
                            }
                        }
                        try {
                            FakeKafka.this.wait(ms);
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                }

                @Override
                public void close() {
                    // it holds nothing
                }
            };
        }

        @Override
        public void close() {
            // it holds nothing
        }
    }

    private final class Putting implements KafkaClient.Writer {

        private final String transaction;
        private Log log;

        Putting(String transaction) {
            this.transaction = transaction;
        }

        @Override
        public long send(String topic, byte[] value) throws IOException {
            synchronized (FakeKafka.this) {
                if (away || logs.get(topic) == null) {
                    throw new LogAway("nobody answers", false, null);
                }
                log = there(topic);
                if (transaction != null && log.open < 0) {
                    log.open = log.values.size();
                }
                long offset = put(topic, value);
                if (losesAnswer) {
                    losesAnswer = false;
                    throw new LogAway("the answer is lost", true, null);
                }
                return offset;
            }
        }

        @Override
        public void commit() {
            synchronized (FakeKafka.this) {
                if (transaction != null) {
                    log.values.add(null); // Kafka's own mark of the end
                    log.open = -1;
                }
            }
        }

        @Override
        public void close() {
            synchronized (FakeKafka.this) {
                if (transaction != null && log != null && log.open >= 0) {
                    for (int i = (int) log.open; i < log.values.size(); i++) {
                        log.values.set(i, null);
                    }
                    log.open = -1;
                }
            }
        }
    }
}
