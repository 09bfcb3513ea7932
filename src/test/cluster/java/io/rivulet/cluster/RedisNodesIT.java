package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.EventStream;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as people run them, {@code java -jar rivulet.war}, at a real Redis. */
class RedisNodesIT {

    @TempDir
    private Path folder;
    private Redis redis;

    @BeforeEach
    void startRedis() throws Exception {
        Assumptions.assumeTrue(Redis.isThere(), "skipped: Redis is not installed here");
        redis = Redis.start();
    }

    @AfterEach
    void endRedis() throws Exception {
        if (redis != null) {
            redis.close();
        }
    }

    private OwnWar node(String name) throws IOException {
        return new OwnWar(Files.createDirectories(folder.resolve(name)),
            Map.of("RIVULET_ENGINE_URL", redis.url("nodes")), "--port=0", "--engine=redis");
    }

    @Test
    void whatIsPublishedAtOneNodeIsStreamedByTheOtherAndACursorIsGoodAtBoth() throws Exception {
        try (OwnWar a = node("a").awaitOpen(); OwnWar b = node("b").awaitOpen();
             Publisher atA = Publisher.to(a.port()); Publisher atB = Publisher.to(b.port());
             EventStream stream = EventStream.to(b.port()).topic("news").open()) {
            stream.awaitHello();
            String first = atA.publish("news", "1");
            assertEquals(first, stream.awaitEvent().id());
            atB.publish("news", "2");
            atA.publish("news", "3");
            stream.awaitData("2", "3");
            try (EventStream moved = EventStream.to(a.port()).topic("news").after(first).open()) {
                assertEquals("exact", moved.awaitHello().get("resumed").getAsString());
                moved.awaitData("2", "3");
            }
        }
    }

    @Test
    void aServerThatWouldThrowTheLogAwayStopsTheStartAndIsTold() throws Exception {
        redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu");
        try (OwnWar a = node("a")) {
            assertNotEquals(0, a.awaitGone());
            assertTrue(a.said().contains("set maxmemory-policy noeviction"), a.said());
            assertTrue(!a.said().contains(Redis.PASSWORD), "no password is told: " + a.said());
        }
    }
}
