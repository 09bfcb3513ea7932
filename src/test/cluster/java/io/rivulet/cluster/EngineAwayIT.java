package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Exposition;
import io.rivulet.kit.Health;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes as people run them, whose engine is gone for a while. */
@ParameterizedClass(name = "{0}")
@EnumSource
class EngineAwayIT {

    private static final Duration LIMIT = Await.LIMIT.multipliedBy(3);
    /** A call that waits for an engine would wait for five seconds. */
    private static final Duration AT_ONCE = Duration.ofSeconds(4);

    @TempDir
    private Path folder;
    private final Engines engine;

    EngineAwayIT(Engines engine) {
        this.engine = engine;
    }

    private OwnWar node(EngineServer server, String name) throws IOException {
        return new OwnWar(Files.createDirectories(folder.resolve(name)), server.environment("away"), "--port=0",
            "--transient.topics=typing/*");
    }

    private static boolean isPublishing(OwnWar node) {
        return Health.of(node.port(), "").json().get("publish").getAsBoolean();
    }

    private static double meter(OwnWar node, String name) {
        return Exposition.of(NodesIT.call(node.port(), "GET", "/metrics"), false).value(name);
    }

    @Test
    void publishersComeBackLaterAndStreamsStay() throws Exception {
        try (EngineServer server = engine.start(); OwnWar a = node(server, "a").awaitOpen();
             OwnWar b = node(server, "b").awaitOpen(); Publisher atA = Publisher.to(a.port());
             Publisher atB = Publisher.to(b.port());
             EventStream stream = EventStream.to(b.port()).topic("news").query("heartbeat", "1").open()) {
            stream.awaitHello();
            String first = atA.publish("news", "1");
            stream.awaitData("1");
            server.kill();
            Await.until("both know", LIMIT, () -> Stream.of(a, b).noneMatch(EngineAwayIT::isPublishing));
            List<String> topics = engine == Engines.KAFKA ? List.of("news") : List.of("news", "typing/x");
            for (String topic : topics) {
                long beganNs = System.nanoTime();
                WireResponse refused = atA.form("topic", topic, "data", "lost");
                assertEquals(503, refused.status(), refused.text());
                assertTrue(Integer.parseInt(refused.header("Retry-After")) > 0);
                assertEquals("urn:rivulet:problem:store-failed", refused.json().get("type").getAsString());
                assertTrue(System.nanoTime() - beganNs < AT_ONCE.toNanos(), "it is known by then, and not tried");
            }
            assertTrue(Health.of(b.port(), "").isOpen(), "streams are served");
            assertTrue(NodesIT.nodes(b.port()).has("trouble"));
            assertEquals(0, meter(b, "rivulet_mirror_behind"), "as far as it knows");
            Await.until("its copy grows old", () -> meter(b, "rivulet_mirror_age_seconds") > 2);
            stream.awaitComment();
            try (EventStream resumed = EventStream.to(b.port()).topic("news").query("since", "earliest").open()) {
                resumed.awaitData("1");
            }
            try (EventStream exact = EventStream.to(b.port()).topic("news").after(first).open()) {
                assertEquals("exact", exact.awaitHello().get("resumed").getAsString());
            }
            server.restart();
            Await.until("both publish again", LIMIT, () -> Stream.of(a, b).allMatch(EngineAwayIT::isPublishing));
            assertNotEquals(first, atB.publish("news", "2"));
            Await.until("its copy is new", () -> meter(b, "rivulet_mirror_age_seconds") < 2);
            stream.awaitData("2");
            assertEquals(1, stream.connections());
        }
    }
}
