package io.rivulet.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFeedTest {

    @TempDir
    Path folder;
    private final FakeHub hub = new FakeHub("logs/app");
    private Path file;
    private LogFeed feed;

    @BeforeEach
    void follow() {
        file = folder.resolve("app.log");
        feed = new LogFeed(hub, "app", file, false);
    }

    @AfterEach
    void letGo() {
        feed.close();
    }

    @Test
    void itStartsWithTheLastFewLines() throws IOException {
        write("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
        assertEquals(List.of("3", "4", "5", "6", "7", "8", "9", "10", "11", "12"), lines());
    }

    @Test
    void anEventNamesItsLog() throws IOException {
        write("hello\n");
        feed.tick(Instant.EPOCH);
        assertEquals("log", hub.events.get(0).type());
        assertEquals(List.of("{\"log\":\"app\",\"line\":\"hello\"}"), hub.taken());
    }

    @Test
    void aLineComesOnceWhenItIsWhole() throws IOException {
        write("one\n");
        assertEquals(List.of("one"), lines());
        write("tw");
        assertEquals(List.of(), lines());
        write("o\nthree\n");
        assertEquals(List.of("two", "three"), lines());
        assertEquals(List.of(), lines());
    }

    @Test
    void itFollowsTheNameThroughARotation() throws IOException {
        write("one\n");
        lines();
        Path old = folder.resolve("app.log.1");
        Files.move(file, old);
        assertEquals(List.of(), lines());
        Files.writeString(old, "last of the old\n", StandardOpenOption.APPEND);
        write("first of the new\n");
        assertEquals(List.of("last of the old", "first of the new"), linesOfThreeTicks());
        write("second\n");
        assertEquals(List.of("second"), lines());
    }

    @Test
    void whatTheWriterAddsToTheOldFileBeforeItSeesTheRotationIsNotLost() throws IOException {
        write("one\n");
        lines();
        Path old = folder.resolve("app.log.1");
        Files.move(file, old);
        write("first of the new\n");
        assertEquals(List.of(), lines());
        Files.writeString(old, "late", StandardOpenOption.APPEND);
        assertEquals(List.of("late", "first of the new"), linesOfThreeTicks());
    }

    @Test
    void itStartsOverWhenTheFileIsCut() throws IOException {
        write("one\ntwo\nunfinished");
        lines();
        Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        write("new\n");
        assertEquals(List.of("new"), lines());
    }

    @Test
    void aFileThatComesLaterIsReadFromItsStart() throws IOException {
        assertEquals(List.of(), lines());
        write("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
        assertEquals(12, lines().size());
    }

    @Test
    void longLinesAreCutWithoutBreakingACharacter() throws IOException {
        write("ab" + "é".repeat(3_000) + "\nnext\n" + "x".repeat(2_000) + "\n" + "x".repeat(2_001) + "\n");
        List<String> lines = lines();
        assertEquals("ab" + "é".repeat(999) + "…", lines.get(0));
        assertEquals("next", lines.get(1));
        assertEquals("x".repeat(2_000), lines.get(2));
        assertEquals("x".repeat(2_000) + "…", lines.get(3));
    }

    @Test
    void noQueryStringAndNoTokenIsShown() throws IOException {
        write("127.0.0.1 \"GET /api/updates?topic=a&authorization=s3cret HTTP/1.1\" 200 \"https://a.example/b?c=d\"\n"
            + "Authorization: Bearer abc.def-ghi\n"
            + "token=s3cret password: s3cret {\"secret\":\"s3cret\"} is it? yes\n"
            + "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln from /a\n");
        assertEquals(List.of("127.0.0.1 \"GET /api/updates HTTP/1.1\" 200 \"https://a.example/b\"",
            "Authorization: Bearer [hidden]",
            "token=[hidden] password: [hidden] {\"secret\":\"[hidden]\"} is it? yes",
            "got [hidden] from /a"), lines());
    }

    @Test
    void whileNobodyListensTheFileIsLetGoAndThenReadOn() throws IOException {
        write("one\n");
        lines();
        hub.heard.clear();
        write("two\n");
        assertEquals(List.of(), lines());
        hub.heard.add("logs/app");
        assertEquals(List.of("two"), lines());
    }

    @Test
    void afterALongTimeWithoutListenersOnlyTheEndIsNews() throws IOException {
        write("one\n");
        lines();
        hub.heard.clear();
        lines();
        write("missed\n".repeat(20_000) + "end\n");
        hub.heard.add("logs/app");
        List<String> lines = lines();
        assertEquals(10, lines.size());
        assertEquals("end", lines.get(9));
    }

    @Test
    void linesThatTheHubRefusedComeAgainOnce() throws IOException {
        write("one\n");
        hub.takes = false;
        lines();
        write("two\n");
        hub.takes = true;
        assertEquals(List.of("one"), lines());
        assertEquals(List.of("two"), lines());
    }

    @Test
    void aFloodComesInBoundedBatchesAndWhole() throws IOException {
        write("start\n");
        lines();
        StringBuilder flood = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            flood.append(i).append('\n');
        }
        write(flood.toString());
        int next = 0;
        while (next < 30_000) {
            List<String> lines = lines();
            assertTrue(!lines.isEmpty() && lines.size() <= 200, lines.size() + " at " + next);
            for (String line : lines) {
                assertEquals(Integer.toString(next++), line);
            }
        }
    }

    @Test
    void aFloodIsFollowedAsFastAsTheHubTakesIt() throws IOException {
        write("start\n");
        lines();
        write("a line\n".repeat(20_000));
        Duration waited = Duration.ZERO;
        int came = 0;
        while (came < 20_000) {
            waited = waited.plus(feed.tick(Instant.EPOCH));
            came += hub.taken().size();
        }
        assertTrue(waited.compareTo(Duration.ofSeconds(2)) < 0, waited.toString());
        feed.tick(Instant.EPOCH);
        assertEquals(Duration.ofMillis(250), feed.tick(Instant.EPOCH));
    }

    @Test
    void aHubThatDoesNotAnswerIsAskedLessAndLessOften() throws IOException {
        hub.answers = false;
        write("one\n");
        Duration waited = feed.tick(Instant.EPOCH);
        for (int i = 0; i < 20; i++) {
            Duration next = feed.tick(Instant.EPOCH);
            assertTrue(next.compareTo(waited) >= 0, next.toString());
            waited = next;
        }
        assertEquals(Duration.ofMillis(250), waited);
        hub.answerAll();
        write("two\n");
        assertEquals(Duration.ofMillis(2), feed.tick(Instant.EPOCH));
        hub.takes = false;
        hub.answerAll();
        write("three\n");
        feed.tick(Instant.EPOCH);
        assertEquals(Duration.ofMillis(250), feed.tick(Instant.EPOCH));
    }

    @Test
    void linesArePrivateUnlessTheLogIsOpenToEverybody() throws IOException {
        write("one\n");
        feed.tick(Instant.EPOCH);
        assertTrue(hub.events.get(0).isPrivate());
        hub.taken();
        try (LogFeed open = new LogFeed(hub, "app", file, true)) {
            open.tick(Instant.EPOCH);
            assertFalse(hub.events.get(0).isPrivate());
        }
    }

    @Test
    void aFolderIsNoFile() throws IOException {
        Files.createDirectory(file);
        assertEquals(List.of(), lines());
    }

    private List<String> lines() {
        feed.tick(Instant.EPOCH);
        return hub.takenJson().stream().map(event -> event.get("line").getAsString()).toList();
    }

    private List<String> linesOfThreeTicks() {
        List<String> lines = new ArrayList<>(lines());
        lines.addAll(lines());
        lines.addAll(lines());
        return lines;
    }

    private void write(String text) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
