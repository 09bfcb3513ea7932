package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.event.Event;
import io.rivulet.event.Position;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogMoved;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TransientRelay;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** What one node makes of what all have relayed: where it begins, what it keeps, and how it finds out what it lost. */
class SharedRelayTest {

    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private final Node one = new Node();
    private final Node two = new Node();

    /** A node without a hub; its copy ends where the test says. */
    private final class Node {
        private final MemoryEngine engine = new MemoryEngine(store);
        private final SharedRelay relay;
        private long head;

        Node() {
            try {
                Run run = engine.begin("node", 0);
                SharedRelay.Log log = new SharedRelay.Log(() -> { }, this::pull, e -> e instanceof LogAway known ? known
                    : new LogAway(e.getMessage(), false, e), () -> new LogRange(1, 1, head, 0, 0, null));
                relay = new SharedRelay(engine, run, log, InstantSource.system(), new SplittableRandom(1),
                    new ReentrantLock());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        void pull() throws IOException {
            head = store.head();
            relay.read(head, null);
        }

        Node begun() throws IOException {
            pull();
            relay.begin();
            return this;
        }

        long publish(String... data) throws IOException {
            List<LogRecord> records = new ArrayList<>();
            for (String one : data) {
                records.add(new LogRecord(Event.on("t").data(one).build(), null));
            }
            return relay.publish(records, -1);
        }

        /** All that may be shown by now: the data, and "lost" in the place of what is lost. */
        List<String> shown() {
            List<String> shown = new ArrayList<>();
            for (var batch = relay.poll(head); batch != null; batch = relay.poll(head)) {
                batch.records().forEach(record -> shown.add(record.event().text()));
                if (batch.isLoss()) {
                    shown.add("lost");
                }
            }
            return shown;
        }
    }

    @Test
    void whatIsPublishedHereComesBackInItsPlaceAmongAll() throws IOException {
        one.begun();
        two.begun();
        one.publish("a", "b");
        two.publish("c");
        one.publish("d");
        assertEquals(List.of("a", "b", "c", "d"), one.shown());
        two.pull();
        assertEquals(List.of("a", "b", "c", "d"), two.shown());
    }

    @Test
    void whatBelongsBehindAnEventThatIsNotCopiedYetWaits() throws IOException {
        one.begun();
        two.begun();
        store.appendInFormat(1);
        two.publish("behind 1");
        one.relay.read(1, null); // the log was read up to there, and is copied now
        assertEquals(List.of(), one.shown());
        one.head = 1;
        assertEquals(List.of("behind 1"), one.shown());
    }

    @Test
    void itBeginsBehindAllThatWasRelayedAtThatPlace() throws IOException {
        two.begun();
        two.publish("a", "b");
        one.pull();
        two.publish("c");
        one.pull();
        assertEquals(Position.ofShared(0, 3), one.relay.begin().place());
        two.publish("d");
        one.pull();
        assertEquals(List.of("d"), one.shown());
    }

    @Test
    void whatItPassedOverBehindAPlaceThatItHasNotReachedIsLost() throws IOException {
        two.begun();
        store.appendInFormat(1);
        two.publish("a");
        one.relay.read(0, null); // the log was read before the append
        assertEquals(Position.START, one.relay.begin().place());
        one.pull();
        two.publish("b");
        one.pull();
        assertEquals(List.of("lost", "b"), one.shown());
    }

    @Test
    void aHoleIsALossAndWhatIsLeftComesBehindIt() throws IOException {
        one.begun();
        two.begun();
        for (String data : List.of("a", "b", "c")) {
            two.publish(data);
        }
        store.keepRelayed(1);
        one.pull();
        assertEquals(List.of("lost", "c"), one.shown());
        store.loseRelayed();
        one.pull();
        assertEquals(List.of("lost"), one.shown());
        two.publish("d");
        one.pull();
        assertEquals(List.of("d"), one.shown());
        one.pull();
        assertNull(one.relay.poll(0));
    }

    @Test
    void theFirstOnesEverAreNoLoss() throws IOException {
        one.begun();
        two.begun();
        two.publish("a");
        one.pull();
        assertEquals(List.of("a"), one.shown());
    }

    @Test
    void whatDependsOnWhatCameBeforeIsPublishedOnlyWhereThatWasCompared() throws IOException {
        one.begun();
        two.begun();
        two.publish("a");
        List<LogRecord> group = List.of(new LogRecord(Event.on("t").data("b").build(), null));
        assertThrows(LogMoved.class, () -> one.relay.publish(group, 0));
        assertEquals(List.of("a"), one.shown());
        assertEquals(2, one.relay.publish(group, 1));
        assertEquals(List.of("b"), one.shown());
    }

    @Test
    void moreThanSixteenMegabytesThatNobodyTakesAreLost() throws IOException {
        one.begun();
        two.begun();
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 20; i++) {
            two.publish(large);
        }
        one.pull();
        List<String> shown = one.shown();
        assertEquals("lost", shown.get(0));
        assertTrue(shown.size() < 16, shown.size() + " after the loss");
        two.publish("next");
        one.pull();
        assertEquals(List.of("next"), one.shown());
    }

    @Test
    void whatTheEngineMayHaveTakenIsSaidToBeUnknown() throws IOException {
        one.begun();
        store.away(true);
        LogAway away = assertThrows(LogAway.class, () -> one.publish("a"));
        assertTrue(away.isUnknown());
        store.away(false);
        TransientRelay.Batch none = one.relay.poll(0);
        assertNull(none);
        one.publish("b");
        assertFalse(one.shown().isEmpty());
    }
}
