package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that do not read: they harm nobody, lose nothing, and are ended only when they are dead. */
@OnEveryContainer
class FlowIT {

    private static final int BATCH = 50;
    private static final int EVENT_BYTES = 2_000;

    private final Container container;
    private final List<AutoCloseable> open = new ArrayList<>();
    private Server server;
    private Publisher publisher;
    private int published;

    FlowIT(Container container) {
        this.container = container;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    /** Small buffers, so that a stall is felt after kilobytes and not after the megabytes that the kernel takes. */
    private void start(String... settings) {
        Server.Builder builder = Server.in(container).sendBuffer(8_192).set("backlog.events", "16")
            .set("ring.bytes", "64k");
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        server = builder.start();
        publisher = Publisher.to(server);
        open.add(publisher);
        open.add(server);
    }

    private EventStream reader() throws IOException {
        EventStream stream = EventStream.to(server).topic("t").receiveBuffer(4_096).open();
        open.add(0, stream);
        stream.awaitHello();
        return stream;
    }

    /** Publishes numbered events; every publish is answered, or this fails. */
    private void publish(int events) throws IOException {
        for (int i = 0; i < events / BATCH; i++) {
            String batch = IntStream.range(published, published + BATCH)
                .mapToObj(n -> "{\"topic\":\"t\",\"data\":\"" + n + " " + "x".repeat(EVENT_BYTES) + "\"}")
                .collect(Collectors.joining("\n"));
            Publisher.accepted(publisher.post("", "application/x-ndjson", batch));
            published += BATCH;
        }
    }

    private static int number(StreamParser.Dispatched event) {
        return Integer.parseInt(event.data().substring(0, event.data().indexOf(' ')));
    }

    private void awaitAll(EventStream stream) {
        Await.until("all " + published + " events", () -> stream.events().size() >= published);
        assertEquals(IntStream.range(0, published).boxed().toList(),
            stream.events().stream().map(FlowIT::number).toList(), "all of them, once and in order");
    }

    private JsonObject connection(EventStream stream) {
        String name = stream.awaitHello().get("connection").getAsString();
        try (WireClient client = WireClient.to(server)) {
            WireResponse answer = client.send("GET", server.contextPath() + "/api/connections/" + name, Map.of(), null)
                .read();
            assertEquals(200, answer.status(), answer.text());
            return answer.json();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean is(EventStream stream, String state, String reason) {
        JsonObject seen = connection(stream);
        return seen.get("state").getAsString().equals(state) && (reason == null ? seen.get("reason").isJsonNull()
            : !seen.get("reason").isJsonNull() && seen.get("reason").getAsString().equals(reason));
    }

    @Test
    void whoStopsReadingHoldsUpNobodyAndGetsAllOfItLaterOnTheSameConnection() throws IOException {
        start("stall.timeout", "0s");
        List<EventStream> quick = List.of(reader(), reader(), reader());
        List<EventStream> stalled = List.of(reader(), reader(), reader());
        stalled.forEach(EventStream::stall);
        publish(400);
        quick.forEach(this::awaitAll); // while the others are stalled
        Await.until("operators to see who does not read",
            () -> stalled.stream().allMatch(s -> is(s, "behind", "socket")));
        for (EventStream stream : stalled) {
            JsonObject seen = connection(stream);
            assertTrue(seen.get("lagEvents").getAsInt() > 100, seen.toString());
            assertTrue(seen.get("unsentBytes").getAsInt() > 0 || container == Container.TOMCAT, // it tells of slices
                seen.toString());
            assertTrue(seen.get("stalledFor").getAsDouble() > 0 && seen.get("lagSeconds").getAsDouble() > 0,
                seen.toString());
            assertEquals("HTTP/1.1", seen.get("transport").getAsString());
            assertTrue(stream.events().size() < 200, "the buffers were too large: nobody stalled");
        }
        quick.forEach(stream -> assertTrue(is(stream, "live", null), connection(stream).toString()));
        Inside hub = Inside.of(server);
        assertTrue(hub.count("fell_behind") >= stalled.size(), hub.counts());
        stalled.forEach(EventStream::resume);
        stalled.forEach(this::awaitAll);
        assertTrue(hub.count("delivered_log") > 100 * stalled.size(), hub.counts());
        Await.until("all are live again", () -> stalled.stream().allMatch(s -> is(s, "live", null)));
        publish(BATCH);
        quick.forEach(this::awaitAll);
        stalled.forEach(this::awaitAll);
        stalled.forEach(stream -> assertEquals(1, stream.connections()));
        assertEquals(6, hub.count("streams_opened"));
        assertEquals(0, hub.count("streams_ended") + hub.count("gaps"), hub.counts());
    }

    @Test
    void aClientThatTakesNothingIsEndedAndOneThatTakesLittleIsNot() throws IOException {
        start("stall.timeout", "2s");
        EventStream dead = reader();
        dead.stall();
        try (WireClient slow = WireClient.to(server.port(), 4_096);
             EventStream clock = EventStream.to(server).topic("clock").open()) {
            InputStream body = slow.body(slow.send("GET", server.contextPath() + "/api/updates?topic=t", Map.of(), null)
                .readHead());
            List<StreamParser.Dispatched> got = new ArrayList<>();
            StreamParser parser = new StreamParser("", got::add, comment -> { });
            byte[] buffer = new byte[1_024];
            parser.take(buffer, 0, body.read(buffer));
            publish(300);
            Inside hub = Inside.of(server);
            for (int second = 1; second <= 5; second++) {
                int ticks = second;
                Await.until("a second of the clock", () -> clock.events().size() > ticks);
                for (int i = 0; i < 20; i++) {
                    parser.take(buffer, 0, body.read(buffer));
                }
            }
            assertEquals(1, hub.count("stalled"), hub.counts());
            assertEquals(2, hub.streams(), "the slow one and the clock's");
            assertTrue(got.size() < 100, "it was not slow");
            while (got.stream().filter(e -> !e.type().startsWith("rivulet.")).count() < published) {
                parser.take(buffer, 0, body.read(buffer));
            }
            assertEquals(IntStream.range(0, published).boxed().toList(), got.stream()
                .filter(e -> !e.type().startsWith("rivulet.")).map(FlowIT::number).toList());
        }
        dead.resume();
        dead.awaitEnd();
        assertTrue(dead.events().size() < published);
        dead.reconnect();
        assertEquals("exact", dead.awaitHello().get("resumed").getAsString());
        awaitAll(dead);
    }

    @Test
    void aStreamOfItsGreatestAgeEndsCleanlyBetweenTwoEventsAndItsClientMissesNothing() throws IOException {
        start("connection.max.age", "1s");
        EventStream stream = reader();
        for (int life = 1; life <= 3; life++) {
            while (!stream.isEnded()) {
                publish(BATCH);
            }
            assertTrue(stream.awaitEnd(), "an end that HTTP can tell from a cut");
            stream.reconnect();
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
        }
        publish(BATCH);
        Await.until("the last of " + published, () -> {
            if (stream.isEnded()) {
                reconnect(stream); // it has grown old once more
            }
            return stream.events().size() >= published;
        });
        awaitAll(stream);
        Inside hub = Inside.of(server);
        assertEquals(0, hub.count("gaps") + hub.count("stalled"), hub.counts());
    }

    private static void reconnect(EventStream stream) {
        try {
            stream.reconnect();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
