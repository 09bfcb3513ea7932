package io.rivulet.cluster;

import io.rivulet.cluster.ClusterEngine.Stored;
import io.rivulet.cluster.KafkaPlaces.Place;
import io.rivulet.cluster.KafkaRecord.Begun;
import io.rivulet.cluster.KafkaRecord.Events;
import io.rivulet.cluster.KafkaRecord.Kind;
import io.rivulet.cluster.KafkaRecord.Log;
import io.rivulet.cluster.KafkaRecord.Mark;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the log stands up to an offset of its topic: the rules by which every node reads it. Kafka puts records in order
 * and knows nothing else, so whatever an engine decides is decided by each reader, and by all of them alike, since it
 * follows from the records alone: which of them count, and at what position and time. For one thread.
 *
 * <ul>
 * <li>A batch that comes twice, or behind a later one of its run, counts nothing: its number is not above the last one.
 * <li>A batch that wants the head elsewhere counts nothing.
 * <li>A record of another life of the log counts nothing. A life begins with a {@link Kind#LOG} record. It counts when
 * its writer has seen the log that there was and could not read it; of several that began at once, the first one does.
 * <li>A record whose mark does not fit counts nothing. Its writer had read records that are not here, since Kafka has
 * lost them: whatever it made of them holds for another log. Or this reader has read such records: see {@link #doubt}.
 * <li>Times do not fall: a batch has at least that of the batch before it.
 * <li>A run gets the epoch above the newest one.
 * </ul>
 *
 * <p>The hard thing is a node that begins when the oldest records are gone. It starts with a {@link Mark} instead,
 * where the record of which that tells is there ({@link #at}). From there on it decides like the others.
 */
final class KafkaState {

    /** Runs that are remembered; a batch of an older one counts as if it were its first. */
    private static final int RUNS_MAX = 10_000;
    /** Of runs in a mark: with them a new node knows a batch that came before its start and comes again behind it. */
    private static final int LATELY_MAX = 64;
    private static final long LATELY_MS = 600_000;

    /** What a record is for the log. */
    enum Verdict {
        /** It is a part of it. */
        COUNTS,
        /** The batch came before. */
        TWICE,
        /** The head was not where the batch wanted it. */
        MOVED,
        /** It is of another life, or its writer had read what is not there. */
        STRANGE,
        /** It tells nothing that changes the log. */
        NOTHING
    }

    private record Last(long number, long timeMs) {
    }

    private final int placesMax;
    private KafkaPlaces places;
    private boolean complete;
    private long next;
    private long life;
    private long begun = -1;
    private long storeId;
    private byte[] key;
    private long first;
    private long offset;
    private int proof;
    private int nonce;
    private long head;
    private long timeMs;
    private long bytes;
    private int epoch;
    /** Offset of the newest record that a mark told of, and that is there. */
    private long marked = -1;
    /** Of a record whose mark did not fit; null where all did. */
    private Kind doubt;
    private final Map<Integer, Last> numbers = new LinkedHashMap<>();
    private final Map<Integer, Last> lately = new LinkedHashMap<>();

    /** Before the record at this offset, without a log. */
    KafkaState(long next, int placesMax) {
        this.next = next;
        this.placesMax = placesMax;
        places = new KafkaPlaces(placesMax);
    }

    /** Behind the record of which the mark tells. */
    static KafkaState at(Mark mark, KafkaRecord record, int placesMax) {
        KafkaState made = new KafkaState(mark.offset() + 1, placesMax);
        made.life = record.life();
        made.begun = mark.begun();
        made.storeId = mark.storeId();
        made.key = mark.key();
        made.first = mark.first();
        made.nonce = mark.nonce();
        made.head = mark.head();
        made.timeMs = mark.timeMs();
        made.bytes = mark.bytes();
        made.epoch = mark.epoch();
        made.marked = mark.offset();
        mark.numbers().forEach((run, number) -> made.remember(run, number));
        made.add(mark.offset(), record);
        return made;
    }

    /** Whether the mark tells of this record, which stands at the mark's offset. */
    static boolean proves(Mark mark, long life, KafkaRecord record) {
        return record != null && record.life() == life && record.kind() != Kind.MARK
            && record.proof() == mark.proof();
    }

    /**
     * Reads the next record.
     *
     * @param record null for one that is nobody's of the hub
     */
    Verdict take(long at, KafkaRecord record) {
        if (at < next) {
            throw new IllegalStateException("offset " + at + " comes behind " + next);
        }
        Verdict verdict = record == null ? Verdict.STRANGE
            : record.body() instanceof Log log ? begin(at, record, log) : judge(at, record);
        next = at + 1;
        return verdict;
    }

    /** There is no record before this offset any more. */
    void skipTo(long offset) {
        next = Math.max(next, offset);
    }

    private Verdict begin(long at, KafkaRecord record, Log log) {
        if (begun >= log.seen()) {
            return Verdict.NOTHING;
        }
        places = new KafkaPlaces(placesMax);
        complete = true;
        life = record.life();
        begun = at;
        storeId = log.storeId();
        key = log.key();
        first = log.first();
        nonce = -1;
        head = first - 1;
        timeMs = 0;
        bytes = 0;
        epoch = log.epoch();
        numbers.clear();
        lately.clear();
        add(at, record);
        return Verdict.COUNTS;
    }

    private Verdict judge(long at, KafkaRecord record) {
        if (life == 0 || record.life() != life) {
            return Verdict.STRANGE;
        }
        if (!fits(at, record.mark())) {
            doubt = doubt == null || doubt == Kind.MARK ? record.kind() : doubt;
            return Verdict.STRANGE;
        }
        marked = Math.max(marked, record.mark().offset());
        if (record.body() instanceof Begun run) {
            epoch = Math.max(epoch, run.epochAtLeast()) + 1;
        } else if (record.body() instanceof Events events) {
            Last last = numbers.get(events.epoch());
            boolean loaded = record.kind() == Kind.LOADED;
            if (!loaded && last != null && events.number() <= last.number()) {
                return Verdict.TWICE;
            }
            if (events.expected() >= 0 && events.expected() != head) {
                return Verdict.MOVED;
            }
            head += events.count();
            nonce = events.nonce();
            timeMs = Math.max(timeMs, events.timeMs());
            bytes += events.bytes().length;
            if (!loaded) {
                remember(events.epoch(), events.number());
            }
        } else {
            return Verdict.NOTHING;
        }
        add(at, record);
        return Verdict.COUNTS;
    }

    private boolean fits(long at, Mark mark) {
        if (mark.begun() != begun || mark.offset() >= at) {
            return false;
        }
        Place known = places.ofOffset(mark.offset());
        return known != null ? known.proof() == mark.proof() && known.batch().last() == mark.head()
            : mark.offset() < places.oldest().offset();
    }

    private void remember(int run, long number) {
        Last last = new Last(number, timeMs);
        put(numbers, run, last, RUNS_MAX);
        put(lately, run, last, LATELY_MAX);
    }

    private static void put(Map<Integer, Last> into, int run, Last last, int max) {
        into.remove(run);
        into.put(run, last);
        if (into.size() > max) {
            into.remove(into.keySet().iterator().next());
        }
    }

    private void add(long at, KafkaRecord record) {
        offset = at;
        proof = record.proof();
        boolean isBatch = record.body() instanceof Events;
        Events events = isBatch ? record.events() : null;
        int count = isBatch ? events.count() : 0;
        if (places.size() == placesMax) {
            complete = false;
        }
        places.add(new Place(at, proof, new Stored(head - count + 1, count, isBatch ? events.epoch() : 0, proof,
            timeMs, isBatch ? events.format() : 0, null), bytes));
    }

    /** What a record that is written now tells of the log. */
    Mark mark() {
        Map<Integer, Long> told = new LinkedHashMap<>();
        lately.forEach((run, last) -> {
            if (last.timeMs() >= timeMs - LATELY_MS) {
                told.put(run, last.number());
            }
        });
        return new Mark(begun, storeId, key, first, offset, proof, nonce, head, timeMs, bytes, epoch, told);
    }

    /** Where the next record is. */
    long next() {
        return next;
    }

    /** 0 where there is no log. */
    long life() {
        return life;
    }

    long storeId() {
        return storeId;
    }

    byte[] key() {
        return key;
    }

    /** Position of the first batch that there ever was. */
    long first() {
        return first;
    }

    long head() {
        return head;
    }

    /** Of the newest batch; -1 before there is one. */
    int nonce() {
        return nonce;
    }

    long timeMs() {
        return timeMs;
    }

    /** Of all bodies that there ever were. */
    long bytes() {
        return bytes;
    }

    int epoch() {
        return epoch;
    }

    /** A new node could begin at this record or at one before it. */
    long marked() {
        return marked;
    }

    /** Of the newest records that count, those without events included, which have a count of 0. */
    KafkaPlaces places() {
        return places;
    }

    /** What a record was of which this state and its writer cannot both be right; null where there was none. */
    Kind doubt() {
        return doubt;
    }

    /** This state is right. */
    void trust() {
        doubt = null;
    }

    /** Whether the newest record that counts is the same, and so all before it, by their marks. */
    boolean agrees(KafkaState other) {
        return life == other.life && offset == other.offset && proof == other.proof && head == other.head;
    }

    /** Whether the places are all that there are since the log began. */
    boolean isComplete() {
        return complete;
    }
}
