package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way to the server that takes writes, and what is said of a Redis that will not do. */
class RedisAddressTest {

    private static final int LIMIT_MS = 20_000;

    private FakeRedis redis;

    @BeforeEach
    void start() throws IOException {
        redis = FakeRedis.master();
    }

    @AfterEach
    void end() {
        redis.close();
    }

    private static String connected(String url) throws IOException {
        try (RedisConnection connection = new RedisAddress(url).connect(LIMIT_MS)) {
            return connection.address();
        }
    }

    @Test
    void theUrlNamesUserPasswordAndDatabase() throws IOException {
        connected("redis://me:p%40ss%2Fw+rd:x@" + redis.at() + "/3");
        assertEquals(List.of("AUTH me p@ss/w+rd:x", "SELECT 3", "ROLE", "EXISTS {rivulet}:hub"), redis.heard());
    }

    @Test
    void aPasswordAloneIsThatOfTheDefaultUserAndNothingIsSaidWhereThereIsNone() throws IOException {
        connected("redis://:secret@" + redis.at() + "?prefix=other");
        connected("REDIS://" + redis.at() + "/");
        assertEquals(List.of("AUTH secret", "ROLE", "EXISTS {other}:hub", "ROLE", "EXISTS {rivulet}:hub"),
            redis.heard());
    }

    @Test
    void aUrlThatCannotBeMeantIsToldWithoutItsPassword() {
        Map<String, String> urls = new TreeMap<>(Map.of(
            "http://me:secret@h", "must be redis://", "redis://", "must be redis://",
            "redis://me:secret@h:0", "must be redis://", "redis://me:secret@h:65536", "must be redis://",
            "redis://me:secret@h,,i", "must be redis://", "redis://secret@h", "a user without a password",
            "redis://me:secret%zz@h", "%25", "redis://h?prefix=a%7Db", "prefix",
            "redis://h?master=x", "not known here", "redis-sentinel://h1,h2", "must name the master"));
        urls.put("redis://h?secret", "not known here");
        urls.put("redis://h/123456", "must be redis://");
        urls.forEach((url, part) -> {
            EngineRefused told = assertThrows(EngineRefused.class, () -> new RedisAddress(url), url);
            assertTrue(told.getMessage().contains(part), url + ": " + told.getMessage());
            assertFalse(told.getMessage().contains("secret"), told.getMessage());
        });
    }

    @Test
    void whoIsNotLetInIsToldAndHearsNoPassword() {
        Map.of("-WRONGPASS invalid username-password pair", "check user and password",
            "-ERR AUTH <password> called without any password configured", "check user and password",
            "-ERR unknown command 'AUTH', with args beginning with: 'secret'", "check user and password",
            "-DENIED Redis is running in protected mode", "check user and password",
            "-NOPERM this user has no permissions", "rules of its user").forEach((answer, part) -> {
                redis.answers(words -> answer + "\r\n");
                EngineRefused told = assertThrows(EngineRefused.class,
                    () -> connected("redis://:secret@" + redis.at()), answer);
                assertTrue(told.getMessage().contains(part), told.getMessage());
                assertFalse(told.getMessage().contains("secret"), told.getMessage());
            });
    }

    @Test
    void whatPassesIsTriedAgain() {
        redis.answers(words -> "-LOADING Redis is loading the dataset in memory\r\n");
        IOException loading = assertThrows(IOException.class, () -> connected("redis://" + redis.at()));
        assertFalse(loading instanceof EngineRefused, loading.getMessage());
        redis.answers(words -> words.get(0).equals("ROLE") ? "*1\r\n$5\r\nslave\r\n" : "+OK\r\n");
        IOException replica = assertThrows(IOException.class, () -> connected("redis://" + redis.at()));
        assertFalse(replica instanceof EngineRefused, replica.getMessage());
        assertTrue(replica.getMessage().contains("is a replica"), replica.getMessage());
    }

    @Test
    void ofSeveralHostsTheMasterIsUsed() throws IOException {
        FakeRedis away = FakeRedis.master();
        away.close();
        try (FakeRedis replica = new FakeRedis(words -> "*1\r\n$5\r\nslave\r\n")) {
            assertEquals(redis.at(), connected("redis://" + away.at() + "," + replica.at() + "," + redis.at()));
            assertEquals(List.of("ROLE"), replica.heard());
        }
    }

    @Test
    void aNodeOfAClusterNamesTheOneThatHasTheKeys() throws IOException {
        try (FakeRedis other = FakeRedis.master()) {
            redis.answers(words -> words.get(0).equals("EXISTS") ? "-MOVED 42 " + other.at() + "\r\n"
                : FakeRedis.asMaster(words));
            assertEquals(other.at(), connected("redis://:pw@" + redis.at()));
            assertEquals(List.of("AUTH pw", "ROLE", "EXISTS {rivulet}:hub"), other.heard());
            redis.answers(words -> words.get(0).equals("EXISTS") ? "-MOVED 42 :" + other.port() + "\r\n"
                : FakeRedis.asMaster(words));
            assertEquals(other.at(), connected("redis://" + redis.at()), "on the same machine");
            redis.answers(words -> words.get(0).equals("EXISTS") ? "-MOVED 42 " + redis.at() + "\r\n"
                : FakeRedis.asMaster(words));
            assertThrows(IOException.class, () -> connected("redis://" + redis.at()), "in a circle");
        }
    }

    @Test
    void sentinelsAreAskedForTheMasterEachTime() throws IOException {
        try (FakeRedis second = FakeRedis.master();
             FakeRedis knowsNothing = new FakeRedis(words -> "*-1\r\n");
             FakeRedis sentinel = new FakeRedis(words -> "+OK\r\n")) {
            String url = "redis-sentinel://:pw@" + knowsNothing.at() + "," + sentinel.at()
                + "/0?master=mine&sentinelUser=s&sentinelPassword=t";
            for (FakeRedis master : List.of(redis, second)) {
                String port = "" + master.port();
                sentinel.answers(words -> words.get(0).equals("SENTINEL") ? "*2\r\n$9\r\n127.0.0.1\r\n$"
                    + port.length() + "\r\n" + port + "\r\n" : "+OK\r\n");
                assertEquals(master.at(), connected(url));
            }
            assertEquals("AUTH s t", sentinel.heard().get(0));
            assertEquals("SENTINEL GET-MASTER-ADDR-BY-NAME mine", sentinel.heard().get(1));
            assertEquals("AUTH pw", second.heard().get(0));
            sentinel.answers(words -> "*-1\r\n");
            IOException nobody = assertThrows(IOException.class, () -> connected(url));
            assertTrue(nobody.getMessage().contains("knows no master"), nobody.getMessage());
        }
    }

    @Test
    void whatDoesNotSpeakAsARedisIsTold() throws IOException {
        redis.answers(words -> "HTTP/1.1 400 Bad Request\r\n\r\n");
        EngineRefused told = assertThrows(EngineRefused.class, () -> connected("redis://" + redis.at()));
        assertTrue(told.getMessage().contains("does not speak as a Redis does"), told.getMessage());
        for (String answer : List.of("$x\r\n", "$-2\r\n", "$99999999999\r\n", ":\r\n", "\r\n", "+OK\rX",
            "$1\r\nabc", "*1\r\n".repeat(20), "*2000000000\r\n", "+" + "x".repeat(70_000) + "\r\n")) {
            redis.answers(words -> answer);
            try (RedisConnection connection = RedisConnection.open("127.0.0.1", redis.port(), false, LIMIT_MS)) {
                assertThrows(ProtocolException.class, () -> connection.call(LIMIT_MS, "PING"), answer);
            }
        }
    }

    @Test
    void anAnswerThatEndsHalfWayIsAFailureWhereverItEnds() throws IOException {
        String whole = "*4\r\n:12\r\n$3\r\nabc\r\n*1\r\n$-1\r\n+OK\r\n";
        for (int length = 0; length < whole.length(); length++) {
            String part = whole.substring(0, length);
            redis.answersAndLeaves(part);
            try (RedisConnection connection = RedisConnection.open("127.0.0.1", redis.port(), false, LIMIT_MS)) {
                IOException cut = assertThrows(IOException.class, () -> connection.call(LIMIT_MS, "PING"));
                assertTrue(cut.getMessage().contains("broke: it ended"), cut.getMessage());
            }
        }
        redis.answers(words -> whole);
        try (RedisConnection connection = RedisConnection.open("127.0.0.1", redis.port(), false, LIMIT_MS)) {
            List<?> all = (List<?>) connection.call(LIMIT_MS, "PING");
            assertEquals("12 abc null OK", all.get(0) + " " + RedisConnection.text(all.get(1)) + " "
                + ((List<?>) all.get(2)).get(0) + " " + all.get(3));
        }
    }

    @Test
    void aServerThatSpeaksNoTlsIsTold() {
        EngineRefused told = assertThrows(EngineRefused.class, () -> {
            try (FakePlain plain = new FakePlain()) {
                connected("rediss://127.0.0.1:" + plain.port());
            }
        });
        assertTrue(told.getMessage().contains("does not speak TLS"), told.getMessage());
    }

    /** Answers an error to whatever it hears. */
    private static final class FakePlain implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0);
        private final Thread thread = new Thread(this::serve, "test-plain");

        FakePlain() throws IOException {
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return listener.getLocalPort();
        }

        private void serve() {
            try (Socket socket = listener.accept()) {
                socket.getInputStream().read();
                socket.getOutputStream().write("-ERR unknown command\r\n".getBytes());
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // the other side has left
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    @Test
    void aRedisMustBeSetSoThatItKeepsTheLog() throws EngineRefused {
        String fine = "redis_version:7.0.15\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n";
        assertEquals(null, new RedisEngine.Check(fine, "always", true).warning());
        assertEquals(null, new RedisEngine.Check(fine, null, true).warning(), "it cannot be asked");
        assertEquals(null, new RedisEngine.Check(fine.replace("noeviction", "volatile-lru"), "always", true).warning());
        assertEquals(null, new RedisEngine.Check(fine.replace("7.0.15", "255.255.255"), "always", true).warning());
        assertTrue(new RedisEngine.Check(fine, "everysec", true).warning().contains("a loss of power"));
        String unwritten = fine.replace("aof_enabled:1", "aof_enabled:0");
        assertEquals(null, new RedisEngine.Check(unwritten, "no", false).warning());
        assertRefused("too old; 7.0", fine.replace("7.0.15", "6.2.14"), "always");
        assertRefused("too old; 7.0", "no info at all", "always");
        assertRefused("set maxmemory-policy noeviction", fine.replace("noeviction", "allkeys-random"), "always");
        assertRefused("appendonly no", unwritten, "always");
        assertRefused("appendfsync no", fine, "no");
    }

    private static void assertRefused(String part, String info, String sync) {
        EngineRefused told = assertThrows(EngineRefused.class, () -> new RedisEngine.Check(info, sync, true));
        assertTrue(told.getMessage().contains(part), told.getMessage());
    }
}
