package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.ClusterEngine.Appended;
import io.rivulet.cluster.ClusterEngine.Batch;
import io.rivulet.cluster.ClusterEngine.Load;
import io.rivulet.cluster.ClusterEngine.Notes;
import io.rivulet.cluster.ClusterEngine.Outcome;
import io.rivulet.cluster.ClusterEngine.Portion;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.cluster.ClusterEngine.Stored;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.log.segment.LogMirror;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What {@link ClusterEngine} promises, asked of a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EngineContract {

    @TempDir
    private Path folder;
    private EngineServer server;
    private int logs;
    private String name;
    private final List<ClusterEngine> engines = new ArrayList<>();
    private ClusterEngine engine;
    private Run run;

    /** A new server; where there is none here, the tests are skipped and say so. */
    abstract EngineServer start() throws Exception;

    @BeforeAll
    void startServer() throws Exception {
        server = start();
    }

    @AfterAll
    void endServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void begin() throws IOException {
        name = "engine" + ++logs;
        engine = open();
        run = engine.begin("test", 0);
    }

    @AfterEach
    void close() {
        engines.forEach(ClusterEngine::close);
        engines.clear();
    }

    private ClusterEngine open() throws IOException {
        ClusterEngine made = server.open(name);
        engines.add(made);
        return made;
    }

    private static Batch batch(Run run, long number, int count, int bytes) {
        return new Batch(run.epoch(), number, (int) number, 1_000 * number, count, 1, new byte[bytes]);
    }

    private static void assertAppended(long base, long timeMs, int nonceBefore, Appended answer) {
        assertEquals(new Appended(Outcome.APPENDED, base, timeMs, nonceBefore, answer.relayed()), answer);
    }

    @Test
    void aBatchThatComesTwiceIsAppendedOnce() throws IOException {
        Appended first = engine.append(batch(run, 1, 3, 10), -1);
        assertAppended(1, 1_000, -1, first);
        assertEquals(1, engine.append(batch(run, 1, 3, 10), -1).base());
        assertEquals(4, engine.append(batch(run, 2, 1, 10), 3).base());
        assertEquals(4, engine.append(batch(run, 2, 1, 10), 3).base(), "though the head is elsewhere now");
        assertEquals(4, engine.read(0, 1_000).head());
    }

    @Test
    void theHeadMayBeWhereItIsExpectedOrNot() throws IOException {
        assertEquals(Outcome.MOVED, engine.append(batch(run, 1, 1, 10), 7).outcome());
        assertEquals(Outcome.APPENDED, engine.append(batch(run, 2, 1, 10), 0).outcome());
        assertAppended(2, 3_000, 2, engine.append(batch(run, 3, 1, 10), 1));
    }

    @Test
    void timesDoNotFallAlongTheLog() throws IOException {
        engine.append(batch(run, 9, 1, 10), -1);
        Run other = open().begin("other", 0);
        assertEquals(9_000, engine.append(batch(other, 1, 1, 10), -1).timeMs());
    }

    @Test
    void aReadBeginsWithTheBatchAtThePositionAndEndsAtItsBudget() throws IOException {
        Portion none = engine.read(0, 1_000);
        assertEquals(new Portion(1, 0, run.epoch(), null, List.of(), none.relayed()), none);
        for (int i = 1; i <= 10; i++) {
            engine.append(batch(run, i, 2, 100), -1);
        }
        Portion portion = engine.read(6, 250);
        assertEquals("1 20 1", portion.first() + " " + portion.head() + " " + portion.epoch());
        assertEquals("5 6 null", portion.at().base() + " " + portion.at().last() + " " + portion.at().body());
        assertEquals(List.of(7L, 9L, 11L), portion.batches().stream().map(b -> b.base()).toList());
        assertEquals(100, portion.batches().get(0).body().length);
        assertEquals(1, engine.read(6, 1).batches().size(), "one at least");
        assertEquals(List.of(), engine.read(20, 1_000).batches());
        assertEquals(19, engine.read(20, 1_000).at().base());
    }

    @Test
    void manyNodesAppendAtOnceAndTheOrderHasNoHole() throws Exception {
        List<CompletableFuture<Integer>> done = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            ClusterEngine own = open();
            Run its = own.begin("node " + n, 0);
            CompletableFuture<Integer> end = new CompletableFuture<>();
            done.add(end);
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 1; i <= 50; i++) {
                        own.append(batch(its, i, 1 + i % 3, 50), -1);
                    }
                    end.complete(50);
                } catch (IOException | RuntimeException e) {
                    end.completeExceptionally(e);
                }
            }, "test-node-" + n);
            thread.start();
        }
        TreeMap<Long, Integer> seen = new TreeMap<>();
        long at = 0;
        while (!done.stream().allMatch(CompletableFuture::isDone) || at < engine.read(at, 1).head()) {
            for (var batch : engine.read(at, 1_000).batches()) {
                assertEquals(at + 1, batch.base(), "a reader meets no hole, however early it looks");
                at = batch.last();
                seen.merge((long) batch.epoch(), 1, Integer::sum);
            }
        }
        for (CompletableFuture<Integer> each : done) {
            assertEquals(50, each.get(20, TimeUnit.SECONDS));
        }
        assertEquals(List.of(50, 50, 50, 50), List.copyOf(seen.values()));
    }

    @Test
    void theOldestGoByBytesByCountAndByAgeAndTheNewestStays() throws IOException {
        for (int i = 1; i <= 10; i++) {
            engine.append(batch(run, i, 2, 100), -1);
        }
        engine.trim(Long.MAX_VALUE, 0, 0);
        assertEquals(1, engine.read(0, 1).first());
        engine.trim(800, 0, 0);
        assertEquals(5, engine.read(0, 1).first(), "800 bytes are eight batches");
        engine.trim(Long.MAX_VALUE, 10, 0);
        assertEquals(11, engine.read(0, 1).first(), "ten events are five batches");
        engine.trim(Long.MAX_VALUE, 0, 8_000);
        assertEquals(15, engine.read(0, 1).first(), "the eighth batch is of that time");
        engine.trim(Long.MAX_VALUE, 0, Long.MAX_VALUE);
        Portion left = engine.read(20, 1);
        assertEquals("19 20 19", left.first() + " " + left.head() + " " + left.at().base());
    }

    @Test
    void whoWaitsIsWokenByAnAppend() throws Exception {
        ClusterEngine other = open();
        other.await(1); // listens from now on
        engine.append(batch(run, 1, 1, 10), -1);
        long began = System.nanoTime();
        other.await(20_000);
        assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20), "the notice ended the wait");
    }

    @Test
    void notesHaveAnOrderOfTheirOwnBesideTheLogAndEndWaits() throws Exception {
        assertEquals(List.of(), engine.notes(0, 1_000).notes());
        ClusterEngine other = open();
        Run its = other.begin("other", 0);
        other.notes(0, 1_000);
        other.await(1); // listens from now on
        for (int i = 1; i <= 10; i++) {
            engine.tell(run.epoch(), ("a" + i).getBytes());
        }
        long began = System.nanoTime();
        other.await(20_000);
        assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20), "the note ended the wait");
        other.tell(its.epoch(), new byte[2_000]);
        engine.append(batch(run, 1, 1, 10), -1);
        Notes all = engine.notes(0, 100_000);
        assertEquals("1 11", all.first() + " " + all.head());
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L),
            all.notes().stream().map(ClusterEngine.Note::number).toList());
        assertEquals(run.epoch() + " a10", all.notes().get(9).epoch() + " " + new String(all.notes().get(9).body()));
        assertEquals(its.epoch(), all.notes().get(10).epoch());
        assertEquals(11, other.notes(10, 1).notes().get(0).number(), "one at least");
        assertEquals(all.life(), other.notes(11, 1).life());
        assertEquals(List.of(), other.notes(11, 1).notes());
        assertEquals(1, engine.read(0, 1_000).head(), "they are no part of the log");
        server.empty(name);
        assertFalse(engine.notes(11, 1).life() == all.life());
    }

    @Test
    void hubsShareBansSubscriptionsAndTheListOfNodes() throws Exception {
        try (HubNode two = new HubNode(folder.resolve("two"), this::open, log -> log)) {
            try (HubNode one = new HubNode(folder.resolve("one"), this::open, log -> log)) {
                NodesShareTest.assertBansAreShared(one, two);
                NodesShareTest.assertPresenceIsShared(one, two);
                Await.until("both are listed", () -> two.cluster.nodes().getAsJsonArray("nodes").size() == 2);
            }
            Await.until("it says that it goes", () -> two.cluster.nodes().getAsJsonArray("nodes").size() == 1);
        }
    }

    @Test
    void aNodeThatMeetsANewerFormatStopsPublishingSaysWhyAndKeepsItsStreams() throws Exception {
        try (HubNode older = new HubNode(folder.resolve("older"), this::open, log -> log)) {
            HubClient stream = HubScene.awaitHello(older.client("news").connect(), 1);
            older.publish("news", "1");
            HubScene.awaitEvents(stream, 1);
            engine.append(new Batch(run.epoch(), 1, 7, 1_000, 1, LogMirror.FORMAT + 1, new byte[10]), -1);
            Await.until("it says why", () -> String.valueOf(older.hub.publishTrouble()).contains("upgraded"));
            assertThrows(Exception.class, () -> older.publish("news", "2"));
            assertEquals("1 1", stream.hubEvents("rivulet.hello").size() + " " + older.openings, "the stream stays");
            HubClient back = HubScene.awaitHello(older.client("news").connectAfter(stream.events().get(0).id()), 1);
            assertEquals("exact", back.told("resumed"));
        }
        assertEquals(2, engine.read(0, 1_000).head(), "it has written nothing behind what it cannot read");
    }

    @Test
    void anEmptiedEngineIsAnotherLog() throws Exception {
        engine.append(batch(run, 1, 1, 10), -1);
        server.empty(name);
        assertEquals(0, engine.read(1, 1).head());
        assertEquals(Outcome.LOST, engine.append(batch(run, 2, 1, 10), -1).outcome());
        Run again = open().begin("test", run.epoch());
        assertFalse(again.storeId() == run.storeId());
        assertEquals(2, again.epoch());
    }

    @Test
    void aCallEndsWithTheServerAndTheNextOneConnectsAnew() throws Exception {
        engine.append(batch(run, 1, 1, 10), -1);
        server.kill();
        assertThrows(IOException.class, () -> engine.read(0, 1));
        assertThrows(IOException.class, () -> engine.append(batch(run, 2, 1, 10), -1));
        server.restart();
        assertEquals(2, engine.append(batch(run, 2, 1, 10), -1).base());
        assertEquals(2, engine.read(0, 1).head());
    }

    @Test
    void aConnectionThatIsCutBetweenTwoCallsCostsNone() throws Exception {
        engine.append(batch(run, 1, 1, 10), -1);
        server.cut();
        assertEquals(2, engine.append(batch(run, 2, 1, 10), -1).base());
    }

    @Test
    void aLogThatIsPutIntoAnEmptyEngineIsThereWholeOrNotAtAll() throws IOException {
        try {
            engine.look();
        } catch (EngineRefused e) {
            Assumptions.abort("skipped: " + e.getMessage());
        }
        String into = "loaded" + logs;
        Run log = new Run(7, 99, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 5);
        List<Stored> batches = List.of(new Stored(5, 2, 3, 11, 1_000, 1, new byte[10]),
            new Stored(7, 1, 7, 12, 2_000, 1, new byte[20]));
        try (ClusterEngine half = server.open(into); Load load = half.load(log)) {
            load.add(batches.get(0));
        }
        ClusterEngine made = server.open(into);
        engines.add(made);
        assertNull(made.look(), "what was not committed is not there");
        try (Load load = made.load(log)) {
            load.add(batches.get(0));
            load.add(batches.get(1));
            load.commit();
        }
        Run seen = made.look();
        assertEquals("7 99 5", seen.epoch() + " " + seen.storeId() + " " + seen.first());
        assertArrayEquals(log.key(), seen.key());
        Portion all = made.read(4, 1_000);
        assertEquals("5 7", all.first() + " " + all.head());
        assertEquals("5 2 3 11 1000 10, 7 1 7 12 2000 20", all.batches().stream().map(b -> b.base() + " " + b.count()
            + " " + b.epoch() + " " + b.nonce() + " " + b.timeMs() + " " + b.body().length)
            .collect(Collectors.joining(", ")));
        assertThrows(EngineRefused.class, () -> made.load(log), "there is a log");
        Run next = made.begin("test", 0);
        assertEquals("8 99 5", next.epoch() + " " + next.storeId() + " " + next.first());
        assertAppended(8, 3_000, 12, made.append(batch(next, 3, 1, 10), 7));
        assertEquals(8, made.read(7, 1_000).head());
    }

    EngineServer server() {
        return server;
    }

    /** The start fails with this part of a sentence; {@code url} is null for none. */
    void assertTold(String part, String url) {
        Settings settings = url == null ? Settings.with("engine", server.engine())
            : Settings.with("engine", server.engine(), "engine.url", url);
        BadSetting told = assertThrows(BadSetting.class,
            () -> Cluster.of(settings, InstantSource.system(), System::nanoTime, new Metrics(), null));
        assertTrue(told.getMessage().contains(part), told.getMessage());
        assertTrue(told.getMessage().startsWith("rivulet.engine.url"), told.getMessage());
        assertFalse(told.getMessage().contains("wrong"), "no password is told: " + told.getMessage());
    }
}
