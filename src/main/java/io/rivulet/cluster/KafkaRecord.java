package io.rivulet.cluster;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A record of the topic of the log, as nodes write it: the value, in big endian. Immutable, but for the bytes of the
 * body, which nobody changes.
 *
 * @param kind what it is
 * @param life of the log that it belongs to: the random number of the {@link Kind#LOG} record that began it
 * @param mark how the log stood for its writer; null in a {@link Kind#LOG} record alone
 * @param body of its kind
 */
record KafkaRecord(Kind kind, long life, Mark mark, Body body) {

    private static final byte MAGIC = 'R';
    private static final byte VERSION = 1;
    private static final int KEY_BYTES = 16;
    private static final int NODE_BYTES_MAX = 1_000;

    /** What records are for. The order is that of the numbers in the topic. */
    enum Kind {
        /** Begins a log. */
        LOG,
        /** Begins a run of a node. */
        RUN,
        /** Events. */
        BATCH,
        /**
         * A mark and nothing more: written before the records go whose marks a new node would need, and for a node to
         * hear that it has read what is not there any more.
         */
        MARK,
        /** Events of an imported log: their position, time and run are those that they had. */
        LOADED
    }

    /** What only one kind of record has. */
    sealed interface Body {
    }

    /** Of {@link Kind#MARK}. */
    record Nothing() implements Body {
    }

    /**
     * Of {@link Kind#LOG}.
     *
     * @param seen  end of the topic when its writer found no log in it. Of several nodes that find none at once the
     *              first one begins the log
     * @param epoch the newest that counts as given out
     * @param first position of the first batch
     */
    record Log(long seen, long storeId, byte[] key, int epoch, long first) implements Body {
    }

    /**
     * Of {@link Kind#RUN}.
     *
     * @param token by which its writer knows it
     */
    record Begun(long token, int epochAtLeast, String node) implements Body {
    }

    /**
     * Of {@link Kind#BATCH} and {@link Kind#LOADED}.
     *
     * @param number   counts the batches of the run
     * @param expected where the head must be; -1 for anywhere
     */
    record Events(int epoch, long number, long expected, int count, int nonce, long timeMs, int format, byte[] bytes)
        implements Body {
    }

    /**
     * How the log stood for a writer when it wrote: what {@link KafkaState} holds, in short. A node that finds such a
     * mark, and the batch of which it tells, knows the positions of all that comes behind.
     *
     * @param begun   offset of the record that began the log
     * @param offset  of the newest record that counts
     * @param proof   of that record, see {@link #proof()}
     * @param nonce   of the newest batch; -1 before there is one
     * @param head    position of its last event
     * @param timeMs  of it
     * @param bytes   of the bodies of all batches up to it
     * @param epoch   the newest that was given out
     * @param numbers the last batch of each run that has appended lately
     */
    record Mark(long begun, long storeId, byte[] key, long first, long offset, int proof, int nonce, long head,
                long timeMs, long bytes, int epoch, Map<Integer, Long> numbers) {
    }

    /** The events of a batch. */
    Events events() {
        return (Events) body;
    }

    /** A random number of this record: another record at the same offset has another one. */
    int proof() {
        if (body instanceof Events events) {
            return events.nonce();
        }
        return body instanceof Begun run ? (int) run.token() : (int) life;
    }

    /** The same without the bytes of events, to be kept for long. */
    KafkaRecord light() {
        return !(body instanceof Events all) ? this : new KafkaRecord(kind, life, mark, new Events(all.epoch(),
            all.number(), all.expected(), all.count(), all.nonce(), all.timeMs(), all.format(), new byte[0]));
    }

    byte[] encode() {
        byte[] node = body instanceof Begun run ? run.node().getBytes(StandardCharsets.UTF_8) : new byte[0];
        int size = 200 + (mark == null ? 0 : 12 * mark.numbers().size()) + node.length
            + (body instanceof Events events ? events.bytes().length : 0);
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(MAGIC).put(VERSION).put((byte) kind.ordinal()).putLong(life);
        if (mark != null) {
            out.putLong(mark.begun()).putLong(mark.storeId()).put(mark.key()).putLong(mark.first())
                .putLong(mark.offset()).putInt(mark.proof()).putInt(mark.nonce()).putLong(mark.head())
                .putLong(mark.timeMs()).putLong(mark.bytes()).putInt(mark.epoch()).putInt(mark.numbers().size());
            mark.numbers().forEach((epoch, number) -> out.putInt(epoch).putLong(number));
        }
        if (body instanceof Log log) {
            out.putLong(log.seen()).putLong(log.storeId()).put(log.key()).putInt(log.epoch()).putLong(log.first());
        } else if (body instanceof Begun run) {
            out.putLong(run.token()).putInt(run.epochAtLeast()).put(node, 0, Math.min(node.length, NODE_BYTES_MAX));
        } else if (body instanceof Events events) {
            out.putInt(events.epoch()).putLong(events.number()).putLong(events.expected()).putInt(events.count())
                .putInt(events.nonce()).putLong(events.timeMs()).putInt(events.format()).put(events.bytes());
        }
        byte[] value = new byte[out.position()];
        out.flip().get(value);
        return value;
    }

    /**
     * Reads a record.
     *
     * @return null when it is nobody's of the hub
     * @throws EngineRefused when a later version has written it
     */
    static KafkaRecord decode(byte[] value) throws IOException {
        if (value == null || value.length < 11 || value[0] != MAGIC) {
            return null;
        }
        if (value[1] > VERSION || value[2] >= Kind.values().length) {
            throw new EngineRefused("a later version of the hub writes into the log (" + value[1] + "; this one knows "
                + VERSION + "); upgrade this node", null);
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(value, 3, value.length - 3);
            Kind kind = Kind.values()[value[2]];
            long life = in.getLong();
            return new KafkaRecord(kind, life, kind == Kind.LOG ? null : mark(in), body(kind, in));
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static Mark mark(ByteBuffer in) {
        long begun = in.getLong();
        long storeId = in.getLong();
        byte[] key = bytes(in, KEY_BYTES);
        long first = in.getLong();
        long offset = in.getLong();
        int proof = in.getInt();
        int nonce = in.getInt();
        long head = in.getLong();
        long timeMs = in.getLong();
        long bytes = in.getLong();
        int epoch = in.getInt();
        Map<Integer, Long> numbers = new LinkedHashMap<>();
        for (int n = in.getInt(); n > 0; n--) {
            numbers.put(in.getInt(), in.getLong());
        }
        return new Mark(begun, storeId, key, first, offset, proof, nonce, head, timeMs, bytes, epoch, numbers);
    }

    private static Body body(Kind kind, ByteBuffer in) {
        return switch (kind) {
            case LOG -> new Log(in.getLong(), in.getLong(), bytes(in, KEY_BYTES), in.getInt(), in.getLong());
            case RUN -> new Begun(in.getLong(), in.getInt(),
                new String(bytes(in, in.remaining()), StandardCharsets.UTF_8));
            case BATCH, LOADED -> new Events(in.getInt(), in.getLong(), in.getLong(), in.getInt(), in.getInt(),
                in.getLong(), in.getInt(), bytes(in, in.remaining()));
            case MARK -> new Nothing();
        };
    }

    private static byte[] bytes(ByteBuffer in, int count) {
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }
}
