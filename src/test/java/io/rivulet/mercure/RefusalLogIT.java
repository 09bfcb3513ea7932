package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.FORM;
import static io.rivulet.mercure.MercureHub.PATH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** "Why was this refused?": the log tells whoever runs the hub, and never tells a token. */
@Tag("once")
class RefusalLogIT {

    private static final Logger HUBS = Logger.getLogger("io.rivulet");
    @TempDir
    private static Path folder;
    private static MercureHub hub;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new Lines(lines);

    @BeforeAll
    static void start() {
        hub = MercureHub.with("mercure.legacy", "true", "access.log", folder.resolve("access.log").toString());
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @BeforeEach
    void listen() {
        HUBS.setLevel(Level.INFO);
        HUBS.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        HUBS.removeHandler(handler);
        HUBS.setLevel(Level.WARNING);
    }

    /** Keeps each line as it would stand in a file, with its level in front. */
    private static final class Lines extends Handler {
        private final List<String> lines;
        private final SimpleFormatter formatter = new SimpleFormatter();

        Lines(List<String> lines) {
            this.lines = lines;
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + formatter.format(line));
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private static Token expired() {
        return Token.v1().publish("*").claim("exp", Token.in(-3_600));
    }

    private static String tokenFor(String fault) {
        return switch (fault) {
            case "expired" -> expired().sign();
            case "signature" -> Token.v1().publish("*").sign(new byte[32]);
            case "audience" -> Token.v1().publish("*").claim("aud", "\"https://other\"").sign();
            case "issuer" -> Token.v1().publish("*").claim("iss", "\"https://other\"").sign();
            case "typ" -> Token.v1().publish("*").header("typ", "\"JWT\"").sign();
            case "details" -> Token.v1().mercureDetail("\"actions\":[]").sign();
            default -> Token.v1().publish("other").sign();
        };
    }

    @ParameterizedTest
    @CsvSource({"expired, 401, exp", "signature, 401, signature", "audience, 401, aud", "issuer, 401, iss",
        "typ, 401, typ", "details, 401, actions", "grant, 403, secret-topic"})
    void ERR02_ERR03_oneLineTellsThePreciseReasonUnderTheCallersRequestId(String fault, int status, String word) {
        String token = tokenFor(fault);
        WireResponse answer = hub.publish(token, "topic=secret-topic");
        assertEquals(status, answer.status());
        String id = answer.header("X-Request-Id");
        assertEquals(id, answer.json().get("requestId").getAsString());
        List<String> told = lines.stream().filter(l -> l.contains(id)).toList();
        assertEquals(1, told.size(), lines.toString());
        assertTrue(told.get(0).startsWith("INFO") && told.get(0).contains(word), told.get(0));
        assertNeverTold(token, answer);
        int before = lines.size();
        assertEquals(200, hub.publish(Token.all(), "topic=secret-topic").status());
        assertEquals(before, lines.size(), lines.toString());
    }

    @Test
    void OLD06_TOK03_aTokenInTheQueryIsNeverLogged() {
        String bad = expired().sign();
        String old = Token.v0().publish("*").sign();
        String unheard = Token.v1().publish("*").sign();
        WireResponse refused = hub.ask("POST " + PATH + "?authorization=" + bad + "\n" + FORM, "topic=a");
        WireResponse taken = hub.ask("POST " + PATH + "?authorization=" + old + "\n" + FORM, "topic=a");
        WireResponse ignored = hub.ask("GET " + PATH + "?match=a&access_token=" + unheard);
        WireResponse elsewhere = hub.ask("GET /nothing?authorization=" + old);
        WireResponse cookie = hub.ask("POST " + PATH + "\n" + FORM + "\nCookie: __Secure-mercure_access_token=" + old,
            "topic=a");
        assertEquals("401 200 200 404 400", refused.status() + " " + taken.status() + " " + ignored.status() + " "
            + elsewhere.status() + " " + cookie.status());
        Path file = folder.resolve("access.log");
        Await.until("the access log has the last request", () -> read(file).contains(cookie.header("X-Request-Id")));
        String access = read(file);
        for (String token : List.of(bad, old, unheard)) {
            assertNeverTold(token, refused, taken, ignored, elsewhere, cookie);
            assertFalse(access.contains(signature(token)), access);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertNeverTold(String token, WireResponse... answers) {
        for (String line : lines) {
            assertFalse(line.contains(signature(token)), line);
            assertFalse(line.contains(token.split("\\.")[1]), line);
            assertFalse(line.contains(Token.SECRET), line);
        }
        for (WireResponse answer : answers) {
            assertFalse((answer.text() + answer.headers()).contains(signature(token)), answer.text());
        }
    }

    private static String signature(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }
}
