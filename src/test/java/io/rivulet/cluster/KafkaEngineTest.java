package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.ClusterEngine.Appended;
import io.rivulet.cluster.ClusterEngine.Batch;
import io.rivulet.cluster.ClusterEngine.Load;
import io.rivulet.cluster.ClusterEngine.Outcome;
import io.rivulet.cluster.ClusterEngine.Portion;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.cluster.ClusterEngine.Stored;
import io.rivulet.log.LogAway;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine of Kafka at brokers in memory: what it makes of topics that lose records, or begin anew. */
class KafkaEngineTest {

    private static final String TOPIC = "rivulet";

    private final FakeKafka kafka = new FakeKafka();
    private KafkaEngine engine;
    private Run run;

    @BeforeEach
    void begin() throws IOException {
        engine = open(1_000);
        run = engine.begin("web-1", 0);
    }

    private KafkaEngine open(int places) throws IOException {
        return open(places, 1_000);
    }

    private KafkaEngine open(int places, int answerMs) throws IOException {
        return new KafkaEngine(new KafkaAddress("kafka://broker:9092"), kafka.client(), answerMs, places);
    }

    private static Batch batch(Run run, long number, int count) {
        return new Batch(run.epoch(), number, 1_000 * run.epoch() + (int) number, 1_000 * number, count, 1,
            new byte[100]);
    }

    private static String told(Portion portion) {
        return portion.first() + " " + portion.head() + " at " + (portion.at() == null ? null : portion.at().base())
            + ": " + portion.batches().stream().map(batch -> batch.base() + "-" + batch.last())
            .collect(Collectors.joining(" "));
    }

    @Test
    void whatCameBetweenIsReadBeforeABatchIsAnswered() throws IOException {
        KafkaEngine other = open(1_000);
        Run its = other.begin("web-2", 0);
        assertEquals("1 2", run.epoch() + " " + its.epoch());
        assertEquals(new Appended(Outcome.APPENDED, 1, 1_000, -1), engine.append(batch(run, 1, 2), -1));
        assertEquals(new Appended(Outcome.APPENDED, 3, 1_000, 1_001), other.append(batch(its, 1, 1), -1));
        assertEquals(Outcome.MOVED, engine.append(batch(run, 2, 1), 2).outcome());
        assertEquals(new Appended(Outcome.APPENDED, 4, 3_000, 2_001), engine.append(batch(run, 3, 1), 3));
        assertEquals("1 4 at 1: 3-3 4-4", told(other.read(2, 1_000)));
        assertArrayEquals(its.key(), run.key());
        assertEquals(its.storeId(), run.storeId());
    }

    @Test
    void whatALaterVersionHasWrittenIsToldAtTheStartAndStopsTheOthers() throws IOException {
        engine.append(batch(run, 1, 1), -1);
        KafkaEngine next = open(1_000);
        next.check();
        kafka.put(TOPIC, new byte[] {'R', 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        for (KafkaEngine at : List.of(engine, next)) {
            assertTrue(assertThrows(EngineRefused.class, () -> at.read(1, 100)).getMessage()
                .endsWith("upgrade this node"));
        }
        assertThrows(LogAway.class, () -> engine.append(batch(run, 2, 1), -1));
        KafkaEngine late = open(1_000);
        assertThrows(EngineRefused.class, late::check);
        assertThrows(EngineRefused.class, () -> late.begin("web-2", 0));
    }

    @Test
    void aBatchWhoseAnswerWasLostIsInTheLogOnceThoughItComesAgain() throws IOException {
        engine.append(batch(run, 1, 1), -1);
        kafka.loseNextAnswer();
        LogAway away = assertThrows(LogAway.class, () -> engine.append(batch(run, 2, 1), -1));
        assertTrue(away.isUnknown());
        assertEquals(new Appended(Outcome.APPENDED, 2, 2_000, -1), engine.append(batch(run, 2, 1), -1));
        kafka.put(TOPIC, kafka.value(TOPIC, kafka.end(TOPIC) - 1));
        assertEquals("1 2 at 1: 2-2", told(engine.read(1, 1_000)));
        assertEquals(3, engine.append(batch(run, 3, 1), -1).base());
        kafka.put(TOPIC, kafka.value(TOPIC, kafka.end(TOPIC) - 2));
        assertEquals("1 3 at 1: 2-2 3-3", told(open(1_000).read(1, 1_000)));
    }

    @Test
    void aNodeThatBeginsReadsLittleThoughTheLogIsLong() throws IOException {
        for (int i = 1; i <= 3_000; i++) {
            engine.append(batch(run, i, 1), -1);
        }
        int before = kafka.reads();
        KafkaEngine later = open(1_000);
        Run its = later.begin("web-2", 0);
        assertEquals("2 1", its.epoch() + " " + its.first());
        assertEquals("1 3000 at 2990: 2991-2991 2992-2992", told(later.read(2_990, 200)));
        assertTrue(kafka.reads() - before < 600, "records that were read: " + (kafka.reads() - before));
        before = kafka.reads();
        assertEquals("1 3000 at 100: 101-101 102-102", told(later.read(100, 200)), "far behind");
        assertTrue(kafka.reads() - before < 1_200, "records that were read: " + (kafka.reads() - before));
        assertEquals("1 3000 at 102: 103-103", told(later.read(102, 100)));
        assertEquals("1 3000 at null: 1-1 2-2", told(later.read(0, 200)), "a new copy");
        long at = 0;
        for (Portion portion = later.read(0, 5_000); at < portion.head(); portion = later.read(at, 5_000)) {
            for (Stored batch : portion.batches()) {
                assertEquals(at + 1, batch.base());
                at = batch.last();
            }
        }
        assertEquals(3_000, at);
    }

    @Test
    void placesThatAreForgottenAreFoundAgain() throws IOException {
        KafkaEngine small = open(8);
        Run its = small.begin("web-2", 0);
        for (int i = 1; i <= 500; i++) {
            assertEquals(2 * i - 1, small.append(batch(its, i, 2), -1).base());
        }
        assertEquals("1 1000 at 99: 101-102", told(small.read(100, 100)));
        assertEquals("1 1000 at null: 1-2", told(small.read(0, 100)));
        small.trim(10_000, 0, 0);
        long first = small.read(1_000, 1).first();
        assertTrue(first > 600 && first <= 801, "the newest 100 batches stay, and few more: from " + first);
        assertEquals(first, small.read(first - 1, 1).batches().get(0).base());
    }

    @Test
    void aNodeThatBeginsAfterTheOldestWentHasThePositionsOfTheOthers() throws IOException {
        for (int i = 1; i <= 10; i++) {
            engine.append(batch(run, i, 2), -1);
        }
        engine.trim(500, 0, 0);
        assertEquals("11 20 at 19: ", told(engine.read(20, 1)));
        KafkaEngine later = open(1_000);
        Run its = later.begin("web-2", 0);
        assertEquals("2 11", its.epoch() + " " + its.first());
        assertEquals("11 20 at null: 11-12 13-14 15-16 17-18 19-20", told(later.read(10, 10_000)));
        assertEquals(21, later.append(batch(its, 1, 1), 20).base());
        assertEquals(22, engine.append(batch(run, 11, 1), 21).base());
    }

    @Test
    void theNewestBatchStaysAndANewNodeKnowsItsPosition() throws IOException {
        for (int i = 1; i <= 10; i++) {
            engine.append(batch(run, i, 2), -1);
        }
        engine.trim(Long.MAX_VALUE, 0, Long.MAX_VALUE);
        assertEquals("19 20 at 19: ", told(engine.read(20, 1)));
        KafkaEngine later = open(1_000);
        assertEquals(19, later.begin("web-2", 0).first());
        assertEquals("19 20 at null: 19-20", told(later.read(18, 1)));
    }

    @Test
    void aLogThatLostItsEndHasWhatStandsThereNow() throws IOException {
        engine.append(batch(run, 1, 1), -1);
        KafkaEngine other = open(1_000);
        Run its = other.begin("web-2", 0);
        engine.append(batch(run, 2, 1), -1);
        engine.append(batch(run, 3, 1), -1);
        kafka.cut(TOPIC, kafka.end(TOPIC) - 2);
        assertEquals("1 1 at null: ", told(engine.read(3, 1_000)), "it is shorter");
        other.read(0, 1_000);
        other.append(batch(its, 1, 1), -1);
        other.append(batch(its, 2, 1), -1);
        other.append(batch(its, 3, 1), -1);
        assertEquals("1 4 at 3: 4-4", told(engine.read(3, 1_000)));
        assertEquals(2_002, engine.read(3, 1_000).at().nonce(), "another batch than there was");
    }

    @Test
    void aLogThatLostItsEndAndGrewAgainIsKnownByTheRecordAtThePosition() throws IOException {
        engine.append(batch(run, 1, 1), -1);
        KafkaEngine other = open(1_000);
        Run its = other.begin("web-2", 0);
        engine.append(batch(run, 2, 1), -1);
        engine.append(batch(run, 3, 1), -1);
        kafka.cut(TOPIC, kafka.end(TOPIC) - 2);
        other.read(0, 1_000);
        for (int i = 1; i <= 4; i++) {
            other.append(batch(its, i, 1), -1);
        }
        assertEquals("1 5 at 3: 4-4 5-5", told(engine.read(3, 1_000)));
        assertEquals(2_002, engine.read(3, 1_000).at().nonce(), "another batch than this node has copied");
    }

    @Test
    void aNodeThatHasNotSeenTheLossYetAppendsNothing() throws IOException {
        KafkaEngine other = open(1_000);
        Run its = other.begin("web-2", 0);
        for (int i = 1; i <= 3; i++) {
            engine.append(batch(run, i, 1), -1);
        }
        kafka.cut(TOPIC, kafka.end(TOPIC) - 2);
        other.read(0, 1_000);
        other.append(batch(its, 1, 1), -1);
        assertEquals(Outcome.LOST, engine.append(batch(run, 4, 1), -1).outcome());
        other.append(batch(its, 2, 1), -1);
        assertEquals("1 3 at 1: 2-2 3-3", told(other.read(1, 1_000)));
        assertEquals("1 3 at 1: 2-2 3-3", told(open(1_000).read(1, 1_000)), "also for a new node");
    }

    @Test
    void aTopicThatWasMadeAnewIsAnotherLog() throws IOException {
        engine.append(batch(run, 1, 1), -1);
        kafka.delete(TOPIC);
        assertEquals(Outcome.LOST, engine.append(batch(run, 2, 1), -1).outcome());
        assertEquals("1 0 at null: ", told(engine.read(1, 1)));
        Run again = open(1_000).begin("web-1", run.epoch());
        assertNotEquals(run.storeId(), again.storeId());
        assertEquals("2 1", again.epoch() + " " + again.first());
        assertEquals(Outcome.LOST, engine.append(batch(run, 2, 1), -1).outcome());
        assertEquals("1 0 at null: ", told(open(1_000).read(0, 1_000)));
    }

    @Test
    void aTopicThatIsDeletedWhileItIsReadIsFoundToBeGone() throws IOException {
        engine.append(batch(run, 1, 1), -1);
        kafka.deleteUnheard(TOPIC);
        assertEquals("1 0 at null: ", told(engine.read(0, 1)));
    }

    @Test
    void brokersThatAreFarAwayAreWaitedForFromTheSecondTimeOn() throws IOException {
        engine.append(batch(run, 1, 1), -1);
        KafkaEngine far = open(1_000, 5_000);
        kafka.late(2_000);
        assertEquals("1 1 at null: 1-1", told(far.read(0, 1_000)));
        int before = kafka.looks();
        assertEquals("1 1 at null: 1-1", told(far.read(0, 1_000)));
        assertEquals(before, kafka.looks(), "the topic is not looked for again");
        kafka.late(0);
        far.read(0, 1_000); // they are near once more
        kafka.late(2_000);
        far.read(0, 1_000);
        assertTrue(kafka.looks() > before);
        kafka.delete(TOPIC);
        assertEquals(0, far.read(0, 1_000).head());
    }

    /** Its record stands where it expects it, and so it cannot know by itself. */
    @Test
    void aNodeThatAppendsBehindAsManyRecordsAsWereLostIsToldByTheOthers() throws IOException {
        KafkaEngine other = open(1_000);
        Run its = other.begin("web-2", 0);
        engine.append(batch(run, 1, 1), -1);
        other.read(0, 1_000);
        engine.append(batch(run, 2, 1), -1);
        kafka.cut(TOPIC, kafka.end(TOPIC) - 1);
        assertEquals(2, other.append(batch(its, 1, 1), -1).base());
        assertEquals(3, engine.append(batch(run, 3, 1), -1).base());
        assertEquals("1 2 at 1: 2-2", told(other.read(1, 1_000)), "what it made of lost ones counts nothing");
        long end = kafka.end(TOPIC);
        assertEquals("1 2 at null: ", told(engine.read(3, 1_000)), "though nobody has published since");
        assertEquals(2_001, engine.read(2, 1_000).at().nonce());
        assertEquals("1 2 at 2: ", told(other.read(2, 1_000)));
        assertEquals(end, kafka.end(TOPIC), "that was the last word");
    }

    @Test
    void suchANodeHearsOfItWhenItAppendsAgainToo() throws IOException {
        KafkaEngine other = open(1_000);
        Run its = other.begin("web-2", 0);
        engine.append(batch(run, 1, 1), -1);
        kafka.cut(TOPIC, kafka.end(TOPIC) - 1);
        assertEquals(1, other.append(batch(its, 1, 1), -1).base());
        assertEquals(2, engine.append(batch(run, 2, 1), -1).base());
        assertEquals(2, other.append(batch(its, 2, 1), -1).base());
        assertEquals(Outcome.LOST, engine.append(batch(run, 3, 1), -1).outcome());
        assertEquals("1 2 at null: 1-1 2-2", told(other.read(0, 1_000)));
        assertEquals("1 2 at null: 1-1 2-2", told(open(1_000).read(0, 1_000)), "also for a new node");
    }

    @Test
    void aLogThatKafkasRetentionTookIsBegunAnewAndTheOldNodesFindOut() throws IOException {
        for (int i = 1; i <= 3; i++) {
            engine.append(batch(run, i, 1), -1);
        }
        kafka.retain(TOPIC, kafka.end(TOPIC));
        assertNull(engine.read(3, 1).at(), "what this node has copied is not there any more");
        KafkaEngine later = open(1_000);
        Run its = later.begin("web-2", 3);
        assertNotEquals(run.storeId(), its.storeId());
        assertEquals(1, later.append(batch(its, 1, 1), -1).base());
        assertEquals(Outcome.LOST, engine.append(batch(run, 4, 1), -1).outcome());
        assertEquals("1 1 at null: 1-1", told(later.read(0, 1_000)));
    }

    @Test
    void whileNobodyAnswersEachCallFailsAndTheNextOneGoesOn() throws IOException {
        engine.append(batch(run, 1, 1), -1);
        kafka.away(true);
        assertThrows(IOException.class, () -> engine.read(1, 1));
        assertThrows(LogAway.class, () -> engine.append(batch(run, 2, 1), -1));
        assertNull(engine.notes(0, 1), "the log does not wait for notes");
        kafka.away(false);
        assertEquals(2, engine.append(batch(run, 3, 1), -1).base());
        assertEquals(2, engine.read(1, 1).head());
    }

    @Test
    void anImportIsThereWholeOrNotAtAll() throws IOException {
        kafka.delete(TOPIC);
        Run log = new Run(7, 99, run.key(), 5);
        KafkaEngine made = open(1_000);
        try (Load load = made.load(log)) {
            load.add(new Stored(5, 2, 3, 11, 1_000, 1, new byte[10]));
        }
        assertNull(made.look());
        try (Load load = made.load(log)) {
            load.add(new Stored(5, 2, 3, 11, 1_000, 1, new byte[10]));
            load.add(new Stored(7, 1, 7, 12, 2_000, 1, new byte[20]));
            load.commit();
        }
        assertEquals("7 99 5", made.look().epoch() + " " + made.look().storeId() + " " + made.look().first());
        assertEquals("5 7 at null: 5-6 7-7", told(made.read(4, 1_000)));
        assertThrows(EngineRefused.class, () -> made.load(log));
        Run next = made.begin("web-1", 0);
        assertEquals("8 99 5", next.epoch() + " " + next.storeId() + " " + next.first());
        assertEquals(new Appended(Outcome.APPENDED, 8, 3_000, 12), made.append(batch(next, 3, 1), 7));
    }

    @Test
    void aTopicThatWouldLoseWhatWasAcknowledgedIsRefusedWithWhatToDo() throws IOException {
        assertRefused("needs one partition", 2, 3, Map.of());
        assertRefused("has one replica", 1, 1, Map.of("min.insync.replicas", "2"));
        assertRefused("--add-config min.insync.replicas=2", 1, 3, Map.of());
        assertRefused("it takes nothing", 1, 2, Map.of("min.insync.replicas", "3"));
        assertRefused("unclean.leader.election.enable=false", 1, 3, Map.of("min.insync.replicas", "2",
            "unclean.leader.election.enable", "true"));
        assertRefused("cleanup.policy=delete", 1, 3, Map.of("min.insync.replicas", "2", "cleanup.policy", "compact"));
        assertRefused("compression.type=producer", 1, 3, Map.of("min.insync.replicas", "2", "compression.type", "lz4"));
        assertRefused("max.message.bytes=", 1, 3, Map.of("min.insync.replicas", "2", "max.message.bytes", "1048588"));
        kafka.delete(TOPIC);
        kafka.brokers(1);
        assertTrue(assertThrows(EngineRefused.class, () -> engine.check()).getMessage().contains("durable=no"));
        kafka.brokers(3);
        engine.begin("web-1", 0);
        assertEquals("2 false -1 3", kafka.config(TOPIC).get("min.insync.replicas") + " "
            + kafka.config(TOPIC).get("unclean.leader.election.enable") + " " + kafka.config(TOPIC).get("retention.ms")
            + " " + kafka.client().topic(TOPIC).replicas());
        engine.check();
    }

    private void assertRefused(String part, int partitions, int replicas, Map<String, String> config) {
        kafka.make(TOPIC, partitions, replicas, config);
        EngineRefused told = assertThrows(EngineRefused.class, () -> engine.check());
        assertTrue(told.getMessage().contains(part), told.getMessage());
        assertThrows(EngineRefused.class, () -> engine.begin("web-1", 0));
    }

    @Test
    void whereThatMayBeLessDurableTopicsWillDo() throws IOException {
        kafka.make(TOPIC, 1, 1, Map.of("min.insync.replicas", "1"));
        new KafkaEngine(new KafkaAddress("kafka://broker/rivulet?durable=no"), kafka.client(), 1_000, 8).check();
    }

    @Test
    void notesHaveNumbersOfTheirOwnAndALifeOfTheirTopic() throws IOException {
        assertEquals(List.of(), engine.notes(0, 1_000).notes());
        engine.tell(run.epoch(), new byte[] {1});
        engine.tell(run.epoch(), new byte[] {2, 2});
        ClusterEngine.Notes notes = engine.notes(1, 1_000);
        assertEquals("1 2 2 1", notes.first() + " " + notes.head() + " " + notes.notes().get(0).number() + " "
            + notes.notes().get(0).epoch());
        assertArrayEquals(new byte[] {2, 2}, notes.notes().get(0).body());
        kafka.delete(TOPIC + "-notes");
        assertNotEquals(notes.life(), engine.notes(2, 1_000).life());
    }
}
