package io.rivulet.log.segment;

import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.log.Digest;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.ProducerMark;
import io.rivulet.log.Receipt;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.index.HeapIndex;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes of a record, which holds one event's fields: {@code crc, length of the body, offset from the block (u32
 * each)}, then the body: {@code flags, [more flags], topics, [id], [type], [retry], [receipt],
 * [producer], data}. {@link Appender}
 * encodes, whoever reads decodes. Pure, any thread.
 *
 * <p>A record has a checksum of its own beside that of its block, so it can be read through an index without the whole
 * block. The checksum is mixed with the position: an index that points to another record is found out.
 */
final class RecordCodec {

    /** Bytes before the body of a record. */
    static final int HEAD_BYTES = 12;

    private static final int PRIVATE = 1;
    private static final int ID = 2;
    private static final int TYPE = 4;
    private static final int RETRY = 8;
    private static final int RECEIPT = 16;
    private static final int REPEATS_ID = 32;
    /** It ends its topic: finished, unless the second byte of flags has another reason. */
    private static final int END = 64;
    /** A second byte of flags follows the first. */
    private static final int MORE = 128;

    private static final int END_CANCELLED = 1;
    private static final int END_ABANDONED = 2;
    private static final int CANCELS = 4;
    private static final int PRODUCER = 8;

    private RecordCodec() {
    }

    /** Appends the record at {@code position} to the block that begins at {@code blockAt} of {@code out}. */
    static void encode(Bytes out, int blockAt, long position, LogRecord record) {
        Event event = record.event();
        Receipt receipt = record.receipt();
        int at = out.length();
        out.length(at + HEAD_BYTES);
        int more = more(event) | (record.producer() != null ? PRODUCER : 0);
        out.put((event.isPrivate() ? PRIVATE : 0) | (event.id() != null ? ID : 0) | (event.type() != null ? TYPE : 0)
            | (event.retryMs() > 0 ? RETRY : 0) | (receipt != null ? RECEIPT : 0)
            | (event.repeatsId() ? REPEATS_ID : 0) | (event.end() != null ? END : 0) | (more != 0 ? MORE : 0));
        if (more != 0) {
            out.put(more);
        }
        out.putVarint(event.topics().size());
        for (String topic : event.topics()) {
            out.putCounted(topic.getBytes(StandardCharsets.UTF_8));
        }
        if (event.id() != null) {
            out.putCounted(event.id().getBytes(StandardCharsets.UTF_8));
        }
        if (event.type() != null) {
            out.putCounted(event.type().getBytes(StandardCharsets.UTF_8));
        }
        if (event.retryMs() > 0) {
            out.putVarint(event.retryMs());
        }
        if (receipt != null) {
            out.putLong(receipt.key().high());
            out.putLong(receipt.key().low());
            out.putLong(receipt.content().high());
            out.putLong(receipt.content().low());
            out.putVarint(receipt.count());
        }
        ProducerMark producer = record.producer();
        if (producer != null) {
            out.putLong(producer.producer().high());
            out.putLong(producer.producer().low());
            out.putLong(producer.epoch());
            out.putLong(producer.seq());
            out.putVarint(producer.count());
        }
        out.put(event.data());
        int body = out.length() - at - HEAD_BYTES;
        Bytes.setInt(out.array(), at + 4, body);
        Bytes.setInt(out.array(), at + 8, at - blockAt);
        Bytes.setInt(out.array(), at, Bytes.crc(out.array(), at + 4, body + 8) ^ mix(position));
    }

    /** The second byte of flags; 0 for none, as mostly. */
    private static int more(Event event) {
        return (event.end() == TopicEnd.CANCELLED ? END_CANCELLED : 0)
            | (event.end() == TopicEnd.ABANDONED ? END_ABANDONED : 0) | (event.isCancel() ? CANCELS : 0);
    }

    private static TopicEnd end(int flags, int more) {
        return (flags & END) == 0 ? null : (more & END_CANCELLED) != 0 ? TopicEnd.CANCELLED
            : (more & END_ABANDONED) != 0 ? TopicEnd.ABANDONED : TopicEnd.FINISHED;
    }

    /** Bytes of the record at this offset, head and body. */
    static int length(byte[] b, int at) {
        return HEAD_BYTES + Bytes.getInt(b, at + 4);
    }

    /** How far behind the block's beginning the record stands. */
    static int back(byte[] b, int at) {
        return Bytes.getInt(b, at + 8);
    }

    /** Whether these bytes are the record of this position; a length that cannot be is no reason to throw. */
    static boolean matches(byte[] b, int at, long position) {
        int body = Bytes.getInt(b, at + 4);
        return body >= 0 && at + HEAD_BYTES + (long) body <= b.length
            && (Bytes.crc(b, at + 4, body + 8) ^ mix(position)) == Bytes.getInt(b, at);
    }

    /**
     * The entry; its checksum, or its block's, was compared. The fields are therefore read without checks, and the
     * event is made without the rules for publishers: an older version may have had others.
     */
    static LogEntry decode(byte[] b, int at, BlockHeader block, long position) {
        return decode(b, at, block.epoch(), block.nonce(), block.timeMs(), position);
    }

    /** The same of a record whose block stands before it in this array. */
    static LogEntry decode(byte[] b, int at, long position) {
        int block = at - back(b, at);
        return decode(b, at, BlockHeader.epoch(b, block), BlockHeader.nonce(b, block), BlockHeader.timeMs(b, block),
            position);
    }

    private static LogEntry decode(byte[] b, int at, int epoch, int nonce, long timeMs, long position) {
        Reader in = new Reader(b, at + HEAD_BYTES);
        int end = at + length(b, at);
        int flags = b[in.at++];
        int more = (flags & MORE) == 0 ? 0 : b[in.at++];
        Event.Builder event = Event.builder().markPrivate((flags & PRIVATE) != 0)
            .repeatsId((flags & REPEATS_ID) != 0).end(end(flags, more)).cancels((more & CANCELS) != 0);
        event.topics(in.texts());
        if ((flags & ID) != 0) {
            event.id(in.text());
        }
        if ((flags & TYPE) != 0) {
            event.type(in.text());
        }
        if ((flags & RETRY) != 0) {
            event.retryMs(in.varint());
        }
        Receipt receipt = (flags & RECEIPT) == 0 ? null : new Receipt(in.digest(), in.digest(), in.varint());
        ProducerMark producer = (more & PRODUCER) == 0 ? null
            : new ProducerMark(in.digest(), in.number(), in.number(), in.varint());
        byte[] data = new byte[end - in.at];
        System.arraycopy(b, in.at, data, 0, data.length);
        return new LogEntry(position, epoch, nonce, timeMs, event.data(data).restored(), receipt, producer);
    }

    /** Whether the event of the record is private. */
    static boolean isPrivate(byte[] b, int at) {
        return (b[at + HEAD_BYTES] & PRIVATE) != 0;
    }

    /** Where the topics of the record stand: how many there are, then each behind its length, as varints. */
    static int topicsAt(byte[] b, int at) {
        return at + HEAD_BYTES + ((b[at + HEAD_BYTES] & MORE) == 0 ? 1 : 2);
    }

    /**
     * What the records add to an index at most.
     *
     * @param bytes of their encoded form: the names of topics are among them
     */
    static HeapIndex.Growth growth(List<LogRecord> records, int bytes) {
        int publics = 0;
        int privates = 0;
        int ids = 0;
        int marks = 0;
        for (int i = 0; i < records.size(); i++) {
            LogRecord record = records.get(i);
            Event event = record.event();
            int topics = event.topics().size();
            publics += event.isPrivate() ? 0 : topics;
            privates += event.isPrivate() ? topics : 0;
            ids += (event.id() == null ? 0 : 1) + (record.receipt() == null ? 0 : 1)
                + (record.producer() == null ? 0 : 1);
            marks += event.isMark() ? topics : 0;
        }
        return new HeapIndex.Growth(publics, privates, ids, bytes, marks);
    }

    /** Enters topics, publisher's id and receipt key of the record into the index, and decodes nothing else. */
    static void index(byte[] b, int at, int rel, int offset, HeapIndex index) {
        Reader in = new Reader(b, at + HEAD_BYTES);
        int flags = b[in.at++];
        int more = (flags & MORE) == 0 ? 0 : b[in.at++];
        boolean isMark = (flags & END) != 0 || (more & CANCELS) != 0;
        for (int n = in.varint(); n > 0; n--) {
            int length = in.varint();
            index.addTopic((flags & PRIVATE) != 0, b, in.at, length, rel, offset);
            if (isMark) {
                index.addMark(b, in.at, length, rel, offset);
            }
            in.at += length;
        }
        if ((flags & ID) != 0) {
            int length = in.varint();
            index.addId((flags & PRIVATE) != 0, b, in.at, length, rel, offset);
            in.at += length;
        }
        if ((flags & TYPE) != 0) {
            int length = in.varint();
            in.at += length;
        }
        if ((flags & RETRY) != 0) {
            in.varint();
        }
        if ((flags & RECEIPT) != 0) {
            index.addKey(in.digest(), rel, offset);
            in.digest();
            in.varint();
        }
        if ((more & PRODUCER) != 0) {
            index.addProducer(in.digest(), rel, offset);
        }
    }

    /** The position as bits that change a checksum: the same bytes in another position do not match. */
    private static int mix(long position) {
        long h = position * 0x9e3779b97f4a7c15L;
        return (int) (h >>> 32);
    }

    /** Reads fields from an array, one after the other. */
    static final class Reader {
        private byte[] b;
        private int at;

        Reader(byte[] b, int at) {
            to(b, at);
        }

        /** Goes on here: for whoever reads a record after the other. */
        void to(byte[] array, int index) {
            b = array;
            at = index;
        }

        int at() {
            return at;
        }

        void skip(int bytes) {
            at += bytes;
        }

        int varint() {
            int value = 0;
            for (int shift = 0; ; shift += 7) {
                byte x = b[at++];
                value |= (x & 0x7f) << shift;
                if (x >= 0) {
                    return value;
                }
            }
        }

        String text() {
            int length = varint();
            String text = new String(b, at, length, StandardCharsets.UTF_8);
            at += length;
            return text;
        }

        /** Texts behind their number. */
        List<String> texts() {
            int n = varint();
            if (n == 1) {
                return List.of(text());
            }
            String[] texts = new String[n];
            for (int i = 0; i < n; i++) {
                texts[i] = text();
            }
            return List.of(texts);
        }

        long number() {
            at += 8;
            return Bytes.getLong(b, at - 8);
        }

        Digest digest() {
            return new Digest(number(), number());
        }
    }
}
