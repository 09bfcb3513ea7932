package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.log.Digest;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogMoved;
import io.rivulet.log.LogRecord;
import io.rivulet.log.Receipt;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node's copy of the shared log does when others append, and when the engine fails, forgets or lies. */
class RecoveryTest {

    private static final View ALL = View.unlimited(TopicSelection.ofTopics(List.of("*")));

    @TempDir
    private Path folder;
    private final TestClock clock = new TestClock();
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private final List<EventLog> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(EventLog::close);
    }

    private SharedLog node(String name) throws IOException {
        SharedLog log = Cluster.open(folder.resolve(name), new MemoryEngine(store), Settings.with(), clock,
            clock::nanos);
        open.add(log);
        return log;
    }

    private static LogRecord plain(String data) {
        return new LogRecord(Event.on("a").data(data).build(), null);
    }

    private static LogRecord keyed(String data) {
        return new LogRecord(Event.on("a").data(data).build(), new Receipt(new Digest(1, 2), new Digest(3, 4), 1));
    }

    private static List<LogEntry> append(EventLog log, String data) throws IOException {
        return log.append(List.of(plain(data)), log.range().head());
    }

    private static String all(EventLog log) throws IOException {
        StringBuilder text = new StringBuilder();
        long head = log.range().head();
        for (long at = 0; at < head; ) {
            var chunk = log.read(at, head, ALL, 1 << 20);
            chunk.entries().forEach(e -> text.append(e.position()).append('=').append(e.event().text()).append(' '));
            at = chunk.examinedTo();
        }
        return text.toString().strip();
    }

    private static void awaitHead(EventLog log, long head) {
        Await.until("position " + head, () -> log.range().head() >= head);
    }

    @Test
    void nodesHaveTheSameEventsAtTheSamePlacesUnderTheSameIds() throws IOException {
        SharedLog one = node("one");
        SharedLog two = node("two");
        for (int i = 0; i < 20; i++) {
            append(i % 3 == 0 ? one : two, "" + i);
        }
        awaitHead(one, 20);
        awaitHead(two, 20);
        assertEquals(all(one), all(two));
        for (long at = 0; at < 20; at++) {
            LogEntry a = one.read(at, at + 1, ALL, 100).entries().get(0);
            LogEntry b = two.read(at, at + 1, ALL, 100).entries().get(0);
            assertEquals(a.id(one.seal()) + a.timeMs(), b.id(two.seal()) + b.timeMs());
            var opened = two.seal().open(a.id(one.seal()));
            assertTrue(two.find().epochReaches(opened.epoch(), opened.position().durable()));
        }
        assertFalse(one.range().epoch() == two.range().epoch(), "each run has an epoch of its own");
    }

    @Test
    void whoHasEventsOfOthersIsTold() throws IOException {
        SharedLog one = node("one");
        SharedLog two = node("two");
        AtomicInteger told = new AtomicInteger();
        two.onForeign(told::incrementAndGet);
        int before = told.get();
        append(one, "x");
        Await.until("word of it", () -> told.get() > before);
        awaitHead(two, 1);
    }

    @Test
    void aGroupThatDependsOnHistoryIsAppendedOnlyBehindWhatItWasComparedWith() throws IOException {
        SharedLog one = node("one");
        SharedLog two = node("two");
        store.beforeNextAppend(() -> {
            try {
                append(two, "between");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThrows(LogMoved.class, () -> one.append(List.of(keyed("x")), 0));
        assertEquals("1=between", all(one), "what came between is there to be compared with");
        assertEquals(2, one.append(List.of(keyed("x")), 1).get(0).position());
        store.beforeNextAppend(() -> {
            try {
                append(two, "once more");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(4, one.append(List.of(plain("y")), 2).get(0).position(), "this depends on nothing");
        assertEquals("1=between 2=x 3=once more 4=y", all(one));
    }

    @Test
    void aLostAnswerLeavesTheBatchInTheLogOnce() throws IOException {
        SharedLog one = node("one");
        store.loseAnswers(1);
        assertEquals(1, append(one, "x").get(0).position());
        store.loseAnswers(2);
        LogAway away = assertThrows(LogAway.class, () -> append(one, "y"));
        assertTrue(away.isUnknown());
        awaitHead(one, 2);
        Await.until("it is back", () -> one.range().failure() == null);
        assertEquals(3, append(one, "z").get(0).position());
        assertEquals("1=x 2=y 3=z", all(one));
    }

    @Test
    void whileTheEngineIsAwayNothingIsTakenAndTheCopyIsRead() throws IOException {
        SharedLog one = node("one");
        SharedLog two = node("two");
        append(one, "x");
        awaitHead(two, 1);
        store.away(true);
        LogAway away = assertThrows(LogAway.class, () -> append(one, "y"));
        assertFalse(away.isUnknown(), "it was not sent");
        Await.until("the other has noticed, too", () -> two.range().failure() != null);
        assertTrue(one.range().failure().getMessage().contains("nobody answers"), one.range().failure().getMessage());
        assertEquals("1=x", all(one));
        assertThrows(LogAway.class, one::catchUp, "whether others have more nobody knows");
        assertEquals(null, one.whyNotReady(), "not at once");
        clock.advanceMs(TimeUnit.SECONDS.toMillis(31));
        assertTrue(one.whyNotReady().contains("away"));
        store.away(false);
        Await.until("it is back", () -> one.range().failure() == null && two.range().failure() == null);
        assertEquals(null, one.whyNotReady());
        append(two, "z");
        awaitHead(one, 2);
        assertEquals("1=x 2=z", all(one));
    }

    @Test
    void afterHoursTheEngineIsFollowedAgainAndNobodyIsTakenForGone() throws IOException {
        SharedLog one = node("one");
        SharedLog two = node("two");
        append(one, "x");
        awaitHead(two, 1);
        Await.until("both know of each other", () -> one.notes().others().size() + two.notes().others().size() == 2);
        String id = one.read(0, 1, ALL, 100).entries().get(0).id(one.seal());
        for (int nights = 1; nights <= 2; nights++) {
            store.away(true);
            Await.until("both have noticed", () -> one.range().failure() != null && two.range().failure() != null);
            for (int hour = 0; hour < 14; hour++) {
                clock.advanceMs(TimeUnit.HOURS.toMillis(1));
                assertThrows(LogAway.class, () -> append(one, "y"));
            }
            assertTrue(one.whyNotReady().contains("away"), one.whyNotReady());
            assertEquals(14, TimeUnit.MILLISECONDS.toHours(one.lag().ms()));
            store.away(false);
            Await.until("both are back", () -> one.range().failure() == null && two.range().failure() == null);
            append(two, "morning " + nights);
            awaitHead(one, 1 + nights);
            assertEquals("null 0", one.whyNotReady() + " " + one.lag().events());
            assertTrue(one.catchUp());
        }
        assertEquals("1=x 2=morning 1 3=morning 2", all(one));
        assertEquals(all(one), all(two));
        assertEquals(1, two.seal().open(id).position().durable());
        assertFalse(one.isOver() || two.isOver());
        Await.until("both still know of each other",
            () -> one.notes().others().size() + two.notes().others().size() == 2);
    }

    @Test
    void aNodeThatComesBackGoesOnWithItsCopy() throws IOException {
        SharedLog one = node("one");
        append(one, "x");
        String id = one.read(0, 1, ALL, 100).entries().get(0).id(one.seal());
        one.close();
        SharedLog two = node("two");
        append(two, "y");
        SharedLog again = node("one");
        assertEquals("1=x 2=y", all(again));
        assertEquals(id, again.read(0, 1, ALL, 100).entries().get(0).id(again.seal()));
        assertEquals(3, append(again, "z").get(0).position());
        awaitHead(two, 3);
        assertEquals(all(again), all(two));
    }

    @Test
    void aCopyThatIsDamagedIsMadeAnew() throws IOException {
        SharedLog one = node("one");
        for (int i = 1; i <= 5; i++) {
            append(one, "" + i);
        }
        one.close();
        try (Stream<Path> files = Files.list(folder.resolve("one"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                byte[] b = Files.readAllBytes(file);
                b[100] ^= 1;
                Files.write(file, b);
            }
        }
        assertEquals("1=1 2=2 3=3 4=4 5=5", all(node("one")));
    }

    @Test
    void aCopyOfAnotherLogIsMadeAnew() throws IOException {
        SharedLog one = node("one");
        append(one, "x");
        String id = one.read(0, 1, ALL, 100).entries().get(0).id(one.seal());
        one.close();
        store.empty();
        SharedLog two = node("two");
        append(two, "y");
        SharedLog again = node("one");
        assertEquals("1=y", all(again));
        var opened = again.seal().open(id);
        assertTrue(opened == null || opened.position().durable() != 1 || opened.epoch() != 1,
            "ids of the old log mean nothing");
    }

    @Test
    void aCopyThatIsAheadOfTheEngineIsOver() throws IOException {
        SharedLog one = node("one");
        append(one, "x");
        var backup = store.backup();
        append(one, "y");
        store.restore(backup);
        Await.until("the end of the copy", one::isOver);
        assertThrows(LogAway.class, () -> append(one, "z"));
        one.close();
        assertEquals("1=x", all(node("one")));
    }

    @Test
    void aCopyWhoseEventsAreOthersInTheEngineIsOver() throws IOException {
        SharedLog one = node("one");
        append(one, "x");
        var backup = store.backup();
        append(one, "y");
        one.close();
        store.restore(backup);
        SharedLog two = node("two");
        append(two, "other y");
        append(two, "z");
        assertEquals("1=x 2=other y 3=z", all(node("one")));
        assertFalse(two.isOver());
    }

    @Test
    void aRunThatTheEngineDoesNotKnowAppendsNothing() throws IOException {
        var backup = store.backup();
        SharedLog one = node("one");
        store.restore(backup);
        assertThrows(LogAway.class, () -> append(one, "x"));
        assertTrue(one.isOver());
        assertEquals(0, store.head());
        one.close();
        SharedLog again = node("one");
        assertTrue(again.range().epoch() > 1, "the copy remembers which epochs there have been");
    }

    @Test
    void aNodeWhoseStartTheEngineHasLostIsOverThoughItHasAllEvents() throws IOException {
        append(node("one"), "x");
        var backup = store.backup();
        SharedLog two = node("two");
        store.restore(backup);
        Await.until("another node would get the same number", two::isOver);
        two.close();
        SharedLog again = node("two");
        assertTrue(again.range().epoch() > 2, "the copy remembers which epochs there have been");
        assertEquals("1=x", all(again));
    }

    @Test
    void aCopyThatWasAwayForLongerThanTheEngineRemembersIsMadeAnew() throws IOException {
        SharedLog one = node("one");
        append(one, "1");
        one.close();
        SharedLog two = node("two");
        for (int i = 2; i <= 5; i++) {
            append(two, "" + i);
        }
        store.trimTo(3);
        SharedLog again = node("one");
        assertEquals("4 5", again.range().first() + " " + again.range().head());
        assertEquals(3, again.find().lastTrimmed(ALL), "what is gone counts as trimmed");
        assertEquals(6, append(again, "6").get(0).position());
        again.close();
        assertEquals("4=4 5=5 6=6", all(node("one")));
    }

    @Test
    void anOlderVersionStopsAtANewerFormatAndSaysWhy() throws IOException {
        SharedLog one = node("one");
        append(one, "x");
        store.appendInFormat(99);
        Await.until("trouble", () -> one.range().failure() != null);
        assertTrue(one.range().failure().getMessage().contains("upgraded"), one.range().failure().getMessage());
        assertThrows(LogAway.class, () -> append(one, "y"));
        assertEquals("1=x", all(one));
        assertFalse(one.isOver(), "nothing is lost");
    }
}
