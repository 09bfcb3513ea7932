package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rivulet.bench.peer.Programs;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.H2Call;
import io.rivulet.kit.H2Client;
import io.rivulet.kit.Inside;
import io.rivulet.kit.LineSender;
import io.rivulet.kit.Offer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Subscribing, publishing and resuming over HTTP/2, without and with TLS; {@link ConvergenceIT} goes on from there. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.rivulet.kit.Offer#http2")
class Http2IT {

    private static final int EVENT_BYTES = 1_000;
    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> builder.set("heartbeat", "20s"));

    private final Server server = SHARED.server();
    private final String topic = SHARED.topic();
    private final Publisher publisher = SHARED.publisher();
    private final Offer offer;

    Http2IT(Offer offer) {
        this.offer = offer;
    }

    @Test
    void theStreamIsHttp2sOwnAndSaysHello() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            assertEquals("HTTP/2.0", stream.head().version());
            assertEquals("no-store, no-cache, no-transform", stream.header("Cache-Control"));
            for (String absent : List.of("Connection", "Transfer-Encoding", "Content-Length")) {
                assertNull(stream.header(absent), absent);
            }
            assertEquals("live", stream.awaitHello().get("resumed").getAsString());
        }
    }

    @Test
    void whatIsPublishedArrivesAndABatchStaysTogether() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            stream.awaitHello();
            Publisher.accepted(publisher.form("topic", topic, "data", "one\ntwo", "type", "greeting", "id", topic));
            assertEquals("greeting", stream.awaitEvent().type());
            WireResponse batch = publisher.post("", "application/json", IntStream.range(0, 20)
                .mapToObj(i -> "{\"topic\":\"" + topic + "\",\"data\":\"" + i + "\"}").toList().toString());
            assertEquals(200, batch.status(), batch.text());
            stream.awaitData(IntStream.range(0, 20).mapToObj(Integer::toString).toArray(String[]::new));
            stream.assertNothingMore(publisher, topic);
        }
    }

    /** The container's own limit of idleness is a second here. */
    @Test
    void aBodyOfLinesIsPublishedWhileItComesAndMayPause() throws IOException {
        try (Server impatient = Server.in(offer).idle(Duration.ofSeconds(1)).start();
             H2Client connection = H2Client.to(impatient).connect(); H2Call lines = connection.call()) {
            lines.begin("PUT", "/api/updates?stream=lines&topic=" + topic, Map.of());
            lines.write("one\ntw".getBytes(StandardCharsets.UTF_8), false);
            Await.until("the first line is published", () -> Inside.of(impatient).count("published") == 1);
            LineSender.outwaitIdleness(impatient);
            lines.write("o\nthree".getBytes(StandardCharsets.UTF_8), true);
            WireResponse answer = lines.read();
            assertEquals(200, answer.status(), answer.text());
            assertTrue(answer.text().endsWith("\"count\":3}"), answer.text());
            assertEquals(3, Inside.of(impatient).count("published"));
            lines.begin("POST", "/api/updates?stream=lines&topic=" + topic, Map.of());
            lines.write(new byte[] {'a', '\n', (byte) 0xff, '\n'}, false);
            assertEquals(400, lines.readHead().status()); // and the body has not ended
        }
    }

    @Test
    void curlPipesLineByLine() throws IOException {
        assumeTrue(Programs.find("curl").isPresent() && Programs.run(List.of("curl", "-V")).contains("HTTP2"),
            "no curl on the PATH that speaks HTTP/2");
        Process curl = new ProcessBuilder("curl", "-sSk", offer.protocol().isTls() ? "--http2"
            : "--http2-prior-knowledge", "-w", " by HTTP/%{http_version}", "-T", "-",
            server.url() + "/api/updates?topic=" + topic + "&stream=lines&end").redirectErrorStream(true).start();
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            stream.awaitHello();
            try (OutputStream program = curl.getOutputStream()) {
                for (String line : List.of("a", "b")) {
                    program.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                    program.flush();
                    stream.awaitData(line);
                }
            }
            String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.endsWith("\"count\":2} by HTTP/2"), answer);
            assertTrue(stream.awaitEnd());
        } finally {
            curl.destroyForcibly();
        }
    }

    @Test
    void aConnectionCarriesAsManyStreamsAsItsContainerLets() throws IOException {
        List<EventStream> streams = new ArrayList<>();
        int others = Inside.of(server).streams(); // of tests before, until a heartbeat finds that they are gone
        try (H2Client connection = H2Client.to(server).connect()) {
            for (int i = 0; i < 90; i++) { // of Tomcat's 100 and Jetty's 128
                streams.add(EventStream.to(server).topic(topic).over(connection).open());
            }
            streams.forEach(EventStream::awaitHello);
            publisher.publish(topic, "to all");
            streams.forEach(stream -> stream.awaitData("to all"));
        }
        Await.until("all have left with their connection", () -> Inside.of(server).streams() <= others);
        streams.forEach(EventStream::close);
    }

    @Test
    void whoComesBackOnTheSameConnectionMissesNothing() throws IOException {
        try (H2Client connection = H2Client.to(server).connect();
             EventStream stream = EventStream.to(server).topic(topic).over(connection).open()) {
            stream.awaitHello();
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 5; i++) { // with less between two resets Tomcat takes it for an attack
                    publisher.publish(topic, round + " seen " + i);
                    stream.awaitData(round + " seen " + i);
                }
                stream.cut();
                publisher.publish(topic, round + " missed");
                stream.reconnect();
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
                stream.awaitData(round + " missed");
            }
            stream.assertNothingMore(publisher, topic);
        }
    }

    /** Unlike HTTP/1.1, where the next heartbeat finds it: here the container is told. */
    @Test
    void whoLeavesIsForgottenBeforeTheNextHeartbeat() throws IOException {
        Await.until("nobody else is there", () -> Inside.of(server).streams() == 0);
        try (H2Client connection = H2Client.to(server).connect();
             EventStream reset = EventStream.to(server).topic(topic).over(connection).open();
             EventStream hungUp = EventStream.to(server).topic(topic).open()) {
            reset.awaitHello();
            hungUp.awaitHello();
            assertEquals(2, Inside.of(server).streams());
            reset.cut();
            Await.until("the one that was reset is forgotten", () -> Inside.of(server).streams() == 1);
            hungUp.cut();
            Await.until("the one that hung up is, too", () -> Inside.of(server).streams() == 0);
        }
    }

    @Test
    void aStreamThatIsNotReadDelaysNoOtherOfItsConnectionWhileTheyHaveAWindow() throws IOException {
        try (H2Client connection = H2Client.to(server).window(16 << 10).connectionWindow(4 << 20).connect();
             EventStream stalled = EventStream.to(server).topic(topic).over(connection).open();
             EventStream other = EventStream.to(server).topic(topic).over(connection).open()) {
            stalled.awaitHello();
            other.awaitHello();
            stalled.stall();
            String[] all = publish(100);
            other.awaitData(all);
            assertTrue(stalled.events().size() < 40, "its window let " + stalled.events().size() + " through");
            stalled.resume();
            stalled.awaitData(all);
            stalled.assertNothingMore(publisher, topic);
        }
    }

    @Test
    void aStreamThatIsNotReadStopsItsConnectionOnceItHasUsedUpTheCommonWindowAndNobodyElse() throws IOException {
        try (H2Client connection = H2Client.to(server).window(4 << 20).connect();
             EventStream stalled = EventStream.to(server).topic(topic).over(connection).open();
             EventStream sibling = EventStream.to(server).topic(topic + "/sibling").over(connection).open();
             EventStream stranger = EventStream.to(server).topic(topic).topic(topic + "/sibling").open()) {
            List.of(stalled, sibling, stranger).forEach(EventStream::awaitHello);
            stalled.stall();
            String[] all = publish(100);
            stranger.awaitData(all);
            publisher.publish(topic + "/sibling", "late");
            stranger.awaitData("late");
            assertEquals(List.of(), sibling.events(), "65,535 bytes are all that a connection has, and they are gone");
            stalled.resume();
            stalled.awaitData(all);
            sibling.awaitData("late");
            stalled.assertNothingMore(publisher, topic);
            sibling.assertNothingMore(publisher, topic + "/sibling");
        }
    }

    private String[] publish(int n) throws IOException {
        String[] all = new String[n];
        for (int i = 0; i < n; i++) {
            all[i] = i + " " + "x".repeat(EVENT_BYTES);
            publisher.publish(topic, all[i]);
        }
        return all;
    }

    /** A client that others wrote: Java's own, which comes to h2c by an upgrade and to h2 by ALPN. */
    @Test
    void theClientOfTheJdkSubscribesAndPublishes() throws Exception {
        HttpClient client = server.httpClient().version(HttpClient.Version.HTTP_2).build();
        URI updates = URI.create(server.url() + "/api/updates");
        HttpResponse<Stream<String>> stream = client.send(
            HttpRequest.newBuilder(URI.create(updates + "?topic=" + topic)).build(),
            HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> body = stream.body()) {
            Iterator<String> lines = body.iterator();
            assertEquals(HttpClient.Version.HTTP_2, stream.version());
            awaitLine(lines, "event: rivulet.hello");
            HttpResponse<String> published = client.send(HttpRequest.newBuilder(updates)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("topic=" + topic + "&data=hello")).build(),
                HttpResponse.BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, published.version());
            assertEquals(200, published.statusCode(), published.body());
            awaitLine(lines, "data: hello");
            assertEquals("id: " + published.body().strip(), lines.next());
        }
    }

    private static void awaitLine(Iterator<String> lines, String wanted) {
        while (!lines.next().equals(wanted)) {
            assertTrue(lines.hasNext(), "the stream ended before: " + wanted);
        }
    }

    /** HTTP/2 has no Host: what guards dev mode against a name that was rebound must look at the authority. */
    @Test
    void devModeKnowsAPageOfItsOwnAndNoOther() throws IOException {
        String own = (offer.protocol().isTls() ? "https" : "http") + "://localhost:" + server.port();
        assertEquals(200, from("localhost:" + server.port(), own).status());
        assertEquals(200, from("127.0.0.1:" + server.port(), own.replace("localhost", "127.0.0.1")).status());
        assertEquals(403, from("localhost:" + server.port(), "https://evil.example").status());
        assertEquals(403, from("localhost:" + server.port(), own.replace("localhost", "127.0.0.1")).status());
        if (offer.container() == Container.TOMCAT || !offer.protocol().isTls()) { // else Jetty itself refuses the name
            assertEquals(403, from("evil.example:" + server.port(), "http://evil.example:" + server.port()).status());
        }
    }

    private WireResponse from(String host, String origin) throws IOException {
        return publisher.post("?topic=" + topic, Map.of("Host", host, "Origin", origin),
            "x".getBytes(StandardCharsets.UTF_8));
    }
}
