package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.ClusterEngine.Appended;
import io.rivulet.cluster.ClusterEngine.Batch;
import io.rivulet.cluster.ClusterEngine.Outcome;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.kit.Await;
import io.rivulet.kit.Tls;
import io.rivulet.log.LogAway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link ClusterEngine} promises, asked of a real Redis, and what only that one can be asked. */
class RedisEngineIT extends EngineContract {

    private static final int LIMIT_MS = 300;

    @TempDir
    private Path folder;
    private Redis redis;

    @Override
    EngineServer start() throws Exception {
        Assumptions.assumeTrue(Redis.isThere(), "skipped: Redis is not installed here");
        redis = Redis.start();
        return redis;
    }

    @AfterEach
    void asItWas() throws IOException {
        redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction", "maxmemory", "0", "appendfsync", "always");
    }

    private static Batch batch(Run run, long number, byte[] body) {
        return new Batch(run.epoch(), number, (int) number, number, 1, 1, body);
    }

    private static Batch batch(Run run, long number) {
        return batch(run, number, new byte[10]);
    }

    @Test
    void anEngineThatWillNotDoIsToldAtTheStart() throws IOException {
        assertTold("check user and password", redis.url("told", "wrong"));
        assertTold("check user and password", redis.url("told").replace(":" + Redis.PASSWORD + "@", ""));
        assertTold("name another one", redis.url("told").replace("/0?", "/99?"));
        assertTold("must be redis://", "redis:127.0.0.1");
        assertTold("is missing", null);
        redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        assertTold("set maxmemory-policy noeviction", redis.url("told"));
        redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
        redis.command("CONFIG", "SET", "appendfsync", "no");
        assertTold("set appendonly yes and appendfsync always", redis.url("told"));
        try (ClusterEngine engine = new RedisEngine(redis.url("told") + "&durable=no")) {
            engine.check();
        }
    }

    @Test
    void whoIsAllowedWhatTheDocumentsSayCanDoAllAndWhoIsNotIsTold() throws Exception {
        Matcher rules = Pattern.compile("(?m)^ACL SETUSER (.*)$")
            .matcher(Files.readString(Path.of("docs/cluster.md")));
        assertTrue(rules.find(), "docs/cluster.md has the rules");
        redis.command((Object[]) ("ACL SETUSER " + rules.group(1)).split(" "));
        String url = "redis://rivulet:change-me@127.0.0.1:" + redis.port();
        try (ClusterEngine engine = new RedisEngine(url)) {
            engine.check();
            Run run = engine.begin("test", 0);
            assertEquals(1, engine.append(batch(run, 1), -1).base());
            engine.await(1);
            assertEquals(1, engine.read(0, 100).batches().size());
            engine.trim(0, 0, 0);
        }
        redis.command("ACL", "SETUSER", "rivulet", "-evalsha");
        assertTold("forbids what the hub needs", url, engine -> engine.begin("test", 0));
        redis.command("ACL", "SETUSER", "rivulet", "-info");
        assertTold("forbids what the hub needs", url, ClusterEngine::check);
        redis.command("ACL", "DELUSER", "rivulet");
    }

    @Test
    void aLogThatALaterVersionHasMadeIsToldAtTheStart() throws IOException {
        String url = redis.url("later");
        try (ClusterEngine engine = new RedisEngine(url)) {
            engine.begin("test", 0);
            redis.command("HSET", Redis.key("later", "hub"), "version", 2);
            assertTold("upgrade this node", url);
            assertTold("upgrade this node", url, again -> again.begin("test", 0));
        }
    }

    private interface Call {
        void on(ClusterEngine engine) throws IOException;
    }

    private static void assertTold(String part, String url, Call call) throws IOException {
        try (ClusterEngine engine = new RedisEngine(url)) {
            EngineRefused told = assertThrows(EngineRefused.class, () -> call.on(engine));
            assertTrue(told.getMessage().contains(part), told.getMessage());
        }
    }

    @Test
    void aServerThatHasForgottenTheScriptsIsGivenThemAgain() throws IOException {
        try (ClusterEngine engine = redis.open("scripts")) {
            Run run = engine.begin("test", 0);
            engine.append(batch(run, 1), -1);
            redis.command("SCRIPT", "FLUSH");
            assertEquals(2, engine.append(batch(run, 2), -1).base());
            redis.command("SCRIPT", "FLUSH");
            assertEquals(2, engine.read(0, 100).head());
        }
    }

    @Test
    void aFullMemoryRefusesAnAppendAsAWholeAndRetentionMakesRoom() throws IOException {
        try (ClusterEngine engine = redis.open("full")) {
            Run run = engine.begin("test", 0);
            engine.append(batch(run, 1), -1);
            engine.append(batch(run, 2), -1);
            redis.command("CONFIG", "SET", "maxmemory", "1");
            LogAway away = assertThrows(LogAway.class, () -> engine.append(batch(run, 3), -1));
            assertFalse(away.isUnknown());
            assertTrue(away.getMessage().contains("raise its maxmemory"), away.getMessage());
            assertEquals(2, engine.begin("test", 0).epoch(), "a node may begin, and serve what there is");
            engine.trim(0, 0, 0);
            assertEquals("2 2", engine.read(2, 100).first() + " " + engine.read(2, 100).head());
            redis.command("CONFIG", "SET", "maxmemory", "0");
            assertEquals(3, engine.append(batch(run, 4), -1).base());
        }
    }

    @Test
    void aLogThatHasLostAPartIsAnotherLog() throws IOException {
        try (ClusterEngine engine = redis.open("part")) {
            Run run = engine.begin("test", 0);
            engine.append(batch(run, 1), -1);
            engine.append(batch(run, 2), -1);
            redis.command("DEL", Redis.key("part", "log"));
            assertEquals(0, engine.read(2, 100).head());
            assertEquals(Outcome.LOST, engine.append(batch(run, 3), -1).outcome());
            Run again = engine.begin("test", run.epoch());
            assertFalse(again.storeId() == run.storeId());
            assertEquals(1, engine.append(batch(again, 1), -1).base());
        }
    }

    @Test
    void positionsGoOnBeyondWhatADoubleWritesAsAnExponent() throws IOException {
        try (ClusterEngine engine = redis.open("far")) {
            Run run = engine.begin("test", 0);
            engine.append(batch(run, 1), -1);
            long far = 1L << 47;
            redis.command("HSET", Redis.key("far", "hub"), "head", far);
            Appended next = engine.append(batch(run, 2), far);
            assertEquals(far + 1, next.base());
            assertEquals(far + 1, engine.append(batch(run, 2), far).base());
            assertEquals(List.of(far + 1), engine.read(far, 100).batches().stream().map(b -> b.base()).toList());
            assertEquals(far + 1, engine.read(far + 1, 100).at().base());
        }
    }

    @Test
    void aCallToAServerThatStandsStillEndsAlsoInTheMiddleOfAWriteAndIsNotDoneTwice() throws Exception {
        try (ClusterEngine engine = new RedisEngine(redis.url("still"), LIMIT_MS)) {
            Run run = engine.begin("test", 0);
            engine.append(batch(run, 1), -1);
            redis.stop();
            try {
                LogAway small = assertThrows(LogAway.class, () -> within(() -> engine.append(batch(run, 2), -1)));
                assertTrue(small.isUnknown());
                assertThrows(IOException.class, () -> within(() -> engine.read(0, 100)));
                assertThrows(IOException.class, () -> within(() -> {
                    engine.await(1);
                    return null;
                }));
            } finally {
                redis.goOn();
            }
            // the server does late what has been sent; the same batch is there once, whoever was first
            assertEquals(Outcome.APPENDED, engine.append(batch(run, 2), -1).outcome());
            assertEquals(2, engine.read(0, 100).head());
            redis.stop();
            try {
                LogAway large = assertThrows(LogAway.class,
                    () -> within(() -> engine.append(batch(run, 3, new byte[16 << 20]), -1)));
                assertTrue(large.isUnknown());
            } finally {
                redis.goOn();
            }
            assertEquals(3, engine.append(batch(run, 4), -1).base());
        }
    }

    /** On another thread, for a call that does not end must fail the test and not hold it up. */
    private static <T> T within(Callable<T> call) throws Throwable {
        CompletableFuture<T> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                end.complete(call.call());
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        }, "test-call");
        thread.setDaemon(true);
        thread.start();
        try {
            return end.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @Test
    void aReplicaIsPassedOverAndOneThatBecomesAReplicaIsLeft() throws Exception {
        try (Redis other = Redis.start("--replicaof", "127.0.0.1 " + redis.port());
             ClusterEngine engine = new RedisEngine("redis://:" + Redis.PASSWORD + "@127.0.0.1:" + other.port()
                 + ",127.0.0.1:" + redis.port() + "/0?prefix=roles")) {
            Run run = engine.begin("test", 0);
            engine.append(batch(run, 1), -1);
            engine.read(1, 100);
            assertEquals(1L, redis.command("WAIT", 1, 20_000));
            other.command("REPLICAOF", "NO", "ONE");
            redis.command("REPLICAOF", "127.0.0.1", other.port());
            try {
                Appended next = engine.append(batch(run, 2), -1);
                assertEquals(2, next.base(), "nothing was done by the one that is a replica now");
                engine.await(1);
                redis.command("REPLICAOF", "NO", "ONE");
                other.command("REPLICAOF", "127.0.0.1", redis.port());
                assertThrows(IOException.class, () -> {
                    while (true) {
                        engine.await(1); // until it looks
                    }
                });
            } finally {
                redis.command("REPLICAOF", "NO", "ONE");
            }
        }
    }

    @Test
    void anyNodeOfAClusterLeadsToTheOneThatHasTheKeys() throws Exception {
        try (Redis low = Redis.startInCluster(); Redis high = Redis.startInCluster()) {
            low.command("CLUSTER", "ADDSLOTSRANGE", 0, 8_191);
            high.command("CLUSTER", "ADDSLOTSRANGE", 8_192, 16_383);
            low.command("CLUSTER", "MEET", "127.0.0.1", high.port(), high.busPort());
            Await.until("they are one cluster", () -> low.isClusterOk() && high.isClusterOk());
            try (ClusterEngine one = low.open("cluster"); ClusterEngine two = high.open("cluster")) {
                Run run = one.begin("one", 0);
                Run other = two.begin("two", 0);
                assertEquals(run.storeId(), other.storeId());
                assertEquals(1, one.append(batch(run, 1), -1).base());
                assertEquals(2, two.append(batch(other, 1), -1).base());
                two.await(1);
                assertEquals(2, one.read(0, 100).batches().size());
                one.trim(0, 0, 0);
                assertEquals(2, two.read(2, 100).first());
            }
        }
    }

    @Test
    void theWayIsSecuredByTlsAndTheCertificateIsChecked() throws Exception {
        Path certificate = folder.resolve("certificate.pem");
        Path key = folder.resolve("key.pem");
        Tls.writePem(certificate, key);
        SSLContext before = SSLContext.getDefault();
        int port = Redis.freePort();
        try (Redis secured = Redis.start("--tls-port", "" + port, "--tls-cert-file", certificate.toString(),
            "--tls-key-file", key.toString(), "--tls-auth-clients", "no")) {
            assertEquals("PONG", secured.command("PING"));
            String url = "rediss://:" + Redis.PASSWORD + "@localhost:" + port;
            assertTold("is not trusted", url);
            SSLContext.setDefault(Tls.trusting());
            try (ClusterEngine engine = new RedisEngine(url)) {
                Run run = engine.begin("test", 0);
                assertEquals(1, engine.append(batch(run, 1), -1).base());
                engine.await(1);
            }
        } finally {
            SSLContext.setDefault(before);
        }
    }

    @Test
    void whatTheLogIsMadeOfIsTold() throws IOException {
        try (ClusterEngine engine = redis.open("made")) {
            Run run = engine.begin("a node", 0);
            engine.append(new Batch(run.epoch(), 1, 77, 5, 3, 1, "x".getBytes(StandardCharsets.US_ASCII)), -1);
            assertEquals("a node", RedisConnection.text(redis.command("HGET", Redis.key("made", "nodes"), "1")));
            List<?> entry = (List<?>) ((List<?>) redis.command("XRANGE", Redis.key("made", "log"), "-", "+")).get(0);
            assertEquals("1-77", RedisConnection.text(entry.get(0)), "position and nonce, no clock of the server's");
        }
    }
}
