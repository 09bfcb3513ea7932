package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.H2Client;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.Inside;
import io.rivulet.kit.Offer;
import io.rivulet.kit.OldLoaders;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * HTTP/2 clients that stop reading their sockets, more of them than the hub has shards. Tomcat blocks whoever writes to
 * such a connection, for 5 s by default: so a shard that wrote itself would be seen.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.rivulet.kit.Offer#http2")
class StalledHttp2IT {

    private static final int STALLED = Runtime.getRuntime().availableProcessors() + 2;
    private static final int OTHERS = 2 * Runtime.getRuntime().availableProcessors();
    private static final int EVENTS = 60;
    private static final int EVENT_BYTES = 2_000;
    /** A write that waited for a socket would take all of it; no machine is so busy that the test does. */
    private static final Duration WRITE_MAX = Duration.ofMinutes(10);
    /** Far below that, and far above what a busy machine needs. */
    private static final Duration DELAY_MAX = Await.LIMIT.dividedBy(2);
    /** Tomcat itself waits for the sockets, to say goodbye (5 s), and for requests that are open (2 s). */
    private static final Duration STOP_MAX = Duration.ofSeconds(12);

    private final Offer offer;
    private final List<H2Client> connections = new ArrayList<>();
    private final List<EventStream> stalled = new ArrayList<>();
    private final List<EventStream> others = new ArrayList<>();

    StalledHttp2IT(Offer offer) {
        this.offer = offer;
    }

    @AfterEach
    void leave() {
        stalled.forEach(EventStream::close);
        others.forEach(EventStream::close);
        connections.forEach(H2Client::close);
    }

    /** The hub itself ends no stream that stalls: on a busy machine a test may take longer than the 30 s of one. */
    private Server.Builder server() {
        return Server.in(offer).sendBuffer(4_096).set("backlog.events", "8").set("stall.timeout", "0s");
    }

    /** Windows as large as they may be: what stalls is the socket. */
    private void stall(Server server, int n) throws IOException {
        for (int i = 0; i < n; i++) {
            H2Client connection = H2Client.to(server).receiveBuffer(offer.protocol().isTls() ? 20_000 : 2_048)
                .window(1 << 24).connectionWindow(1 << 24).connect();
            connections.add(connection);
            EventStream stream = EventStream.to(server).topic("t").over(connection).open();
            stalled.add(stream);
            stream.awaitHello();
            stream.stall();
        }
    }

    @Test
    void whoStopsReadingDelaysNobodyAndGetsEverythingWhenItReadsAgain() throws IOException {
        try (Server server = server().writeTimeout(WRITE_MAX).start();
             Publisher publisher = Publisher.to(server)) {
            stall(server, STALLED);
            for (int i = 0; i < OTHERS; i++) {
                others.add(EventStream.to(server).topic("t").open());
                others.add(EventStream.overHttp1(server).topic("t").open());
            }
            others.forEach(EventStream::awaitHello);
            String[] all = new String[EVENTS];
            long longestNs = 0;
            for (int i = 0; i < EVENTS; i++) {
                all[i] = i + " " + "x".repeat(EVENT_BYTES);
                publisher.publish("t", all[i]);
                long startNs = System.nanoTime();
                for (EventStream other : others) {
                    other.awaitData(all[i]);
                }
                longestNs = Math.max(longestNs, System.nanoTime() - startNs);
            }
            System.out.println(offer + ": the others waited at most " + longestNs / 1_000_000 + " ms");
            assertTrue(longestNs < DELAY_MAX.toNanos(), "an event took " + longestNs / 1_000_000 + " ms");
            Await.until("all that do not read fall behind",
                () -> Inside.of(server).count("fell_behind") >= STALLED);
            awaitBlockedWriters(offer.container() == Container.TOMCAT ? STALLED : 0);
            stalled.forEach(EventStream::resume);
            stalled.forEach(stream -> stream.awaitData(all));
            publisher.publish("t", "end");
            for (EventStream stream : stalled) {
                stream.awaitData("end");
                assertEquals(1, stream.connections());
            }
        }
    }

    /** On Tomcat each connection may need a thread of its own; elsewhere there is no such cap. */
    @Test
    void connectionsForWhichThereMayBeNoThreadAreTurnedAwayAsByAnyOtherCap() throws IOException {
        try (Server server = Server.in(offer).set("writers.max", "1").start();
             H2Client connection = H2Client.to(server).connect();
             EventStream one = EventStream.to(server).topic("t").over(connection).open();
             EventStream sibling = EventStream.to(server).topic("t").over(connection).open();
             EventStream old = EventStream.overHttp1(server).topic("t").open()) {
            List.of(one, sibling, old).forEach(EventStream::awaitHello);
            if (offer.container() == Container.TOMCAT) {
                WireResponse browser = EventStream.to(server).topic("t").exchange();
                assertEquals(200, browser.status());
                assertTrue(browser.text().matches("retry: [234][0-9]{3}\n:\n"), browser.text());
                WireResponse program = EventStream.to(server).topic("t").header("Cache-Control", null).exchange();
                assertEquals(503, program.status());
                assertEquals("2", program.header("Retry-After"));
                assertTrue(program.text().contains("rivulet.writers.max"), program.text());
            } else {
                others.add(EventStream.to(server).topic("t").open());
                others.get(0).awaitHello();
            }
        }
    }

    /**
     * Each connection that is not read blocks one thread of the pool, and no other thread is blocked. A client may have
     * an event before the thread that wrote it has come out of the container: so the others are waited for.
     */
    private static void awaitBlockedWriters(int expected) {
        Await.get(() -> expected + " blocked threads of the pool; there are " + blockedWriters(), Await.LIMIT,
            () -> blockedWriters() == expected ? Boolean.TRUE : null);
    }

    /** Writers of the pool inside a write of the container's. */
    private static int blockedWriters() {
        return (int) Thread.getAllStackTraces().entrySet().stream()
            .filter(e -> e.getKey().getName().startsWith("rivulet-h2-"))
            .filter(e -> java.util.Arrays.stream(e.getValue()).anyMatch(f -> f.getMethodName().equals("writeBody")))
            .count();
    }

    private void fill(Server server) throws IOException {
        try (Publisher publisher = Publisher.to(server)) {
            for (int i = 0; i < EVENTS; i++) {
                publisher.publish("t", i + " " + "x".repeat(EVENT_BYTES));
            }
        }
        Await.until("all are stalled", () -> Inside.of(server).count("fell_behind") >= stalled.size());
    }

    @Test
    void aServerStopsInTimeAndLeavesNoThreadThoughClientsDoNotRead() throws IOException {
        Set<Thread> before = HubThreads.alive();
        try (Server server = server().set("drain", "0s").start()) {
            stall(server, STALLED);
            fill(server);
            long startNs = System.nanoTime();
            server.stop();
            Duration took = Duration.ofNanos(System.nanoTime() - startNs);
            System.out.println(offer + ": the stop took " + took.toMillis() + " ms");
            assertTrue(took.compareTo(STOP_MAX) < 0, "a stop took " + took);
            Set<Thread> left = HubThreads.alive();
            left.removeAll(before);
            assertEquals(Set.of(), left);
        }
    }

    @Test
    void aReloadLeavesNoClassLoaderBehindThoughClientsDoNotRead() throws IOException {
        try (Server server = server().start()) {
            stall(server, STALLED);
            fill(server);
            OldLoaders loaders = new OldLoaders();
            loaders.note(server);
            server.redeploy();
            server.awaitOpen();
            leave();
            loaders.awaitCollected(server, () -> {
                try (EventStream stream = EventStream.to(server).topic("t").open()) {
                    stream.awaitHello();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }
}
