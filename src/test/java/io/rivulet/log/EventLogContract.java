package io.rivulet.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.event.IdSeal;
import io.rivulet.event.TopicEnd;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link EventLog} does, whatever it is made of. */
public abstract class EventLogContract {

    protected static final View ALL = topics("*");

    protected final TestClock clock = new TestClock();
    protected EventLog log;

    /** A new, empty log on {@link #clock}. */
    protected abstract EventLog open() throws IOException;

    /** Whether an append waits for the disk. */
    protected boolean syncsEach() {
        return true;
    }

    /** Comes between appending and looking: a log that can be opened again is. */
    protected EventLog settled(EventLog log) throws IOException {
        return log;
    }

    @BeforeEach
    void openLog() throws IOException {
        log = open();
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    static LogRecord on(String topic, String data) {
        return new LogRecord(Event.on(topic).data(data).build(), null);
    }

    static View topics(String... topics) {
        return View.unlimited(TopicSelection.ofTopics(List.of(topics)));
    }

    /** One commit for each event. */
    void appendEach(String... topicsAndData) throws IOException {
        for (String each : topicsAndData) {
            log.append(List.of(on(each.split("=")[0], each.split("=")[1])));
        }
    }

    String read(long after, View topics) throws IOException {
        StringBuilder text = new StringBuilder();
        long head = log.range().head();
        for (long next = after; next < head; ) {
            LogChunk chunk = log.read(next, head, topics, 100);
            chunk.entries().forEach(e -> text.append(e.position()).append('=').append(e.event().text()).append(' '));
            assertTrue(chunk.examinedTo() > next, "a read must move on");
            next = chunk.examinedTo();
        }
        return text.toString().trim();
    }

    @Test
    void anEmptyLogHoldsNothing() throws IOException {
        LogRange range = log.range();
        assertEquals("1 0 0", range.first() + " " + range.head() + " " + range.bytesAppended());
        LogChunk chunk = log.read(0, 0, ALL, 1_000);
        assertEquals(new LogChunk(1, 0, List.of()), chunk);
        assertEquals(OptionalLong.of(range.headNonce()), log.find().nonceAt(0));
        assertEquals(0, log.find().beforeNewest(ALL, 5));
        assertEquals(0, log.find().beforeTime(0));
        assertEquals(List.of(), log.find().newestOfEach(ALL, 5));
        assertEquals(0, log.find().lastTrimmed(ALL));
    }

    @Test
    void positionsBeginAtOneAndHaveNoHoles() throws IOException {
        assertEquals(1, log.append(List.of(on("a", "x"))).get(0).position());
        List<LogEntry> two = log.append(List.of(on("a", "y"), on("b", "z")));
        assertEquals("2 3", two.get(0).position() + " " + two.get(1).position());
        assertEquals(two.get(0).nonce(), two.get(1).nonce(), "one commit, one nonce");
        assertEquals(3, log.range().head());
        assertEquals(two.get(1).nonce(), log.range().headNonce());
        assertTrue(two.get(0).nonce() >>> 24 == 0, "24 bits");
    }

    @Test
    void everyFieldComesBack() throws IOException {
        Event event = Event.builder().topic("https://example.com/ä").topic("second").data("line 1\nline 2 \u20ac")
            .id("urn:uuid:1").type("update").retryMs(5_000).markPrivate(true).build();
        Receipt receipt = new Receipt(new Digest(-1, 2), new Digest(3, Long.MIN_VALUE), 300);
        LogEntry put = log.append(List.of(new LogRecord(event, receipt))).get(0);
        log = settled(log);
        LogEntry got = log.read(0, 1, ALL, 1_000).entries().get(0);
        Event back = got.event();
        assertEquals(event.topics(), back.topics());
        assertEquals(event.text(), back.text());
        assertEquals("urn:uuid:1 update 5000 true",
            back.id() + " " + back.type() + " " + back.retryMs() + " " + back.isPrivate());
        assertEquals(receipt, got.receipt());
        assertEquals(put.position() + " " + put.epoch() + " " + put.nonce() + " " + put.timeMs(),
            got.position() + " " + got.epoch() + " " + got.nonce() + " " + got.timeMs());
        LogEntry plain = log.append(List.of(on("t", ""))).get(0);
        Event bare = log.read(1, 2, ALL, 1_000).entries().get(0).event();
        assertEquals("null null 0 false 0", bare.id() + " " + bare.type() + " " + bare.retryMs() + " "
            + bare.isPrivate() + " " + bare.data().length);
        assertEquals(2, plain.position());
    }

    @Test
    void whatEndsATopicComesBackWithItsData() throws IOException {
        for (TopicEnd end : TopicEnd.values()) {
            log.append(List.of(new LogRecord(Event.on("run").id("e" + end.ordinal()).data("last").end(end).build(),
                null)));
        }
        log.append(List.of(new LogRecord(Event.cancel("run", true), null)));
        log = settled(log);
        List<LogEntry> entries = log.read(0, 4, ALL, 1_000).entries();
        for (TopicEnd end : TopicEnd.values()) {
            Event event = entries.get(end.ordinal()).event();
            assertEquals(end + " e" + end.ordinal() + " last false",
                event.end() + " " + event.id() + " " + event.text() + " " + event.isCancel());
        }
        Event cancel = entries.get(3).event();
        assertEquals("null true rivulet.cancel true [run]", cancel.end() + " " + cancel.isCancel() + " "
            + cancel.type() + " " + cancel.isPrivate() + " " + cancel.topics());
    }

    @Test
    void theNewestMarkOfATopicIsFoundAndNoneOfOthers() throws IOException {
        assertFalse(log.hasMarks() || log.mayBeMarked("run/1"));
        appendEach("run/1=a", "run/2=b");
        log = settled(log);
        assertFalse(log.hasMarks());
        log.append(List.of(new LogRecord(Event.cancel("run/1", false), null)));
        log = settled(log);
        assertTrue(log.hasMarks() && log.mayBeMarked("run/1"));
        assertTrue(log.find().mark("run/1").orElseThrow().event().isCancel());
        log.append(List.of(on("run/2", "c"), new LogRecord(Event.on("run/1").data("last").markPrivate(true)
            .end(TopicEnd.CANCELLED).build(), null)));
        appendEach("run/1x=a", "run=b");
        log = settled(log);
        LogEntry mark = log.find().mark("run/1").orElseThrow();
        assertEquals("5 CANCELLED last", mark.position() + " " + mark.event().end() + " " + mark.event().text());
        for (String other : List.of("run/2", "run/1x", "run", "")) {
            assertTrue(log.find().mark(other).isEmpty(), other);
        }
    }

    @Test
    void theEventsOfATopicAreCountedAndTheTopicsListed() throws IOException {
        appendEach("b=1", "a=2", "c=3", "a=4", "b=5", "a=6");
        log.append(List.of(new LogRecord(Event.on("a").topic("d").data("7").markPrivate(true).build(), null)));
        log = settled(log);
        View anonymous = new View(TopicSelection.ofTopics(List.of("a")), GrantedTopics.NONE);
        assertEquals("4 3 7 0 3", log.find().count(topics("a")) + " " + log.find().count(anonymous) + " "
            + log.find().count(ALL) + " " + log.find().count(topics("e")) + " " + log.find().count(topics("b", "c")));
        assertEquals(List.of("a", "b"), log.find().topics("", 2));
        assertEquals(List.of("c", "d"), log.find().topics("b", 2));
        assertEquals(List.of(), log.find().topics("d", 2));
    }

    @Test
    void anAppendAnswersWithItsWholeCommitWhichIsVisibleByThen() throws IOException {
        List<String> told = new ArrayList<>();
        List<LogEntry> group = log.append(List.of(on("a", "1")));
        told.add(group.get(0).position() + "+" + group.size());
        assertEquals(List.of("1+1"), told);
        assertEquals("1=1", read(0, ALL));
        group = log.append(List.of(on("a", "2"), on("a", "3")));
        told.add(group.get(0).position() + "+" + group.size());
        assertEquals(List.of("1+1", "2+2"), told);
        assertEquals("1=1 2=2 3=3", read(0, ALL));
    }

    @Test
    void anAppendSaysWhenItIsAboutToWaitForTheDisk() throws IOException {
        List<String> told = new ArrayList<>();
        log.beforeSync(() -> told.add("waits at " + log.range().head()));
        log.append(List.of(on("a", "1")));
        told.add("on the disk at " + log.range().head());
        log.append(List.of(on("a", "2"), on("a", "3")));
        told.add("on the disk at " + log.range().head());
        List<String> once = told.stream().distinct().toList(); // a new segment is synced, too
        assertEquals(syncsEach() ? List.of("waits at 0", "on the disk at 1", "waits at 1", "on the disk at 3")
            : List.of("on the disk at 1", "on the disk at 3"), once);
    }

    @Test
    void aReadFindsWhatMatchesAndSaysHowFarItLooked() throws IOException {
        appendEach("a=1", "b=2", "a=3", "c=4", "b=5");
        log = settled(log);
        assertEquals("1=1 2=2 3=3 4=4 5=5", read(0, ALL));
        assertEquals("1=1 3=3", read(0, topics("a")));
        assertEquals("2=2 4=4 5=5", read(0, topics("b", "c")));
        assertEquals("5=5", read(4, topics("b")));
        assertEquals("", read(0, topics("none")));
        LogChunk none = log.read(0, 5, topics("none"), 1_000);
        assertEquals("1 5", none.from() + " " + none.examinedTo());
        LogChunk part = log.read(1, 3, topics("a"), 1_000);
        assertEquals("2 3 1", part.from() + " " + part.examinedTo() + " " + part.entries().size());
        LogChunk nothing = log.read(5, 5, ALL, 1_000);
        assertEquals("6 5 0", nothing.from() + " " + nothing.examinedTo() + " " + nothing.entries().size());
    }

    @Test
    void aReadStopsNearItsBudgetAndAlwaysMovesOn() throws IOException {
        for (int i = 0; i < 100; i++) {
            log.append(List.of(on("a", "x".repeat(1_000))));
        }
        log = settled(log);
        LogChunk chunk = log.read(0, 100, ALL, 10_000);
        assertTrue(chunk.entries().size() >= 5 && chunk.entries().size() <= 15, "" + chunk.entries().size());
        assertEquals(chunk.entries().size(), chunk.examinedTo());
        assertEquals(1, log.read(0, 100, ALL, 1).entries().size());
    }

    @Test
    void anEventOfTwoTopicsIsFoundOnce() throws IOException {
        log.append(List.of(new LogRecord(Event.on("a").topic("b").topic("a").data("both").build(), null)));
        appendEach("b=2");
        log = settled(log);
        assertEquals("1=both 2=2", read(0, topics("a", "b")));
        assertEquals("1=both", read(0, topics("a")));
        assertEquals(0, log.find().beforeNewest(topics("a", "b"), 2));
        assertEquals(1, log.find().beforeNewest(topics("a", "b"), 1));
    }

    @Test
    void theEarliestEventOfAnIdCounts() throws IOException {
        appendEach("a=0");
        for (String id : List.of("one", "two", "one")) {
            log.append(List.of(new LogRecord(Event.on("a").id(id).data(id).build(), null)));
        }
        log = settled(log);
        assertEquals(2, position("one"));
        assertEquals(3, position("two"));
        assertEquals(0, position("three"));
    }

    private long position(String id) throws IOException {
        return log.find().byId(id, GrantedTopics.ALL).map(LogEntry::position).orElse(0L);
    }

    @Test
    void itIsToldWhetherAnIdWasUsedBeforeAndItStaysTold() throws IOException {
        log.append(List.of(new LogRecord(Event.on("a").id("mine").build(), null)));
        log.append(List.of(new LogRecord(Event.on("a").id("mine").build().asRepeated(), null),
            new LogRecord(Event.on("a").id("hidden").markPrivate(true).build(), null)));
        log = settled(log);
        assertTrue(log.find().hasId("mine", false) && log.find().hasId("mine", true));
        assertFalse(log.find().hasId("yours", true));
        assertFalse(log.find().hasId("hidden", false), "nobody can ask for the ids of private events");
        assertTrue(log.find().hasId("hidden", true));
        List<LogEntry> all = log.read(0, 3, TopicSelection.ofTopics(List.of("*")), 1 << 20).entries();
        assertEquals(List.of(false, true, false), all.stream().map(e -> e.event().repeatsId()).toList());
        assertEquals(1, position("mine"));
        assertEquals(1, log.find().byId("mine", GrantedTopics.NONE, true).get().position());
        log.append(List.of(new LogRecord(Event.on("a").id("again").build().asRepeated(), null)));
        assertTrue(log.find().byId("again", GrantedTopics.ALL, true).isEmpty());
    }

    @Test
    void aReceiptIsFoundByItsKey() throws IOException {
        Receipt receipt = new Receipt(new Digest(7, 8), new Digest(9, 10), 2);
        log.append(List.of(on("a", "0")));
        log.append(List.of(new LogRecord(Event.on("a").data("1").build(), receipt), on("a", "2")));
        log = settled(log);
        Optional<LogEntry> found = log.find().byKey(new Digest(7, 8));
        assertEquals("2 " + receipt, found.get().position() + " " + found.get().receipt());
        assertEquals(Optional.empty(), log.find().byKey(new Digest(8, 7)));
    }

    @Test
    void theNewestPublishOfAProducerIsFound() throws IOException {
        Digest producer = new Digest(7, 8);
        for (int i = 0; i < 300; i++) { // more than an index tells of one
            log.append(List.of(new LogRecord(Event.on("a").data("1").build(), null,
                new ProducerMark(producer, 1, 2 * i, 2)), on("a", "2")));
        }
        log = settled(log);
        LogEntry newest = log.find().byProducer(producer, mark -> true).orElseThrow();
        assertEquals("599 " + new ProducerMark(producer, 1, 598, 2), newest.position() + " " + newest.producer());
        assertEquals(501, log.find().byProducer(producer, mark -> mark.holds(501)).orElseThrow().position());
        assertEquals(Optional.empty(), log.find().byProducer(new Digest(8, 7), mark -> true));
    }

    @Test
    void timeIsLookedUpAndNeverFallsAlongTheLog() throws IOException {
        long start = clock.millis();
        for (int i = 0; i < 20; i++) {
            appendEach("a=" + i);
            clock.advanceMs(i == 10 ? -5_000 : 1_000);
        }
        log = settled(log);
        long before = 0;
        for (LogEntry entry : log.read(0, 20, ALL, 100_000).entries()) {
            assertTrue(entry.timeMs() >= before);
            before = entry.timeMs();
        }
        assertEquals(0, log.find().beforeTime(start));
        assertEquals(5, log.find().beforeTime(start + 5_000));
        assertEquals(5, log.find().beforeTime(start + 4_001));
        assertEquals(20, log.find().beforeTime(before + 1));
        assertEquals(0, log.find().beforeTime(0));
    }

    @Test
    void theNewestAreCounted() throws IOException {
        appendEach("a=1", "b=2", "a=3", "b=4", "a=5");
        log = settled(log);
        LogFinder find = log.find();
        assertEquals(3, find.beforeNewest(ALL, 2));
        assertEquals(0, find.beforeNewest(ALL, 50));
        assertEquals(2, find.beforeNewest(topics("a"), 2));
        assertEquals(0, find.beforeNewest(topics("a"), 3));
        assertEquals(0, find.beforeNewest(topics("a"), 4));
        assertEquals(2, find.beforeNewest(topics("a", "b"), 3));
        assertEquals(0, find.beforeNewest(topics("none"), 1));
    }

    @Test
    void theNewestOfEachTopicIsFound() throws IOException {
        appendEach("a=1", "b=2", "a=3", "c=4", "b=5", "c=6");
        log = settled(log);
        assertEquals("3 5 6", positions(log.find().newestOfEach(ALL, 10)));
        assertEquals("5 6", positions(log.find().newestOfEach(ALL, 2)));
        assertEquals("3 6", positions(log.find().newestOfEach(topics("a", "c", "none"), 10)));
        log.append(List.of(new LogRecord(Event.on("a").topic("b").build(), null)));
        assertEquals("6 7", positions(log.find().newestOfEach(ALL, 10)));
    }

    private static String positions(List<LogEntry> entries) {
        return String.join(" ", entries.stream().map(e -> "" + e.position()).toList());
    }

    @Test
    void theNonceOfEveryCommitIsKnown() throws IOException {
        List<LogEntry> all = new ArrayList<>(log.append(List.of(on("a", "1"), on("a", "2"))));
        all.addAll(log.append(List.of(on("a", "3"))));
        int atZero = (int) log.find().nonceAt(0).getAsLong();
        log = settled(log);
        for (LogEntry entry : all) {
            assertEquals(OptionalLong.of(entry.nonce()), log.find().nonceAt(entry.position()));
        }
        assertEquals(OptionalLong.of(atZero), log.find().nonceAt(0));
        assertEquals(OptionalLong.empty(), log.find().nonceAt(4));
        assertEquals(all.get(2).nonce(), log.range().headNonce());
    }

    @Test
    void onlyPlacesThatWereThereCanBeReached() throws IOException {
        appendEach("a=1", "a=2");
        int epoch = log.range().epoch();
        log = settled(log);
        LogFinder find = log.find();
        assertTrue(find.epochReaches(epoch, 0));
        assertTrue(find.epochReaches(epoch, 2));
        assertFalse(find.epochReaches(epoch, 3));
        assertFalse(find.epochReaches(epoch + 7, 1));
        assertFalse(find.epochReaches(0, 0));
    }

    @Test
    void anIdOpensToItsPlace() throws IOException {
        LogEntry entry = log.append(List.of(on("a", "1"))).get(0);
        String id = entry.id(log.seal());
        log = settled(log);
        IdSeal.Opened opened = log.seal().open(id);
        assertEquals("1 " + entry.epoch() + " " + entry.nonce(),
            opened.position().durable() + " " + opened.epoch() + " " + opened.nonce());
        assertEquals(id, log.read(0, 1, ALL, 100).entries().get(0).id(log.seal()));
    }

    @Test
    void bytesAppendedOnlyGrow() throws IOException {
        appendEach("a=1");
        long one = log.range().bytesAppended();
        assertTrue(one > 0);
        log = settled(log);
        assertEquals(one, log.range().bytesAppended());
        appendEach("a=2");
        assertTrue(log.range().bytesAppended() > one);
    }

    @Test
    void aClosedLogTakesNothing() throws IOException {
        log.close();
        log.close();
        assertThrows(IOException.class, () -> log.append(List.of(on("a", "1"))));
    }

    @Test
    void manyEventsOfManyTopicsAreAllFound() throws IOException {
        Random random = new Random(7);
        TreeMap<String, List<Long>> expected = new TreeMap<>();
        for (int i = 0, position = 1; i < 300; i++) {
            List<LogRecord> group = new ArrayList<>();
            for (int n = 1 + random.nextInt(5); n > 0; n--) {
                String topic = "t" + random.nextInt(40);
                group.add(on(topic, "x".repeat(random.nextInt(300))));
                expected.computeIfAbsent(topic, t -> new ArrayList<>()).add((long) position++);
            }
            log.append(group);
        }
        log = settled(log);
        for (String topic : expected.keySet()) {
            List<Long> found = new ArrayList<>();
            long head = log.range().head();
            for (long next = 0; next < head; ) {
                LogChunk chunk = log.read(next, head, topics(topic), 2_000);
                chunk.entries().forEach(e -> found.add(e.position()));
                next = chunk.examinedTo();
            }
            assertEquals(expected.get(topic), found);
            long[] all = expected.get(topic).stream().mapToLong(p -> p).toArray();
            assertEquals(all[all.length - 3] - 1, log.find().beforeNewest(topics(topic), 3), Arrays.toString(all));
        }
    }
}
