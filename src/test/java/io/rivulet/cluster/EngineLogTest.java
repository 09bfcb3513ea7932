package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.event.IdSeal;
import io.rivulet.log.Digest;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.Receipt;
import io.rivulet.log.View;
import io.rivulet.log.archive.LogCommand;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code log} at an engine: a log goes there and back, and all its ids mean what they meant. */
class EngineLogTest {

    private static final View ALL = View.unlimited(TopicSelection.ofTopics(List.of("*")));
    private static final Digest KEY = new Digest(1, -2);

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** An engine at the one log of the test: in memory here, and a real one where the same is asked of that. */
    ClusterEngine engine() throws IOException {
        return new MemoryEngine(store);
    }

    private int atEngine(String input, String... words) {
        out.reset();
        err.reset();
        return new LogCommand(() -> new EngineLog(engine()), in(input), new PrintStream(out),
            new PrintStream(err)).run(List.of(words));
    }

    private int atFolder(String name, String input, String... words) throws IOException {
        out.reset();
        err.reset();
        return new LogCommand(Files.createDirectories(folder.resolve(name)), Settings.with(), in(input),
            new PrintStream(out), new PrintStream(err)).run(List.of(words));
    }

    private static ByteArrayInputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private String exported() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private SegmentLog hub(String name) throws IOException {
        return SegmentLog.open(folder.resolve(name), Settings.with(), InstantSource.system(), System::nanoTime,
            new Metrics());
    }

    private SharedLog node(String name) throws IOException {
        return Cluster.open(folder.resolve(name), engine(), Settings.with(), InstantSource.system(),
            System::nanoTime);
    }

    private static LogRecord record(String data) {
        return new LogRecord(Event.on("news").data(data).build(), null);
    }

    private static List<String> all(EventLog log) throws IOException {
        List<String> all = new ArrayList<>();
        for (LogEntry entry : log.read(0, log.range().head(), ALL, 1 << 20).entries()) {
            all.add(String.join(" | ", entry.position() + "", entry.placeId(log.seal()), entry.timeMs() + "",
                entry.event().topics() + entry.event().text() + entry.event().isPrivate(), entry.receipt() + ""));
        }
        return all;
    }

    /** Whether a client that shows this id goes on exactly. */
    private static boolean knows(EventLog log, String id) throws IOException {
        IdSeal.Opened opened = log.seal().open(id);
        long position = opened.position().durable();
        return log.find().epochReaches(opened.epoch(), position)
            && log.find().nonceAt(position).orElse(-1) == opened.nonce();
    }

    private static List<String> ids(EventLog log) throws IOException {
        List<String> ids = new ArrayList<>();
        for (LogEntry entry : log.read(0, log.range().head(), ALL, 1 << 20).entries()) {
            ids.add(entry.placeId(log.seal()));
        }
        return ids;
    }

    @Test
    void aLogOfOneHubGoesIntoAnEngineWithAllThatItKnows() throws Exception {
        try (SegmentLog first = hub("hub")) {
            Receipt receipt = new Receipt(KEY, new Digest(3, 4), 2);
            first.append(List.of(new LogRecord(Event.on("news").data("1").build(), receipt), record("2")));
        }
        List<String> all;
        List<String> ids;
        try (SegmentLog again = hub("hub")) { // another epoch
            again.append(List.of(new LogRecord(Event.on("news").data("3").markPrivate(true).build(), null)));
            all = all(again);
            ids = ids(again);
        }
        assertEquals(LogCommand.DONE, atFolder("hub", "", "export", "-"));
        String lines = exported();
        assertEquals(LogCommand.FAILED, atEngine(lines.replace("\"data\":\"2\"", "\"data\":\"x\""), "import", "-"));
        try (ClusterEngine left = engine()) {
            assertNull(left.look(), "an import that was changed leaves nothing");
        }
        assertEquals(LogCommand.DONE, atEngine(lines, "import", "-"), err.toString());
        try (SharedLog node = node("node")) {
            assertEquals(all, all(node));
            for (String id : ids) {
                assertTrue(knows(node, id), id);
            }
            assertTrue(node.find().byKey(KEY).isPresent(), "an idempotency key does not count any more");
            assertEquals(4, node.append(List.of(record("4"))).get(0).position());
        }
        assertEquals(LogCommand.FAILED, atEngine(lines, "import", "-"));
        assertTrue(err.toString().contains("there is a log"), err.toString());
    }

    @Test
    void aLogThatNodesHaveWrittenInTurnsBecomesThatOfOneHub() throws Exception {
        List<String> all;
        List<String> ids;
        try (SharedLog one = node("one"); SharedLog two = node("two")) {
            for (int i = 0; i < 6; i++) {
                (i % 2 == 0 ? one : two).append(List.of(record("" + i)));
            }
            one.append(List.of(record("last")));
            all = all(one);
            ids = ids(one);
            assertEquals(LogCommand.DONE, atEngine("", "export", "-"), err.toString()); // while both run
        }
        assertEquals(LogCommand.DONE, atFolder("hub", exported(), "import", "-"), err.toString());
        try (SegmentLog hub = hub("hub")) {
            assertEquals(all, all(hub));
            hub.append(List.of(record("of the hub")));
        }
        try (SegmentLog hub = hub("hub")) {
            for (String id : ids) {
                assertTrue(knows(hub, id), id);
            }
            assertTrue(knows(hub, ids(hub).get(7)));
            assertFalse(hub.find().epochReaches(1, 8), "no node has written behind its end");
        }
        assertEquals(LogCommand.DONE, atFolder("hub", "", "verify"), exported());
        assertEquals(LogCommand.DONE, atEngine("", "verify"));
        assertTrue(exported().contains("7 events, positions 1 to 7"), exported());
        assertEquals(LogCommand.DONE, atEngine("", "dump", "--after=6"));
        assertEquals(1, exported().lines().count());
    }
}
