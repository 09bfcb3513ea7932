package io.rivulet.cluster.kafka;

import io.rivulet.log.LogAway;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What the engine asks of Kafka, about topics that have one partition. {@code KafkaLibrary} is the only one, and a test
 * has another in memory. It connects when it is asked, and anew after each failure. Each call ends within its limit.
 *
 * <p>A reader, a writer or a watch is for one thread at a time; {@link #close} and theirs may come from any thread at
 * any moment, and end calls.
 */
public interface KafkaClient extends AutoCloseable {

    /** Kafka can be reached and will not do; trying again does not help. The sentence says what to do. */
    final class Refused extends IOException {

        /** Made by who talks to Kafka. */
        public Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Nothing stands at the offset that was asked for: it was removed, or is not there yet, or the topic is gone. */
    final class Gone extends IOException {

        /** Made by who talks to Kafka. */
        public Gone(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * A topic as it is.
     *
     * @param id       another one when it was deleted and made anew
     * @param replicas of its first partition
     * @param config   by the names of Kafka; null where the user may not read it
     */
    record Topic(long id, int partitions, int replicas, Map<String, String> config) {
    }

    /** A record. */
    record Entry(long offset, byte[] value) {
    }

    /**
     * Records that follow each other.
     *
     * @param next where to read on; some offsets have no record
     */
    record Chunk(List<Entry> entries, long next) {
    }

    /** Reads what is committed. */
    interface Reader extends AutoCloseable {

        /** The oldest offset. */
        long first(int ms) throws IOException;

        /** One more than the newest offset. */
        long end(int ms) throws IOException;

        /**
         * The next records from this offset on, some of them; none where none came in time.
         *
         * @throws Gone when nothing stands there and nothing will
         */
        Chunk read(long from, int ms) throws IOException;

        @Override
        void close();
    }

    /** Appends records. */
    interface Writer extends AutoCloseable {

        /**
         * Returns the offset that the record has got.
         *
         * @throws Refused when Kafka does not take such a record
         * @throws LogAway when it is not known to be there; it says whether it may be
         */
        long send(String topic, byte[] value) throws IOException;

        /** Makes visible what was sent, where the writer is a transaction; else nothing is left to do. */
        void commit() throws IOException;

        /** Ends it; a transaction that was not committed leaves nothing. */
        @Override
        void close();
    }

    /** Waits for new records of topics. */
    interface Watch extends AutoCloseable {

        /**
         * Returns when one of the topics has a record at or behind its offset here, or after this time.
         *
         * @param from in the order of the topics; -1 for what comes from the first call on
         */
        void await(long[] from, long ms) throws IOException;

        @Override
        void close();
    }

    /** How many brokers run. */
    int brokers() throws IOException;

    /** The topic of this name; null where there is none. */
    Topic topic(String name) throws IOException;

    /** Makes a topic with one partition, where there is none. */
    void create(String name, int replicas, Map<String, String> config) throws IOException;

    /** Removes the records before this offset. */
    void deleteBefore(String topic, long offset) throws IOException;

    /** A reader of the topic. */
    Reader reader(String topic) throws IOException;

    /**
     * A writer.
     *
     * @param durable whether it is told of a record only when all replicas that are in sync have it, and each once
     */
    Writer writer(boolean durable) throws IOException;

    /** A writer whose records are seen all together or not at all; one with the same name that was left is ended. */
    Writer transaction(String name) throws IOException;

    /** A watch over these topics. */
    Watch watch(List<String> topics) throws IOException;

    @Override
    void close();
}
