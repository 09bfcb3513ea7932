package io.rivulet.http.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access log: what a line says and what it must not say, and a file that is taken away. */
class AccessLogTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T05:06:07Z"));

    @TempDir
    private Path folder;

    @Test
    void aLineSaysWhoWhatAndHowItEnded() throws Exception {
        Path file = folder.resolve("deep/access.log");
        try (AccessLog log = new AccessLog(file, CLOCK, new Metrics())) {
            log.add("127.0.0.1", "dev", "GET /x HTTP/1.1", 200, "3ms", "id1");
        }
        assertEquals(List.of("127.0.0.1 - dev [23/Nov/2026:05:06:07 +0000] \"GET /x HTTP/1.1\" 200 - 3ms id1"),
            Files.readAllLines(file));
    }

    @Test
    void requestsAreLoggedWithoutTheirQueries() throws Exception {
        Path file = folder.resolve("access.log");
        try (Door door = Door.logging(file)) {
            door.send("POST /api/updates?topic=secret-topic&access_token=secret", "x");
            door.send("POST /api/updates?topic=secret-topic", "x");
            door.get("/nothing;jsessionid=secret?q=secret");
            door.get("/api/events?topic=secret");
        }
        String lines = Files.readString(file);
        assertEquals(4, lines.lines().count(), lines);
        for (String part : List.of("\"POST /api/updates HTTP/1.1\" 400 - ", "\"GET /nothing HTTP/1.1\" 404 - ",
            "] \"POST /api/updates HTTP/1.1\" 200 - ", "\"GET /api/events HTTP/1.1\" 200 - ", "127.0.0.1 - dev [")) {
            assertTrue(lines.contains(part), part + " is not in " + lines);
        }
        assertFalse(lines.contains("secret"));
    }

    @Test
    void aStreamHasALineAtItsStartAndOneAtItsEnd() throws Exception {
        Path file = folder.resolve("access.log");
        try (Door door = Door.logging(file)) {
            java.io.Closeable stream = door.stream("/api/updates?topic=news");
            Await.until("the stream's start is logged", () -> read(file).contains(" 200 - stream-start "));
            assertFalse(read(file).contains("stream-end"));
            door.hub.close(); // ends all streams, as a client that leaves does at the next heartbeat
            Await.until("the stream's end is logged, and why", () -> read(file).contains(" 200 - stream-end drained "));
            stream.close();
        }
        List<String> lines = Files.readAllLines(file);
        assertEquals(2, lines.size(), lines.toString());
        assertEquals(last(lines.get(0)), last(lines.get(1)), "both lines carry the request's id");
    }

    @Test
    void aRequestLineIsOneLineWithoutQuotes() {
        assertEquals("GET /a/b%20c HTTP/1.1", AccessLog.requestLine("GET", "/a/b%20c", "HTTP/1.1"));
        assertEquals("GET /a HTTP/1.1", AccessLog.requestLine("GET", "/a;token=1/b", "HTTP/1.1"));
        assertEquals("GET /a?b?c HTTP/1.1", AccessLog.requestLine("GET", "/a\"b\\c", "HTTP/1.1"));
        assertEquals("GET /???? HTTP/1.1", AccessLog.requestLine("GET", "/\u00e4\u0007\n\u2028", "HTTP/1.1"));
    }

    @Test
    void aLongPathIsCut() {
        assertTrue(AccessLog.requestLine("GET", "/" + "x".repeat(9_000), "HTTP/1.1").length() < 600);
    }

    @Test
    void aFileThatIsRotatedAwayIsBegunAnew() throws Exception {
        Path file = folder.resolve("access.log");
        try (AccessLog log = new AccessLog(file, CLOCK, new Metrics())) {
            log.add("p", "-", "GET /one HTTP/1.1", 200, "1ms", "a");
            Await.until("the first line is there", () -> read(file).contains("/one"));
            Files.move(file, folder.resolve("access.log.old"));
            log.add("p", "-", "GET /two HTTP/1.1", 200, "1ms", "b");
            Await.until("the second line is there", () -> read(file).contains("/two"));
        }
        assertFalse(Files.readString(file).contains("/one"));
        assertTrue(Files.readString(folder.resolve("access.log.old")).contains("/one"));
    }

    @Test
    void aFileThatNobodyRotatesIsMovedAsideAtSixtyFourMegabytesAndOneOlderIsKept() throws Exception {
        Path file = folder.resolve("access.log");
        Path older = Files.writeString(folder.resolve("access.log.1"), "the one before");
        long large = (64L << 20) + 1;
        try (RandomAccessFile holes = new RandomAccessFile(file.toFile(), "rw")) {
            holes.setLength(large); // takes no room on the disk
        }
        try (AccessLog log = new AccessLog(file, CLOCK, new Metrics())) {
            log.add("p", "-", "GET /one HTTP/1.1", 200, "1ms", "a");
        }
        assertEquals(large, Files.size(older));
        assertTrue(Files.size(file) < 1_000 && read(file).contains("/one"));
        assertEquals(2, folder.toFile().list().length);
    }

    @Test
    void whatCannotBeWrittenIsCountedAndNobodyWaits() throws Exception {
        Path file = folder.resolve("access.log");
        Metrics metrics = new Metrics();
        try (AccessLog log = new AccessLog(file, CLOCK, metrics)) {
            Files.delete(file);
            Files.createDirectory(file); // nothing can be opened here, as on a broken disk
            log.add("p", "-", "GET /one HTTP/1.1", 200, "1ms", "a");
            Await.until("the loss is counted", () -> metrics.get(Count.ACCESS_LINES_LOST) == 1);
            Files.delete(file);
            log.add("p", "-", "GET /two HTTP/1.1", 200, "1ms", "b");
            Await.until("it works again", () -> read(file).contains("/two"));
        }
        assertEquals(1, metrics.get(Count.ACCESS_LINES_LOST));
    }

    @Test
    void aFileThatCannotBeOpenedIsSaidAtOnce() {
        assertThrows(IOException.class, () -> new AccessLog(folder, CLOCK, new Metrics()));
    }

    @Test
    void closingEndsTheThreadAndNothingIsWrittenAfterwards() throws Exception {
        Path file = folder.resolve("access.log");
        AccessLog log = new AccessLog(file, CLOCK, new Metrics());
        log.close();
        log.close();
        log.add("p", "-", "GET /one HTTP/1.1", 200, "1ms", "a");
        assertEquals("", Files.readString(file));
        assertTrue(Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().equals("rivulet-access")));
        AccessLog.NONE.add("p", "-", "GET /one HTTP/1.1", 200, "1ms", "a");
        AccessLog.NONE.close();
    }

    private static String read(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static String last(String line) {
        return line.substring(line.lastIndexOf(' ') + 1);
    }
}
