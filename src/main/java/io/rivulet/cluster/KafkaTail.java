package io.rivulet.cluster;

import io.rivulet.cluster.ClusterEngine.Portion;
import io.rivulet.cluster.ClusterEngine.Stored;
import io.rivulet.cluster.KafkaPlaces.Place;
import io.rivulet.cluster.KafkaRecord.Kind;
import io.rivulet.cluster.KafkaRecord.Log;
import io.rivulet.cluster.KafkaRecord.Mark;
import io.rivulet.cluster.KafkaState.Verdict;
import io.rivulet.cluster.kafka.KafkaClient;
import io.rivulet.cluster.kafka.KafkaClient.Chunk;
import io.rivulet.cluster.kafka.KafkaClient.Entry;
import io.rivulet.cluster.kafka.KafkaClient.Gone;
import io.rivulet.cluster.kafka.KafkaClient.Reader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Reads the topic of the log: it follows the end, and finds the record of a position. {@link KafkaEngine} has one; one
 * thread at a time calls it.
 *
 * <p>A node that begins need not read all of the topic. It looks a little before the end for a {@link Mark} and the
 * record of which that tells, and follows from there. A copy that is further behind is looked for by halving, since
 * each record's mark says about where it stands.
 *
 * <p>The hard thing is a topic that has lost records, or was made anew. Offsets say nothing then. So whatever is read
 * behind a position begins with the record at the position, which is read once more and compared; where it is another
 * one, all that was learned is forgotten. That does not help a node that has not heard of a loss yet, and whose next
 * record stands where it expects it, since others have appended as many as were lost: it finds its own record. The
 * records of the others do not fit then, and so it reads once more as if it began. Those write what they have read, so
 * that it hears of it soon.
 */
final class KafkaTail {

    /** So long the end is waited for before the topic is looked for, whose end nobody tells when it is gone. */
    private static final int END_MS = 1_500;
    private static final long FIRST_NS = TimeUnit.SECONDS.toNanos(1);
    /** So many records are read rather than halved; with as many before the end a new node begins. */
    private static final int NEAR = 256;
    /** So many records stay that could go. */
    private static final int CUT = 16;

    private final KafkaClient client;
    private final String topic;
    private final int answerMs;
    private final int placesMax;
    private Reader reader;
    /** Longer where brokers are there and take longer, until one does not. */
    private int endMs;
    /** At the end; null where it is not known, or there is no log. */
    private KafkaState state;
    /** Whether another node has written as one that has read what is not there. */
    private boolean disputed;
    /** Of a copy that is further behind; null where there is none. */
    private KafkaState behind;
    /** The oldest offset and its position, and when that was looked up. */
    private long firstOffset = -1;
    private long firstPosition;
    private long firstLife;
    private long firstNs;
    private volatile long followed = -1;

    KafkaTail(KafkaClient client, String topic, int answerMs, int placesMax) {
        this.client = client;
        this.topic = topic;
        this.answerMs = answerMs;
        this.placesMax = placesMax;
        endMs = Math.min(END_MS, answerMs);
    }

    private interface Call<T> {
        T on() throws IOException;
    }

    /** Once more where what was known does not hold. */
    private <T> T anew(Call<T> call) throws IOException {
        try {
            return call.on();
        } catch (Gone e) {
            forget();
            return call.on();
        } catch (IOException e) {
            drop();
            throw e;
        }
    }

    /** Forgets what was learned. */
    void forget() {
        state = null;
        behind = null;
        firstOffset = -1;
    }

    /** Ends the reader; the next call makes another one. */
    private void drop() {
        Reader old = reader;
        reader = null;
        if (old != null) {
            old.close();
        }
    }

    private Reader reader() throws IOException {
        if (reader == null) {
            reader = client.reader(topic);
        }
        return reader;
    }

    /** The state as far as it was read; null where it is not known. */
    KafkaState known() {
        return state;
    }

    /** Where this node reads on; -1 before it knows. Any thread. */
    long followed() {
        return followed;
    }

    /** The state at the end; null where there is no log. */
    KafkaState now() throws IOException {
        return anew(this::follow);
    }

    /** End of the topic; 0 where there is none. */
    long end() throws IOException {
        long beganNs = System.nanoTime();
        try {
            long end = reader().end(endMs);
            if (System.nanoTime() - beganNs < TimeUnit.MILLISECONDS.toNanos(END_MS)) {
                endMs = Math.min(END_MS, answerMs);
            }
            return end;
        } catch (Gone e) {
            return 0;
        } catch (IOException e) {
            if (client.topic(topic) == null) {
                return 0; // it takes Kafka's own clients long to say so
            }
            long end = reader().end(answerMs);
            endMs = answerMs;
            return end;
        }
    }

    private KafkaState follow() throws IOException {
        return follow(end());
    }

    private KafkaState follow(long end) throws IOException {
        if (state != null && end < state.next()) {
            forget(); // it is shorter than it was
        }
        boolean begins = state == null;
        if (begins) {
            state = nearEnd(end);
        }
        if (state != null) {
            advance(state, end);
            if (begins) {
                state.trust(); // those who did not fit have been told
            }
            believe(end);
            followed = state.next();
            if (state.life() == 0) {
                state = null;
            }
        }
        return state;
    }

    /**
     * What became of a record.
     *
     * @param nonceBefore of the newest batch before it; -1 where there is none
     * @param head        of the log, with it
     * @param timeMs      of the newest batch, with it
     */
    record Taken(Verdict verdict, int nonceBefore, long head, long timeMs) {
    }

    /**
     * Takes a record that this node has written, and all before it.
     *
     * @param offset that it has got
     */
    Taken take(long offset, KafkaRecord own) throws IOException {
        return anew(() -> {
            if (state == null && offset == 0) {
                state = new KafkaState(0, placesMax); // it is the first one of all
            }
            if (state == null || offset < state.next()) {
                forget();
                follow();
                return new Taken(Verdict.STRANGE, -1, 0, 0); // it stands among what was lost, or nobody knows where
            }
            advance(state, offset); // where nobody came between there is nothing to read
            believe(offset);
            int before = state.nonce();
            Verdict verdict = state.take(offset, own);
            followed = state.next();
            return new Taken(verdict, before, state.head(), state.timeMs());
        });
    }

    private void advance(KafkaState of, long end) throws IOException {
        each(of.next(), end, entry -> {
            of.take(entry.offset(), KafkaRecord.decode(entry.value()));
            return true;
        }, of::skipTo);
    }

    /** Where a record did not fit, what is known is compared with what a node finds that begins. */
    private void believe(long end) throws IOException {
        Kind doubt = state.doubt();
        if (doubt == null) {
            return;
        }
        KafkaState found = nearEnd(end);
        if (found != null) {
            advance(found, end);
        }
        if (found == null || !found.agrees(state)) {
            throw new Gone("this node has read records of topic " + topic + " that are not there any more", null);
        }
        state.trust();
        disputed |= doubt != Kind.MARK; // who answers an answer does not end
    }

    /** Whether another node should hear how this one has read the topic; asked once. */
    boolean wasDisputed() {
        boolean was = disputed;
        disputed = false;
        return was;
    }

    private interface Visitor {
        /** Whether to go on. */
        boolean visit(Entry entry) throws IOException;
    }

    private interface Skipped {
        void to(long offset);
    }

    /** Visits what is in the topic from an offset on, up to an end. */
    private void each(long from, long end, Visitor visitor, Skipped skipped) throws IOException {
        long at = from;
        long quietNs = System.nanoTime();
        while (at < end) {
            Chunk chunk = reader().read(at, answerMs);
            for (Entry entry : chunk.entries()) {
                if (entry.offset() >= end) {
                    break;
                }
                if (!visitor.visit(entry)) {
                    return;
                }
            }
            long nowNs = System.nanoTime();
            if (chunk.next() > at) {
                at = chunk.next();
                skipped.to(Math.min(at, end));
                quietNs = nowNs;
            } else if (nowNs - quietNs > TimeUnit.MILLISECONDS.toNanos(answerMs)) {
                if (client.topic(topic) == null) { // the broker that told the end had not heard of that
                    throw new Gone("there is no topic " + topic + " any more", null);
                }
                throw new IOException("Kafka gave nothing of topic " + topic + " from offset " + at + " on for "
                    + answerMs + " ms");
            }
        }
    }

    // ---- where to begin

    private KafkaState nearEnd(long end) throws IOException {
        if (end == 0) {
            return null;
        }
        long oldest = reader().first(answerMs);
        for (long back = NEAR; ; back *= 16) {
            long from = Math.max(oldest, end - back);
            KafkaState found = anchor(from, end);
            if (found != null || from == oldest) {
                return found;
            }
        }
    }

    /** The state at the first place behind this offset where it can be known; null where there is none. */
    private KafkaState anchor(long from, long end) throws IOException {
        Map<Long, KafkaRecord> passed = new HashMap<>();
        KafkaState[] found = new KafkaState[1];
        long[] undecided = {-1};
        each(from, end, entry -> {
            KafkaRecord record = KafkaRecord.decode(entry.value());
            if (record == null) {
                return true;
            }
            if (record.body() instanceof Log log) {
                if (log.seen() >= from && undecided[0] < log.seen()) {
                    found[0] = new KafkaState(entry.offset(), placesMax);
                    found[0].take(entry.offset(), record);
                    return false;
                }
                undecided[0] = entry.offset(); // there may be another one before it
            } else {
                KafkaRecord told = passed.get(record.mark().offset());
                if (KafkaState.proves(record.mark(), record.life(), told)) {
                    found[0] = KafkaState.at(record.mark(), told, placesMax);
                    return false;
                }
            }
            if (record.kind() != Kind.MARK) {
                passed.put(entry.offset(), record.light());
            }
            return true;
        }, offset -> { });
        return found[0];
    }

    /** The state at a place at or before this position, where there is one; it may be behind it. */
    private KafkaState before(long position, long end) throws IOException {
        long oldest = reader().first(answerMs);
        long low = oldest;
        long high = end;
        while (high - low > NEAR) {
            long middle = (low + high) >>> 1;
            Mark mark = markBehind(middle, high);
            if (mark == null || mark.head() > position) {
                high = middle;
            } else {
                low = middle;
            }
        }
        for (long back = NEAR; ; back *= 4) {
            long from = Math.max(oldest, low - back);
            KafkaState found = anchor(from, end);
            if (from == oldest || found != null && found.head() <= position) {
                return found;
            }
        }
    }

    /** The first mark from this offset on; null where none is before the end. */
    private Mark markBehind(long from, long end) throws IOException {
        Mark[] found = new Mark[1];
        each(from, end, entry -> {
            KafkaRecord record = KafkaRecord.decode(entry.value());
            found[0] = record == null ? null : record.mark();
            return found[0] == null;
        }, offset -> { });
        return found[0];
    }

    // ---- the oldest

    /** The oldest position; one more than the head where there is none. There is a log. */
    long first() throws IOException {
        return anew(() -> {
            KafkaState now = state != null ? state : follow();
            if (now == null) {
                throw new Gone("there is no log in topic " + topic, null);
            }
            return first(now);
        });
    }

    private long first(KafkaState now) throws IOException {
        long nowNs = System.nanoTime();
        if (firstOffset >= 0 && firstLife == now.life() && nowNs - firstNs < FIRST_NS) {
            return firstPosition;
        }
        long oldest = reader().first(answerMs);
        firstNs = nowNs;
        if (oldest != firstOffset || firstLife != now.life()) {
            firstPosition = positionAt(now, oldest);
            firstOffset = oldest;
            firstLife = now.life();
        }
        return firstPosition;
    }

    private long positionAt(KafkaState now, long oldest) throws IOException {
        KafkaPlaces places = now.places();
        if (now.isComplete() || places.oldest().offset() <= oldest) {
            int index = places.from(oldest);
            return index < places.size() ? places.at(index).batch().base() : now.head() + 1;
        }
        KafkaState found = anchor(oldest, now.next());
        return found == null || found.life() != now.life() ? places.oldest().batch().base()
            : found.places().oldest().batch().base();
    }

    /** The oldest offset was moved. */
    void trimmed() {
        firstOffset = -1;
    }

    /**
     * Where the log is to begin.
     *
     * @return the offset of the first record that stays; -1 where all do
     */
    long cut(KafkaTrim rule) throws IOException {
        return anew(() -> {
            KafkaState now = follow();
            if (now == null) {
                return -1L;
            }
            long oldest = reader().first(answerMs);
            Place known = now.places().oldest();
            if (now.isComplete() || known.offset() <= oldest || rule.goes(known)) {
                long cut = rule.firstThatStays(now.places()).offset();
                return cut > oldest ? cut : -1L;
            }
            long cut = -1;
            long low = oldest;
            for (long high = known.offset(); high - low > CUT; ) {
                long middle = (low + high) >>> 1;
                Mark mark = markBehind(middle, high);
                if (mark != null && rule.goes(mark.head(), mark.timeMs(), mark.bytes())) {
                    low = middle;
                    cut = mark.offset();
                } else {
                    high = middle;
                }
            }
            return cut > oldest ? cut : -1L;
        });
    }

    // ---- positions

    /** What {@link ClusterEngine#read} promises. */
    Portion read(long after, int bytesMax) throws IOException {
        return anew(() -> portion(after, bytesMax));
    }

    private Portion portion(long after, int bytesMax) throws IOException {
        long end = end();
        Found found = new Found();
        boolean isRead = false;
        if (state != null && end >= state.next() && state.places().ofPosition(after) != null) {
            found.read(state, after, end, bytesMax); // what is new is read once
            isRead = true;
        }
        KafkaState now = follow(end);
        if (now == null) {
            return new Portion(1, 0, 0, null, List.of());
        }
        long first = first(now);
        if (!isRead && after >= first - 1 && after <= now.head()) {
            KafkaState from = covers(now, after, first) ? now : behind(after, first, end);
            behind = from == now ? null : from;
            if (from != null) {
                found.read(from, after >= first ? after : -1, end, bytesMax);
            }
        }
        return new Portion(first, now.head(), now.epoch(), found.at, found.batches);
    }

    private static boolean covers(KafkaState of, long after, long first) {
        return of.places().ofPosition(after >= first ? after : first) != null || of.isComplete();
    }

    private KafkaState behind(long after, long first, long end) throws IOException {
        if (behind == null || behind.head() > after && !covers(behind, after, first)) {
            behind = before(after, end);
        }
        KafkaState of = behind;
        if (of != null && of.head() < Math.max(after, first)) {
            each(of.next(), end, entry -> {
                of.take(entry.offset(), KafkaRecord.decode(entry.value()));
                return of.head() < Math.max(after, first);
            }, offset -> { });
        }
        return of;
    }

    /** Gathers what stands behind a position. */
    private final class Found {

        private final List<Stored> batches = new ArrayList<>();
        private Stored at;
        private int bytes;
        private boolean compared;

        /**
         * Reads.
         *
         * @param after -1 for all from the first batch on that is known
         */
        void read(KafkaState of, long after, long end, int bytesMax) throws IOException {
            KafkaPlaces places = of.places();
            Place place = after < 0 ? null : places.ofPosition(after);
            int oldest = places.from(firstOffset);
            if (place == null && (after >= 0 || oldest == places.size())) {
                return;
            }
            Place begin = place != null ? place : places.at(oldest);
            long life = of.life();
            each(begin.offset(), end, entry -> {
                KafkaRecord record = KafkaRecord.decode(entry.value());
                if (!compared) {
                    compare(begin, entry, record, of);
                }
                if (entry.offset() >= of.next()) {
                    of.take(entry.offset(), record);
                    if (of.life() != life) {
                        throw new Gone("topic " + topic + " has another log now", null);
                    }
                }
                Place its = of.places().ofOffset(entry.offset());
                if (its == null || its.batch().count() == 0) {
                    return true;
                }
                if (its == place) {
                    at = place.batch();
                    return true;
                }
                Stored told = its.batch();
                byte[] body = record.events().bytes();
                batches.add(new Stored(told.base(), told.count(), told.epoch(), told.nonce(), told.timeMs(),
                    told.format(), body));
                bytes += body.length;
                return bytes < bytesMax;
            }, offset -> { });
        }

        private void compare(Place begin, Entry entry, KafkaRecord record, KafkaState of) throws Gone {
            compared = true;
            if (entry.offset() != begin.offset() || record == null || record.life() != of.life()
                || record.proof() != begin.proof()) {
                throw new Gone("at offset " + begin.offset() + " of topic " + topic + " stands another record than"
                    + " there was", null);
            }
        }
    }

    void close() {
        Reader now = reader;
        if (now != null) {
            now.close();
        }
    }
}
