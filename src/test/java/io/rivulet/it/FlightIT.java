package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Bodies that do not end and pages that nobody reads have one budget of memory. Strangers have 2.25 MiB of it, a
 * quarter of that for those who hold little, and each address 576 KiB. The test is a proxy that the server trusts, and
 * so is at any address it likes.
 */
@OnEveryContainer
class FlightIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> builder.user("ann", "pw", "editor")
        .set("dev", "false").set("role.editor.publish", "*").set("role.editor.subscribe", "*")
        .set("trusted.proxies", "127.0.0.1").set("flight.bytes", "6m"));

    private static final int BODY_BYTES = 500_000;

    private final Server server = SHARED.server();
    private final String topic = SHARED.topic();
    private final List<WireClient> held = new ArrayList<>();

    FlightIT(Container container) {
        assertEquals(container, server.container());
    }

    @AfterEach
    void leave() {
        held.forEach(WireClient::close);
    }

    /** A QUERY of a stranger at this address, with all of its body but so many bytes. */
    private WireClient query(int address, int missing) throws IOException {
        return WireClient.to(server, 4_096).send("QUERY /.well-known/mercure HTTP/1.1\r\nHost: localhost\r\n"
            + "X-Forwarded-For: 192.0.2." + address + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: " + BODY_BYTES + "\r\n\r\nmatch=a&x=" + "x".repeat(BODY_BYTES - 10 - missing));
    }

    private WireResponse page(int address) {
        return page(topic, address);
    }

    private WireResponse page(String of, int address) {
        try {
            return WireClient.exchange(server, history(of, address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String history(int address) {
        return history(topic, address);
    }

    private static String history(String of, int address) {
        return "GET /api/events?topic=" + of + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "X-Forwarded-For: 192.0.2." + address + "\r\n\r\n";
    }

    private WireResponse publish(String data) throws IOException {
        return publishTo(topic, data);
    }

    private WireResponse publishTo(String to, String data) throws IOException {
        try (WireClient ann = WireClient.to(server)) {
            ann.send("POST", "/api/updates?topic=" + to, Map.of("Authorization", "Basic "
                + Base64.getEncoder().encodeToString("ann:pw".getBytes(StandardCharsets.US_ASCII)),
                "Origin", "http://localhost:" + server.port()),
                data.getBytes(StandardCharsets.US_ASCII));
            WireResponse answer = ann.read();
            assertEquals(200, answer.status(), answer.toString() + answer.text());
            return answer;
        }
    }

    private WireResponse awaitPage(int address, int status) {
        WireResponse[] last = new WireResponse[1];
        Await.get(() -> "a page answers " + status + " and not " + last[0], Await.LIMIT, () -> {
            last[0] = page(address);
            return last[0].status() == status ? last[0] : null;
        });
        return last[0];
    }

    /** The beginning of a page; what others held a moment ago may still be charged. */
    private InputStream awaitBody(int address) {
        return Await.get(() -> "a page begins", Await.LIMIT, () -> {
            try {
                WireClient client = WireClient.to(server, 4_096).send(history(address));
                held.add(client);
                WireResponse head = client.readHead();
                return head.status() == 200 ? client.body(head) : null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /**
     * Sends bodies without their end until one of them is let in. A page that was read just now may be charged for a
     * moment more, and a body that is refused meanwhile does not come again by itself.
     */
    private void awaitHeld(int address) {
        WireResponse[] last = new WireResponse[1];
        Await.get(() -> "a body of address " + address + " is held; " + last[0], Await.LIMIT, () -> {
            try {
                held.add(query(address, 1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            last[0] = page(address);
            return last[0].status() == 503 && last[0].text().contains("this address") ? last[0] : null;
        });
        assertRefused("this address hold", last[0]);
    }

    private static void assertRefused(String whose, WireResponse answer) {
        assertEquals("503 2", answer.status() + " " + answer.header("Retry-After"), answer.toString());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertTrue(answer.text().contains("the bodies and answers of " + whose), answer.text());
        assertTrue(answer.text().contains("(rivulet.flight.bytes)"), answer.text());
    }

    @Test
    void bodiesThatDoNotEndHoldWhatTheirCallersMayAndNoMore() throws IOException {
        publish("x".repeat(100_000));
        for (int address = 1; address <= 3; address++) {
            awaitHeld(address);
        }
        try (WireClient fourth = query(4, 0)) {
            assertRefused("callers without a token hold", fourth.read());
        }
        assertEquals(200, publish("x".repeat(BODY_BYTES)).status(), "callers who may publish have a part of their own");
        leave();
        for (int address = 1; address <= 5; address++) {
            awaitPage(address, 200);
        }
        Await.until("a whole body is let in", () -> { // its caller's page may be charged for a moment more
            try (WireClient whole = query(1, 0)) {
                return whole.readHead().status() == 200;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void aBodyThatCameWholeHoldsNothingWhileItsStreamIsOpen() throws IOException {
        for (int i = 0; i < 6; i++) {
            WireClient stream = query(9, 0);
            held.add(stream);
            assertEquals(200, stream.readHead().status(), "stream " + i);
        }
    }

    /**
     * An event is larger than the share of an address, so one page at a time has room for one. JSON makes six bytes of
     * each of its bytes: more than the sockets take. Of the requests that come at once one is let in, whichever order
     * the server's threads have; the head of its answer says so, and the rest of it nobody reads.
     */
    @Test
    void pagesThatNobodyReadsHoldWhatTheirCallersMayAndNoMore() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertEquals(200, publish("\u0001".repeat(800_000)).status());
        }
        int events = awaitPage(21, 200).json().getAsJsonArray("events").size();
        assertEquals(1, events, "a page ends where its caller's share ends");
        for (int i = 0; i < 3; i++) {
            held.add(WireClient.to(server, 4_096).send(history(22)));
        }
        int letIn = 0;
        for (WireClient one : held) {
            WireResponse head = one.readHead();
            letIn += head.status() == 200 ? 1 : 0;
            assertTrue(head.status() == 200 || head.status() == 503, head::toString);
        }
        assertEquals(1, letIn, "of those that came at once");
        assertRefused("this address hold", page(22));
        assertEquals(1, awaitPage(23, 200).json().getAsJsonArray("events").size());
        leave();
        awaitPage(22, 200);
    }

    /**
     * A reader that takes some kilobytes now and then keeps its share for minutes, and gets all of its page. Nobody
     * else is refused for it: neither strangers at other addresses nor publishers.
     */
    @Test
    void aPageThatIsReadSlowlyComesWholeAndIsChargedUntilThenAndRefusesNobodyElse() throws IOException {
        publish("\u0001".repeat(800_000));
        String small = topic + "/small";
        publishTo(small, "x");
        InputStream body = awaitBody(31);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(body.readNBytes(10_000));
        assertRefused("this address hold", page(31)); // most of it is still in the hub
        for (byte[] some = body.readNBytes(500_000); some.length > 0; some = body.readNBytes(500_000)) {
            all.write(some);
            assertEquals(200, page(small, 32).status());
            publishTo(small, "y");
        }
        String data = JsonParser.parseString(all.toString(StandardCharsets.UTF_8)).getAsJsonObject()
            .getAsJsonArray("events").get(0).getAsJsonObject().get("data").getAsString();
        assertEquals("\u0001".repeat(800_000), data, "it came whole");
        awaitPage(31, 200);
    }
}
