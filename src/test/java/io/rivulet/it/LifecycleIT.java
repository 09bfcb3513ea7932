package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OldLoaders;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.OwnProcess;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restarts, reloads and hand-overs: nothing is lost, and nothing is left behind. */
@OnEveryContainer
class LifecycleIT {

    private final Container container;
    @TempDir
    private Path folder;

    LifecycleIT(Container container) {
        this.container = container;
    }

    @Test
    void aRestartKeepsHistoryCursorsAndKeys() throws IOException {
        try (Server server = Server.in(container).start(); EventStream stream = EventStream.to(server).topic("t")
            .open()) {
            stream.awaitHello();
            Map<String, String> key = Map.of("Idempotency-Key", "k");
            byte[] body = "1".getBytes(StandardCharsets.UTF_8);
            String first;
            try (Publisher publisher = Publisher.to(server)) {
                first = Publisher.accepted(publisher.post("?topic=t", key, body));
                publisher.form("topic", "t", "data", "2", "id", "mine");
            }
            stream.awaitData("1", "2");
            server.restart();
            server.awaitOpen();
            try (Publisher publisher = Publisher.to(server)) {
                assertEquals(first, Publisher.accepted(publisher.post("?topic=t", key, body)));
                assertEquals(409, publisher.post("?topic=t", key, "other".getBytes(StandardCharsets.UTF_8)).status());
                assertEquals(409, publisher.form("topic", "t", "data", "other", "id", "mine").status());
                publisher.publish("t", "3");
                stream.reconnect();
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
                stream.awaitData("3");
                try (EventStream replay = EventStream.to(server).topic("t").after(first).open()) {
                    replay.awaitData("2", "3");
                    replay.assertNothingMore(publisher, "t");
                }
            }
        }
    }

    @Test
    void aStopEndsStreamsAndLeavesNoThread() throws IOException {
        Set<Thread> before = HubThreads.alive();
        try (Server server = Server.in(container).start(); EventStream stream = EventStream.to(server).topic("t")
            .topic("clock").open()) {
            stream.awaitHello();
            assertTrue(HubThreads.alive().size() > before.size());
            long startNs = System.nanoTime();
            server.stop();
            assertTrue(Duration.ofNanos(System.nanoTime() - startNs).toMillis() < 6_000, "a stop takes long");
            stream.awaitEnd();
            Set<Thread> left = HubThreads.alive();
            left.removeAll(before);
            assertEquals(Set.of(), left);
        }
    }

    /** Not after: a Jetty that stops closes its connections first, and a Tomcat ends open streams. */
    @Test
    void aServerThatStopsServesOnUntilAStreamHasGotWhatWaitsForIt() throws Exception {
        try (Server server = Server.in(container).set("drain", "5m").start();
             EventStream slow = EventStream.to(server).topic("t/{n}").query("rate", "1").open();
             EventStream other = EventStream.to(server).topic("other").open();
             Publisher publisher = Publisher.to(server)) {
            slow.awaitHello();
            other.awaitHello();
            for (int i = 0; i < 60; i++) { // an event a second: a minute
                publisher.publish("t/" + i, "x");
            }
            Thread stop = new Thread(server::stop, "test-stop");
            stop.start();
            assertTrue(other.awaitEnd(), "it has all there is");
            assertTrue(other.retryMs() >= 1_000);
            Await.until("others are told not to come", () -> !Health.of(server).isOpen());
            assertEquals("the hub is about to end; its streams are ending",
                Health.of(server).json().get("reason").getAsString());
            publisher.publish("other", "published while it stops");
            assertRefusedSoftlyAsStream(server.port(), "");
            assertTrue(!slow.isEnded());
            slow.cut();
            stop.join(2 * Await.LIMIT.toMillis());
            assertTrue(!stop.isAlive(), "nobody is waited for any more");
            server.start().awaitOpen();
            other.reconnect();
            other.awaitData("published while it stops");
        }
    }

    @Test
    void aReloadEndsStreamsPolitelyAndLeavesNoClassLoader() throws IOException {
        try (Server server = Server.in(container).start();
             EventStream stream = EventStream.to(server).topic("t").topic("clock").open()) {
            stream.awaitHello();
            stream.awaitEvent();
            try (Publisher publisher = Publisher.to(server)) {
                publisher.publish("t", "before");
            }
            OldLoaders loaders = new OldLoaders();
            for (int i = 0; i < 3; i++) {
                loaders.note(server);
                server.redeploy();
                assertTrue(stream.awaitEnd(), "a reload of the application alone ends its streams as HTTP wants");
                server.awaitOpen();
                stream.reconnect();
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            }
            loaders.awaitCollected(server, () -> Health.of(server));
        }
    }

    @Test
    void inTomcatANewVersionBesideTakesTheLogOver() throws IOException {
        assumeTrue(container == Container.TOMCAT, "only Tomcat deploys two versions of one path");
        try (Server server = Server.in(container).at("/live").start();
             EventStream stream = EventStream.to(server).topic("t").open()) {
            stream.awaitHello();
            try (Publisher publisher = Publisher.to(server)) {
                publisher.publish("t", "1");
                stream.awaitData("1");
                server.deployBeside("2");
                stream.awaitEnd();
                server.awaitOpen();
                publisher.hangUp().publish("t", "2");
                stream.reconnect();
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
                stream.awaitData("2");
                server.undeployFirst();
                publisher.publish("t", "3");
                stream.awaitData("3");
                assertEquals(1, Inside.of(server).streams());
            }
        }
    }

    @Test
    void aSecondProcessGetsTheLogOnlyWhenItAsksForIt() throws IOException {
        Path data = folder.resolve("data");
        try (Server first = Server.in(container).data(data).start();
             EventStream stream = EventStream.to(first).topic("t").open();
             Publisher publisher = Publisher.to(first)) {
            String id = publisher.publish("t", "1");
            stream.awaitData("1");
            try (OwnProcess second = process(data, "path=/other")) {
                Await.until("it answers", () -> Health.of(second.port(), "/other").isReachable());
                assertTrue(!Health.of(second.port(), "/other").isOpen());
                assertRefusedSoftly(second.port(), "/other");
                publisher.publish("t", "2");
                stream.awaitData("2");
            }
            Publisher.accepted(publisher.form("topic", "run", "data", "piece", "lease", "5s"));
            try (OwnProcess second = process(data, "rivulet.handover=true")) {
                stream.awaitEnd();
                second.awaitOpen();
                assertEquals(503, publisher.form("topic", "t", "data", "x").status());
                assertTrue(!Health.of(first).isOpen());
                try (Publisher next = Publisher.to(second.port());
                     EventStream resumed = EventStream.to(second.port()).topic("t").after(id).open()) {
                    next.publish("t", "3");
                    resumed.awaitData("2", "3");
                }
                try (EventStream run = EventStream.to(second.port()).topic("run").since("earliest").open()) {
                    run.awaitData("piece");
                    assertTrue(run.awaitType("rivulet.end").data().endsWith("\"reason\":\"abandoned\"}"));
                }
            }
        }
    }

    private OwnProcess process(Path data, String setting) throws IOException {
        return OwnProcess.startWithoutWaiting(folder.resolve("second.log"), "container=" + container, "port=0",
            "data=" + data, "rivulet.retry.min=500ms", setting);
    }

    /** A browser's EventSource must come back, so it gets a stream that ends; everybody else gets the truth. */
    private static void assertRefusedSoftlyAsStream(int port, String path) throws IOException {
        WireResponse browser = EventStream.to(port, path).topic("t").exchange();
        assertEquals(200, browser.status());
        assertTrue(browser.text().matches("(?s)(:[^\n]*\n)*retry: [0-9]+\n.*"), browser.text());
        WireResponse program = EventStream.to(port, path).topic("t").header("Accept", null).exchange();
        assertEquals(503, program.status());
        assertNotEquals(null, program.header("Retry-After"));
        assertTrue(program.json().get("detail").getAsString().length() > 10, program.text());
    }

    private static void assertRefusedSoftly(int port, String path) throws IOException {
        assertRefusedSoftlyAsStream(port, path);
        try (Publisher publisher = Publisher.to(port, path)) {
            assertEquals(503, publisher.form("topic", "t", "data", "x").status());
        }
    }
}
