package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.OwnProcess;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that comes to others at a real engine: when it is ready, what it then has, and whose folder it may take. */
@ParameterizedClass(name = "{0}")
@EnumSource
class JoiningNodeIT {

    /** Enough that copying them takes longer than a look at the node's health. */
    private static final int BEFORE = 60_000;
    private static final int PUBLISHERS = 2;
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration LIMIT = Await.LIMIT.multipliedBy(3);

    @TempDir
    private Path folder;
    private final Engines engine;
    private final List<AutoCloseable> open = new ArrayList<>();
    private EngineServer server;

    JoiningNodeIT(Engines engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws Exception {
        server = opened(engine.start());
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T what) {
        open.add(what);
        return what;
    }

    private OwnWar node(String name) throws IOException {
        return opened(new OwnWar(Files.createDirectories(folder.resolve(name)),
            server.environment("joined"), "--port=0"));
    }

    @Test
    void aNewNodeIsReadyWhenItHasCaughtUpAndNoSoonerAndThenGoesOnFromTheOldestEvent() throws Exception {
        OwnWar first = node("first").awaitOpen();
        String oldest;
        try (Publisher publisher = Publisher.to(first.port())) {
            oldest = publisher.publish("old", "0");
            Publisher.accepted(publisher.post("?stream=lines&topic=old", "text/plain", "a line\n".repeat(BEFORE)));
        }
        List<SteadyPublisher> load = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            load.add(new SteadyPublisher(i, "news", PAUSE, first.port()));
            opened(load.get(i)::end);
        }
        OwnWar second = node("second");
        int port = second.port();
        AtomicInteger looks = new AtomicInteger();
        Await.until("it is ready", LIMIT, () -> {
            looks.incrementAndGet();
            return Health.of(port, "").isOpen();
        });
        long copied = NodesIT.nodes(port).get("position").getAsLong();
        assertTrue(copied > BEFORE, "it is ready with " + copied + " events");
        assertTrue(looks.get() > 1, "it was not ready before");
        Follower follower = opened(new Follower(port, "news", PUBLISHERS, Integer.MAX_VALUE, 1));
        try (EventStream stream = EventStream.to(port).topic("old").after(oldest).open()) {
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            Await.until("it has all of it", () -> stream.events().size() == BEFORE);
        }
        load.forEach(SteadyPublisher::end);
        Await.until("the publishers end", () -> load.stream().allMatch(SteadyPublisher::isOver));
        int[] published = load.stream().mapToInt(SteadyPublisher::published).toArray();
        Await.until("all that came meanwhile is there", () -> follower.has(published) || follower.fault() != null);
        assertNull(follower.fault());
    }

    @Test
    void ofTwoNodesAtOneFolderTheSecondWaitsAndNamesTheFirst() throws Exception {
        Path data = folder.resolve("data");
        List<String> words = new ArrayList<>(List.of("container=JETTY", "port=0", "data=" + data, "path=/second"));
        server.settings("joined").forEach((key, value) -> words.add("rivulet." + key + '=' + value));
        try (Server first = Server.in(Container.JETTY).data(data).at("/first").set(server.settings("joined")).start();
             OwnProcess second = OwnProcess.startWithoutWaiting(folder.resolve("second.log"),
                 words.toArray(String[]::new))) {
            Await.until("it says who holds the folder", () -> Health.of(second.port(), "/second").isReachable()
                && Health.of(second.port(), "/second").json().toString().contains("\\\"/first\\\""));
            assertFalse(Health.of(second.port(), "/second").isOpen());
            try (Publisher publisher = Publisher.to(first);
                 EventStream stream = EventStream.to(first).topic("news").open()) {
                stream.awaitHello();
                publisher.publish("news", "1");
                stream.awaitData("1");
            }
            assertEquals(1, NodesIT.nodes(first.port(), "/first").getAsJsonArray("nodes").size(), "it has not begun");
            first.stop();
            Await.until("it has the folder", () -> Health.of(second.port(), "/second").isOpen());
            try (EventStream stream = EventStream.to(second.port(), "/second").topic("news").since("earliest").open()) {
                stream.awaitData("1");
            }
        }
    }
}
