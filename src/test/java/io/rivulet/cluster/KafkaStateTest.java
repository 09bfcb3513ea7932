package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.KafkaPlaces.Place;
import io.rivulet.cluster.KafkaRecord.Begun;
import io.rivulet.cluster.KafkaRecord.Events;
import io.rivulet.cluster.KafkaRecord.Kind;
import io.rivulet.cluster.KafkaRecord.Mark;
import io.rivulet.cluster.KafkaState.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The rules by which all nodes read the records of a topic alike. */
class KafkaStateTest {

    private static final byte[] KEY = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    private final List<KafkaRecord> topic = new ArrayList<>();
    private final KafkaState node = new KafkaState(0, 1_000);

    private Verdict put(KafkaRecord record) {
        topic.add(record);
        return node.take(topic.size() - 1, record);
    }

    private static KafkaRecord log(long life, long seen) {
        return new KafkaRecord(Kind.LOG, life, null, new KafkaRecord.Log(seen, 99, KEY, 0, 1));
    }

    private static KafkaRecord run(KafkaState by, long token, int atLeast) {
        return new KafkaRecord(Kind.RUN, by.life(), by.mark(), new Begun(token, atLeast, "web-1"));
    }

    private static KafkaRecord batch(KafkaState by, int epoch, long number, long expected, int count, int nonce,
                                     long timeMs) {
        return new KafkaRecord(Kind.BATCH, by.life(), by.mark(), new Events(epoch, number, expected, count, nonce,
            timeMs, 1, new byte[10 * count]));
    }

    @Test
    void aBatchThatComesTwiceOrBehindALaterOneCountsNothing() {
        put(log(5, 0));
        put(run(node, 1, 0));
        KafkaRecord first = batch(node, 1, 1, -1, 3, 11, 1_000);
        assertEquals(Verdict.COUNTS, put(first));
        assertEquals(Verdict.TWICE, put(first));
        assertEquals(Verdict.COUNTS, put(batch(node, 1, 2, -1, 1, 12, 1_000)));
        assertEquals(Verdict.TWICE, put(first));
        assertEquals("4 12", node.head() + " " + node.nonce());
        assertEquals(Verdict.COUNTS, put(batch(node, 2, 1, -1, 1, 13, 1_000)), "numbers are those of each run");
    }

    @Test
    void aBatchThatWantsTheHeadElsewhereCountsNothing() {
        put(log(5, 0));
        KafkaRecord alsoAt0 = batch(node, 2, 1, 0, 1, 12, 1_000);
        assertEquals(Verdict.COUNTS, put(batch(node, 1, 1, 0, 2, 11, 1_000)));
        assertEquals(Verdict.MOVED, put(alsoAt0));
        assertEquals(Verdict.COUNTS, put(batch(node, 2, 2, 2, 1, 12, 1_000)));
        assertEquals(3, node.head());
    }

    @Test
    void timesDoNotFall() {
        put(log(5, 0));
        put(batch(node, 1, 1, -1, 1, 11, 9_000));
        put(batch(node, 2, 1, -1, 1, 12, 1_000));
        assertEquals(9_000, node.places().newest().batch().timeMs());
    }

    @Test
    void ofLogsThatBeginAtOnceTheFirstOneIsIt() {
        assertEquals(Verdict.COUNTS, put(log(5, 0)));
        assertEquals(Verdict.NOTHING, put(log(6, 0)));
        assertEquals(Verdict.COUNTS, put(batch(node, 1, 1, -1, 1, 11, 1_000)));
        assertEquals("5 1", node.life() + " " + node.head());
    }

    @Test
    void aLogThatNobodyCanReadIsFollowedByAnotherAndItsRecordsCountNothing() {
        put(log(5, 0));
        KafkaRecord old = batch(node, 1, 1, -1, 1, 11, 1_000);
        put(old);
        KafkaRecord late = batch(node, 1, 2, -1, 1, 12, 1_000);
        assertEquals(Verdict.COUNTS, put(log(6, 2)));
        assertEquals("6 0 0", node.life() + " " + node.head() + " " + node.epoch());
        assertEquals(Verdict.STRANGE, put(late));
        assertEquals(Verdict.COUNTS, put(batch(node, 1, 1, 0, 1, 13, 1_000)));
    }

    @Test
    void whatIsNobodysOfTheHubCountsNothing() throws IOException {
        put(log(5, 0));
        assertNull(KafkaRecord.decode("hello".getBytes()));
        assertNull(KafkaRecord.decode(new byte[] {'R', 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), "it ends in the middle");
        assertNull(KafkaRecord.decode(null));
        assertEquals(Verdict.STRANGE, put(null));
        assertEquals(2, node.next());
        byte[] later = batch(node, 1, 1, -1, 1, 11, 1_000).encode();
        later[1] = 2;
        assertTrue(assertThrows(EngineRefused.class, () -> KafkaRecord.decode(later)).getMessage().contains("upgrade"));
    }

    @Test
    void whoHasReadWhatIsLostWritesWhatCountsNothing() {
        put(log(5, 0));
        put(batch(node, 1, 1, -1, 1, 11, 1_000));
        KafkaState other = new KafkaState(0, 1_000);
        other.take(0, topic.get(0));
        other.take(1, topic.get(1));
        other.take(2, batch(other, 2, 1, -1, 5, 21, 1_000)); // this is lost by an unclean election
        KafkaRecord behind = batch(other, 2, 2, -1, 1, 22, 1_000);
        assertEquals(Verdict.STRANGE, node.take(2, behind), "its mark is of an offset that has not come yet");
        assertEquals(Verdict.COUNTS, node.take(3, batch(node, 1, 2, -1, 1, 12, 1_000)));
        assertEquals(Verdict.STRANGE, node.take(4, behind), "at that offset stands nothing that counts");
        assertEquals(Verdict.COUNTS, node.take(5, batch(node, 1, 3, -1, 1, 13, 1_000)));
        assertEquals(3, node.head());
    }

    @Test
    void aRunGetsTheEpochAboveTheNewestAndAboveThatOfItsCopy() {
        put(log(5, 0));
        put(run(node, 1, 0));
        assertEquals(1, node.epoch());
        put(run(node, 2, 40));
        assertEquals(41, node.epoch());
        put(run(node, 3, 7));
        assertEquals(42, node.epoch());
    }

    @Test
    void recordsComeBackFromTheirBytes() throws IOException {
        put(log(5, 0));
        put(run(node, 7_000_000_001L, 3));
        put(batch(node, 4, 9, -1, 2, 11, 1_000));
        put(batch(node, 4, 10, 2, 3, 12, 2_000));
        for (KafkaRecord record : topic) {
            KafkaRecord read = KafkaRecord.decode(record.encode());
            assertArrayEquals(record.encode(), read.encode());
            assertEquals(record.kind() + " " + record.life() + " " + record.proof(),
                read.kind() + " " + read.life() + " " + read.proof());
        }
        assertEquals(Map.of(4, 9L), KafkaRecord.decode(topic.get(3).encode()).mark().numbers());
    }

    /**
     * Three nodes write, each at its own time and not knowing of the newest; answers are lost and batches sent twice,
     * come late, want the head where it is not, and runs begin. A node that begins at any mark sees the same log.
     */
    @Test
    void aNodeThatBeginsWithAMarkDecidesLikeOneThatHasReadAll() {
        for (int seed = 1; seed <= 200; seed++) {
            List<KafkaRecord> written = written(new Random(seed));
            KafkaState all = new KafkaState(0, 10_000);
            Map<Long, Place> places = new HashMap<>();
            for (int i = 0; i < written.size(); i++) {
                if (all.take(i, written.get(i)) == Verdict.COUNTS) {
                    places.put((long) i, all.places().newest());
                }
            }
            int begins = 0;
            for (KafkaRecord record : written) {
                Mark mark = record.mark();
                if (mark == null || !KafkaState.proves(mark, record.life(), written.get((int) mark.offset()))) {
                    continue;
                }
                KafkaState later = KafkaState.at(mark, written.get((int) mark.offset()), 10_000);
                begins++;
                for (int i = (int) later.next(); i < written.size(); i++) {
                    if (later.take(i, written.get(i)) == Verdict.COUNTS) {
                        assertEquals(places.get((long) i), later.places().newest(), "seed " + seed + ", offset " + i);
                    } else {
                        assertNull(places.get((long) i), "seed " + seed + ", offset " + i);
                    }
                }
                assertEquals(all.head() + " " + all.epoch() + " " + all.timeMs() + " " + all.bytes(),
                    later.head() + " " + later.epoch() + " " + later.timeMs() + " " + later.bytes());
            }
            assertTrue(begins > 20, "marks that can be proven: " + begins);
        }
    }

    private static List<KafkaRecord> written(Random random) {
        List<KafkaRecord> topic = new ArrayList<>(List.of(log(5, 0)));
        List<KafkaState> nodes = new ArrayList<>();
        long[] numbers = new long[3];
        for (int i = 0; i < 3; i++) {
            nodes.add(new KafkaState(0, 10_000));
        }
        List<KafkaRecord> late = new ArrayList<>();
        for (int step = 0; step < 150; step++) {
            int who = random.nextInt(3);
            KafkaState node = nodes.get(who);
            for (int reads = random.nextInt(8); reads > 0 || node.life() == 0; reads--) {
                if (node.next() < topic.size()) {
                    node.take(node.next(), topic.get((int) node.next()));
                }
            }
            KafkaRecord made = random.nextInt(10) == 0 ? run(node, random.nextLong(), 0)
                : batch(node, 10 + who, ++numbers[who], random.nextInt(3) == 0 ? node.head() : -1,
                    1 + random.nextInt(4), random.nextInt(1 << 24), 1_000 + random.nextInt(500));
            boolean isRun = made.kind() == Kind.RUN;
            if (!isRun && random.nextInt(5) == 0) {
                late.add(made); // it comes later, perhaps once more
            }
            if (isRun || random.nextInt(6) > 0) {
                topic.add(made);
            }
            if (!late.isEmpty() && random.nextInt(3) == 0) {
                topic.add(late.remove(random.nextInt(late.size())));
            }
        }
        return topic;
    }
}
