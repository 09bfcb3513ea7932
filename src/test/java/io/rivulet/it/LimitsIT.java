package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamRequest;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What those meet who ask for more than their share. The server takes two streams from an address and three of a
 * subject, and one event a second of a subject; the test is a proxy that it trusts, and so is at any address it likes.
 */
@OnEveryContainer
class LimitsIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> withUsers(builder)
        .set("connections.address.max", "2").set("connections.subject.max", "3")
        .set("trusted.proxies", "127.0.0.1, 10.0.0.0/8").set("publish.rate", "1").set("publish.burst", "3"));

    private final Server server = SHARED.server();
    private final Container container;
    private final String topic = SHARED.topic();

    LimitsIT(Container container) {
        this.container = container;
    }

    private static Server.Builder withUsers(Server.Builder builder) {
        for (String name : List.of("ann", "bob", "carl", "dora")) {
            builder.user(name, "pw", "reader");
        }
        return builder.user("olga", "pw", "admin").set("dev", "false").set("role.reader.publish", "*")
            .set("role.reader.subscribe", "*").set("role.admin.operate", "true");
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":pw").getBytes(StandardCharsets.UTF_8));
    }

    /** As a browser's own EventSource asks. */
    private StreamRequest browser(Server at, String address, String user) {
        return EventStream.to(at).topic(topic).header("X-Forwarded-For", address)
            .header("Authorization", user == null ? null : basic(user));
    }

    /** As any other client asks. */
    private StreamRequest program(Server at, String address, String user) {
        return browser(at, address, user).header("Cache-Control", null);
    }

    private static void assertToldToComeBack(WireResponse answer) {
        assertEquals(200, answer.status());
        assertTrue(answer.header("Content-Type").startsWith("text/event-stream"), answer.toString());
        assertTrue(answer.text().matches("retry: [234][0-9]{3}\n:\n"), answer.text());
    }

    private static void assertRefused(int status, String detail, WireResponse answer) {
        assertEquals(status, answer.status(), answer.toString());
        assertEquals("2", answer.header("Retry-After"));
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertTrue(answer.text().contains(detail), answer.text());
    }

    /** Somebody has left, which the server learns at a heartbeat: until then it says no. */
    private static EventStream awaitLetIn(StreamRequest program) {
        EventStream stream = Await.value("a place is free", () -> {
            try {
                EventStream tried = program.open();
                if (tried.status() == 200) {
                    return tried;
                }
                tried.close();
                return null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        stream.awaitHello();
        return stream;
    }

    @Test
    void anAddressWithTooManyStreamsIsToldToComeBackAndThenLetIn() throws IOException {
        EventStream one = browser(server, "192.0.2.1", null).open();
        try (EventStream two = browser(server, "198.51.100.9, 192.0.2.1", "ann").open();
             EventStream other = browser(server, "192.0.2.1, 192.0.2.2, 10.0.0.7", null).open()) {
            one.awaitHello();
            two.awaitHello();
            other.awaitHello();
            assertToldToComeBack(browser(server, "192.0.2.1", null).exchange());
            WireResponse answer = program(server, "192.0.2.1, 10.0.0.8", null).exchange();
            assertRefused(429, "2 of at most 2 streams open (rivulet.connections.address.max)", answer);
            assertFalse(answer.text().contains("192.0.2"), "no address is told");
            assertRefused(429, "(rivulet.connections.address.max)",
                browser(server, "192.0.2.1", null).path("/.well-known/mercure").rawQuery("?match=x").exchange());
            one.close();
            try (EventStream three = awaitLetIn(program(server, "192.0.2.1", null))) {
                assertEquals(200, three.status());
                assertTrue(connections().contains("\"peer\":\"192.0.2.2\""), connections());
            }
        }
    }

    @Test
    void ofIpv6ANetworkIsAnAddress() throws IOException {
        try (EventStream one = browser(server, "2001:db8:0:1::1", null).open();
             EventStream two = browser(server, "[2001:db8:0:1:a:b:c:d]:4711", null).open();
             EventStream other = browser(server, "2001:db8:0:2::1", null).open()) {
            assertRefused(429, "the caller's /64 network has 2 of at most 2",
                program(server, "2001:db8:0:1::2", null).exchange());
            one.awaitHello();
            two.awaitHello();
            other.awaitHello();
        }
    }

    @Test
    void aSubjectWithTooManyStreamsIsToldToComeBackAndItsOldOnesStay() throws IOException {
        List<EventStream> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(browser(server, "203.0.113." + i, "bob").open());
            open.get(i).awaitHello();
        }
        assertToldToComeBack(browser(server, "203.0.113.7", "bob").exchange());
        assertRefused(429, "3 of at most 3 streams open (rivulet.connections.subject.max)",
            program(server, "203.0.113.7", "bob").exchange());
        assertRefused(429, "(rivulet.connections.subject.max)", browser(server, "203.0.113.7", "bob")
            .path("/.well-known/mercure").rawQuery("?match=x").exchange());
        for (int i = 0; i < 4; i++) { // nobody in particular has no cap but the address's
            EventStream anonymous = browser(server, "203.0.113.2" + i, null).open();
            anonymous.awaitHello();
            open.add(anonymous);
        }
        try (Publisher publisher = Publisher.to(server)) {
            assertEquals(200, publish(publisher, "dora", "topic=" + topic + "&data=x").status());
        }
        for (EventStream stream : open) {
            stream.awaitData("x");
        }
        open.remove(0).close();
        open.add(awaitLetIn(program(server, "203.0.113.7", "bob")));
        open.forEach(EventStream::close);
    }

    @Test
    void whatAPeerSaysOfItselfDoesNotHelpIt() throws IOException {
        try (Server strict = withUsers(Server.in(container)).set("connections.address.max", "1")
            .set("trusted.proxies", "192.0.2.1").start()) {
            try (EventStream only = browser(strict, "192.0.2.1", null).open()) {
                only.awaitHello();
                for (String address : List.of("198.51.100.1", "192.0.2.1", "127.0.0.1", "")) {
                    assertRefused(429, "(rivulet.connections.address.max)",
                        program(strict, address, null).exchange());
                    assertRefused(429, "(rivulet.connections.address.max)", program(strict, address, null)
                        .header("X-Forwarded-For", null).header("Forwarded", "for=" + address).exchange());
                }
            }
        }
    }

    /** At Tomcat's own limit the next connection would hang without an answer, and publishers with it. */
    @Test
    void theHubIsFullBelowTheContainersLimitAndPublishersGetThrough() throws IOException {
        Server.Builder builder = Server.in(container).connections(20);
        List<EventStream> open = new ArrayList<>();
        try (Server full = (container == Container.TOMCAT ? builder : builder.set("connections.max", "18")).start();
             Publisher publisher = Publisher.to(full)) {
            for (int i = 0; i < 18; i++) {
                open.add(EventStream.to(full).topic(topic).open());
                open.get(i).awaitHello();
            }
            assertToldToComeBack(EventStream.to(full).topic(topic).exchange());
            assertRefused(503, "18 of at most 18 streams open (rivulet.connections.max)",
                EventStream.to(full).topic(topic).header("Cache-Control", null).exchange());
            assertRefused(503, "(rivulet.connections.max)",
                EventStream.to(full).path("/.well-known/mercure").rawQuery("?match=x").exchange());
            publisher.publish(topic, "to all");
            for (EventStream stream : open) {
                stream.awaitData("to all");
            }
            open.remove(0).close();
            open.add(awaitLetIn(EventStream.to(full).topic(topic).header("Cache-Control", null)));
            assertTrue(Inside.of(full).count("streams_refused_total") >= 3, Inside.of(full).counts());
            open.forEach(EventStream::close);
        }
    }

    @Test
    void whoPublishesTooFastIsAcceptedAfterTheTimeThatItWasTold() throws IOException {
        try (Publisher publisher = Publisher.to(server);
             EventStream stream = browser(server, "10.0.0.1", null).open()) {
            stream.awaitHello();
            int published = 0;
            WireResponse answer = publish(publisher, "carl", "topic=" + topic + "&data=0");
            while (answer.status() == 200) {
                published++;
                answer = publish(publisher, "carl", "topic=" + topic + "&data=" + published);
            }
            assertTrue(published >= 3, "the burst fits");
            assertEquals(429, answer.status());
            assertEquals("1", answer.header("Retry-After"));
            assertTrue(answer.text().contains("(rivulet.publish.rate)"), answer.text());
            String three = """
                [{"topic":"%1$s","data":"a"},{"topic":"%1$s","data":"b"},{"topic":"%1$s","data":"c"}]"""
                .formatted(topic);
            answer = post(publisher, "carl", "application/json", three);
            assertEquals(429, answer.status());
            int seconds = Integer.parseInt(answer.header("Retry-After"));
            assertTrue(seconds >= 1 && seconds <= 3, "until all three fit: " + seconds);
            long toldNs = System.nanoTime();
            Await.until("all three are taken", () -> {
                boolean due = System.nanoTime() - toldNs >= TimeUnit.SECONDS.toNanos(seconds);
                WireResponse tried = postUnchecked(publisher, "carl", three);
                assertTrue(tried.status() == 200 || !due, () -> "after the time that it was told: " + tried.text());
                return tried.status() == 200;
            });
            for (int i = 0; i < published; i++) {
                assertEquals(Integer.toString(i), stream.awaitEvent().data());
            }
            stream.awaitData("a", "b", "c");
        }
    }

    private WireResponse publish(Publisher publisher, String user, String form) throws IOException {
        return post(publisher, user, "application/x-www-form-urlencoded", form);
    }

    private WireResponse post(Publisher publisher, String user, String type, String body) throws IOException {
        return publisher.post("", Map.of("Content-Type", type, "Authorization", basic(user), "Origin",
            "http://localhost:" + server.port()), body.getBytes(StandardCharsets.UTF_8));
    }

    private WireResponse postUnchecked(Publisher publisher, String user, String json) {
        try {
            return post(publisher, user, "application/json", json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String connections() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            return client.send("GET", "/api/connections", Map.of("Authorization", basic("olga")), null).read().text();
        }
    }
}
