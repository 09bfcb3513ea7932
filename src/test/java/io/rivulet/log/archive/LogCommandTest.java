package io.rivulet.log.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.event.IdSeal;
import io.rivulet.event.TopicEnd;
import io.rivulet.kit.Await;
import io.rivulet.log.Digest;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.ProducerMark;
import io.rivulet.log.Receipt;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.log.store.StoreHolder;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code log} on a real folder: what it writes, what it reads again, and what it refuses. */
class LogCommandTest {

    private static final Digest KEY = new Digest(1, -2);

    @TempDir
    private Path folder;
    private Path data;
    private String out;
    private String err;

    @BeforeEach
    void writeALog() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        try (SegmentLog log = open(data)) {
            log.append(List.of(new LogRecord(Event.on("a").topic("b").data("grüße\n\"x\"").type("alert").retryMs(700)
                .build(), new Receipt(KEY, new Digest(3, 4), 2)), new LogRecord(Event.on("a").build(), null)));
            log.append(List.of(new LogRecord(Event.on("c").id("mine").data("1").markPrivate(true).build(), null)));
            log.append(List.of(new LogRecord(Event.on("c").id("mine").data("2").repeatsId(true).build(), null,
                new ProducerMark(KEY, 5, 1L << 52, 1))));
            log.append(List.of(new LogRecord(Event.mark(), null)));
        }
    }

    private static SegmentLog open(Path data) throws IOException {
        return SegmentLog.open(data, Settings.with(), InstantSource.system(), System::nanoTime, new Metrics());
    }

    private int run(Path in, String input, String... words) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int status = new LogCommand(in, Settings.with(),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(said, false, StandardCharsets.US_ASCII), new PrintStream(told, false,
            StandardCharsets.UTF_8)).run(List.of(words));
        out = said.toString(StandardCharsets.UTF_8);
        err = told.toString(StandardCharsets.UTF_8);
        return status;
    }

    private String exported() {
        assertEquals(0, run(data, "", "export", "-"), err);
        return out;
    }

    private Path empty(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private static List<String> all(SegmentLog log) throws IOException {
        List<String> all = new ArrayList<>();
        IdSeal seal = log.seal();
        TopicSelection any = TopicSelection.ofTopics(List.of("*"));
        for (LogEntry entry : log.read(0, log.range().head(), any, 1 << 20).entries()) {
            Event event = entry.event();
            all.add(String.join(" | ", entry.placeId(seal), entry.id(seal), Long.toString(entry.timeMs()),
                event.topics().toString(), event.type(), event.text(), event.isPrivate() + "", event.retryMs() + "",
                event.repeatsId() + "", entry.receipt() + "" + entry.producer(), event.end() + " " + event.isCancel()));
        }
        return all;
    }

    @Test
    void anImportIsTheLogThatWasExported() throws Exception {
        String lines = exported();
        assertEquals(7, lines.lines().count());
        Path copy = empty("copy");
        assertEquals(0, run(copy, lines, "import", "-"), err);
        assertTrue(err.contains("imported 5 events"), err);
        try (SegmentLog from = open(data); SegmentLog to = open(copy)) {
            assertEquals(all(from), all(to));
            assertEquals(from.range().head(), to.range().head());
            assertEquals(from.range().bytesAppended(), to.range().bytesAppended());
            assertTrue(to.find().byKey(KEY).isPresent(), "an idempotency key does not count any more");
            assertEquals(3, to.find().byId("mine", GrantedTopics.ALL).orElseThrow().position());
        }
        assertEquals(0, run(copy, "", "verify"), out);
        assertTrue(out.endsWith("All is as it was written.\n"), out);
    }

    @Test
    void theEndsOfTopicsAreInAnExport() throws Exception {
        try (SegmentLog log = open(data)) {
            for (TopicEnd end : TopicEnd.values()) {
                log.append(List.of(new LogRecord(Event.on("run/" + end).end(end).data("last").build(), null)));
            }
            log.append(List.of(new LogRecord(Event.cancel("run/4", true), null)));
        }
        String lines = exported();
        refused(lines.replace("\"abandoned\"", "\"lost\""), "its field topicEnd is no reason of an end");
        assertTrue(lines.contains("\"topicEnd\":\"abandoned\",") && lines.contains("\"cancel\":true,"), lines);
        Path copy = empty("copy");
        assertEquals(0, run(copy, lines, "import", "-"), err);
        try (SegmentLog from = open(data); SegmentLog to = open(copy)) {
            assertEquals(all(from), all(to));
            assertTrue(all(to).get(7).endsWith("null | null true"), all(to).get(7));
        }
    }

    @Test
    void anExportIsAFileForItsOwnerAloneAndNeverInTheWay() throws Exception {
        Path file = folder.resolve("backup.ndjson");
        assertEquals(0, run(data, "", "export", file.toString()), err);
        assertEquals("", out);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(1, run(data, "", "export", file.toString()));
        assertTrue(err.contains("is there already"), err);
        assertEquals(0, run(empty("copy"), "", "import", file.toString()), err);
        assertEquals(1, run(empty("other"), "", "import", folder.resolve("none").toString()));
        assertTrue(err.contains("there is no file"), err);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("backup.ndjson", "copy", "data", "other"),
                files.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void halfAFileIsNotImported() throws Exception {
        String lines = exported();
        for (int length = 0; length < lines.length(); length += 61) {
            refused(lines.substring(0, length), "import");
        }
        refused(lines.substring(0, lines.indexOf("{\"position\":4")), "ends after 3 events");
    }

    @Test
    void aFileThatWasChangedIsNotImported() throws Exception {
        String lines = exported();
        String line = lines.lines().skip(1).findFirst().orElseThrow() + "\n";
        refused(lines.replace("grüße", "grusse"), "checksum does not match");
        refused(lines.replace(line, line + line), "position 1 stands where 2 must follow");
        refused(lines.replace(line, ""), "position 2 stands where 1 must follow");
        refused(lines.replace("\"alert\"", "\"a\\nb\""), "line 2 of the import cannot be meant: the type holds");
        refused(lines.replace("\"mine\"", "\"#mine\""), "reserved");
        refused(lines.replace("\"mine\"", "7"), "its field id is no text");
        refused(lines.replace(line, "[]\n"), "it is no object of JSON");
        refused(lines.replace("\"format\":1", "\"format\":2"), "this version reads 1");
        refused(lines.replace("\"position\":2,", "\"position\":1e99,"), "line 3");
        refused(line + lines, "not the beginning of an export");
    }

    private void refused(String lines, String why) throws IOException {
        Path copy = empty("copy");
        assertEquals(1, run(copy, lines, "import", "-"), lines);
        assertTrue(err.contains(why), err);
        try (Stream<Path> files = Files.list(copy)) {
            assertEquals(List.of("store.lock"), files.map(path -> path.getFileName().toString()).toList());
        }
    }

    @Test
    void aFolderWithALogTakesNoImport() throws Exception {
        assertEquals(1, run(data, exported(), "import", "-"));
        assertTrue(err.contains("there is a log in " + data + " already"), err);
    }

    @Test
    void aDumpShowsTheEventsAsTheirReadersKnowThem() throws Exception {
        assertEquals(0, run(data, "", "dump", "--after=2"), err);
        assertEquals(3, out.lines().count(), out);
        String first = out.lines().findFirst().orElseThrow();
        assertTrue(first.startsWith("{\"position\":3,\"time\":\"") && first.endsWith(
            "\"topics\":[\"c\"],\"private\":true,\"id\":\"mine\",\"type\":null,\"data\":\"1\"}".replace(
                "\"type\":null,", "")), first);
        assertFalse(out.contains("key"), out);
    }

    @Test
    void aDamagedByteIsNamedAndNotExported() throws Exception {
        Path segment = data.resolve("00000000000000000001.log");
        byte[] content = Files.readAllBytes(segment);
        content[content.length / 2] ^= 1;
        Files.write(segment, content);
        assertEquals(1, run(data, "", "verify"));
        assertTrue(out.contains("DAMAGED: " + segment + " is damaged at offset ") && out.contains("(position "), out);
        Path file = folder.resolve("backup.ndjson");
        assertEquals(1, run(data, "", "export", file.toString()));
        assertTrue(err.contains("Nothing was exported"), err);
        assertFalse(Files.exists(file) || Files.exists(folder.resolve("backup.ndjson.part")));
        assertEquals(1, run(data, "", "dump"));
        assertTrue(out.contains("grüße") && err.contains("DAMAGED"), out + err);
    }

    @Test
    void aLogInUseIsLeftAloneAndItsHolderIsNamed() throws Exception {
        try (StoreHolder holder = new StoreHolder(data, "/shop", false)) {
            holder.start();
            Await.until("it holds the folder", () -> holder.kind().equals("OPEN"));
            for (List<String> words : List.of(List.of("verify"), List.of("dump"), List.of("export", "-"),
                List.of("import", "-"))) {
                assertEquals(1, run(data, "", words.toArray(String[]::new)));
                assertTrue(err.contains("is in use by the application at \"/shop\" in process "
                    + ProcessHandle.current().pid()), err);
                assertEquals("", out);
            }
        }
        assertEquals(0, run(data, "", "verify"), out);
    }

    @Test
    void wordsThatCannotBeMeantGetTheHelpAndAFolderThatIsNotThereASentence() {
        for (String words : List.of("", "verify x", "export", "import", "export a b", "dump 5", "dump --after=x",
            "keep")) {
            assertEquals(2, run(data, "", words.isEmpty() ? new String[0] : words.split(" ")), words);
            assertTrue(err.contains("log export FILE"), err);
        }
        assertEquals(1, run(folder.resolve("none"), "", "verify"));
        assertTrue(err.contains("there is no folder"), err);
    }

    @Test
    void anOutputThatCannotBeWrittenIsAFailure() {
        PrintStream full = new PrintStream(new java.io.OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        assertEquals(1, new LogCommand(data, Settings.with(), new ByteArrayInputStream(new byte[0]), full,
            new PrintStream(told)).run(List.of("export", "-")));
        assertTrue(told.toString(StandardCharsets.UTF_8).contains("the output could not be written"));
    }
}
