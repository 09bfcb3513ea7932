package io.rivulet.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.StreamRequest;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The WAR at the root of a container, out of dev mode, with one issuer and its secret, and short words for what the
 * requirement tests ask of it. For the test's thread.
 */
final class MercureHub implements AutoCloseable {

    /** The hub's path. */
    static final String PATH = "/.well-known/mercure";
    /** What the tests' tokens name as their audience, and the base of relative topics. */
    static final String URL = "https://localhost" + PATH;
    static final String FORM = "Content-Type: application/x-www-form-urlencoded";

    private static final AtomicInteger TOPICS = new AtomicInteger();

    final Server server;

    private MercureHub(Server.Builder builder, String... settings) {
        builder.set("dev", "false");
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        server = builder.start();
    }

    /** On Jetty, for what no container decides. */
    static MercureHub with(String... settings) {
        return in(Container.JETTY, settings);
    }

    /** On Jetty, with nothing said about tokens. */
    static MercureHub withoutTokens() {
        return new MercureHub(Server.in(Container.JETTY).relaxed());
    }

    /** In this container, whose connector lets encoded slashes through. */
    static MercureHub in(Container container, String... settings) {
        return new MercureHub(withTokens(container).relaxed(), settings);
    }

    /** In this container as it comes. */
    static MercureHub asItComes(Container container, String... settings) {
        return new MercureHub(withTokens(container), settings);
    }

    /** In this container, which knows ann and bob (editor), olga (admin) and gus (guest), each with the password pw. */
    static MercureHub withLogins(Container container, String... settings) {
        return new MercureHub(withTokens(container).user("ann", "pw", "editor").user("bob", "pw", "editor")
            .user("olga", "pw", "admin").user("gus", "pw", "guest"), settings);
    }

    private static Server.Builder withTokens(Container container) {
        return Token.believedBy(Server.in(container));
    }

    /** A topic that no other test uses. */
    static String freshTopic() {
        return "https://example.com/fresh/" + TOPICS.incrementAndGet();
    }

    /**
     * Sends a request line with headers, each on a line of its own, and a body. The answer's body is read, except when
     * it is a stream: then the connection is closed.
     */
    WireResponse ask(String head, String body) {
        String[] lines = head.strip().split("\n", 2);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String text = lines[0].strip() + " HTTP/1.1\r\n"
            + (("\n" + head).contains("\nHost: ") ? "" : "Host: localhost\r\n")
            + (lines.length == 1 ? "" : lines[1].strip().replace("\n", "\r\n") + "\r\n")
            + (bytes.length == 0 ? "" : "Content-Length: " + bytes.length + "\r\n") + "Connection: close\r\n\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        all.writeBytes(bytes);
        try (WireClient client = WireClient.to(server)) {
            WireResponse answer = client.send(all.toByteArray()).readHead();
            if (isStream(answer) || head.startsWith("HEAD ")) {
                return answer;
            }
            try (InputStream in = client.body(answer)) {
                return new WireResponse(answer.version(), answer.status(), answer.headers(), in.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(head, e);
        }
    }

    /** A request without a body. */
    WireResponse ask(String head) {
        return ask(head, "");
    }

    /** Whether this answer is an event stream. */
    static boolean isStream(WireResponse answer) {
        String type = answer.header("Content-Type");
        return answer.status() == 200 && type != null && type.startsWith("text/event-stream");
    }

    /** Publishes this form, as it is, with this token; without one when it is null. */
    WireResponse publish(String token, String form) {
        return ask("POST " + PATH + "\n" + FORM + bearer(token), form);
    }

    /** Publishes this form with all rights; anything but 200 fails. Gives the id. */
    String published(String form) {
        WireResponse answer = publish(Token.all(), form);
        assertEquals(200, answer.status(), () -> form + ": " + answer.text());
        return answer.text();
    }

    /** Publishes one update of this topic with this data; gives its id. */
    String published(String topic, String data) {
        return published("topic=" + enc(topic) + "&data=" + enc(data));
    }

    /** Publishes one private update of this topic with this data; gives its id. */
    String publishedPrivately(String topic, String data) {
        return published("topic=" + enc(topic) + "&data=" + enc(data) + "&private=on");
    }

    /** Asks for a stream with this query and these header lines, and closes it. */
    WireResponse subscribe(String query, String... headers) {
        return ask("GET " + PATH + (query.isEmpty() ? "" : "?" + query) + lines(headers));
    }

    /** Opens a stream with this query and these header lines. */
    EventStream stream(String query, String... headers) {
        return streamAt(PATH, query, headers);
    }

    /** Opens a stream at this path. */
    EventStream streamAt(String path, String query, String... headers) {
        StreamRequest request = EventStream.to(server).path(path).rawQuery("?" + query);
        for (String header : headers) {
            int colon = header.indexOf(':');
            request.header(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        try {
            EventStream stream = request.open();
            if (stream.status() != 200) {
                stream.close();
                assertEquals(200, stream.status(), query + ": " + ask("GET " + path + "?" + query
                    + lines(headers)).text());
            }
            return stream;
        } catch (IOException e) {
            throw new UncheckedIOException(query, e);
        }
    }

    /** What the stream of this query sends, from its first byte to the blank line after its first event. */
    String firstEvent(String query, String... headers) {
        try (WireClient client = WireClient.to(server)) {
            WireResponse answer = client.send("GET " + PATH + "?" + query + " HTTP/1.1\r\nHost: localhost\r\n"
                + lines(headers).strip().replace("\n", "\r\n") + (headers.length == 0 ? "" : "\r\n") + "\r\n")
                .readHead();
            assertEquals(200, answer.status());
            StringBuilder text = new StringBuilder();
            InputStream in = client.body(answer);
            while (text.indexOf("\nid: ") < 0 || !text.substring(text.length() - 2).equals("\n\n")) {
                int b = in.read();
                if (b < 0) {
                    throw new AssertionError("the stream ended after: " + text);
                }
                text.append((char) b);
            }
            return new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(query, e);
        }
    }

    /** The next event that no feed made: the hub's own feeds run while somebody listens to every topic. */
    static Dispatched next(EventStream stream) {
        while (true) {
            Dispatched event = stream.awaitEvent();
            if (!isOfFeed(event)) {
                return event;
            }
        }
    }

    /** The feeds send JSON objects; what the tests publish never begins so, and presence is told from them. */
    static boolean isOfFeed(Dispatched event) {
        return event.data().startsWith("{\"") && !event.data().contains("\"subscriber\"")
            && !event.type().startsWith("rivulet.");
    }

    /** The next event has these data, and what is published now to this topic is the one after it: nothing between. */
    void assertOnly(EventStream stream, String topic, String... data) {
        stream.awaitData(data);
        assertNothingMore(stream, topic);
    }

    /** Nothing stands between here and an event that is published now to a topic of this stream. */
    void assertNothingMore(EventStream stream, String topic) {
        String marker = "marker-" + System.nanoTime();
        published(topic, marker);
        assertEquals(marker, next(stream).data());
    }

    /** The header line for this token, to be appended to others; empty for none. */
    static String bearer(String token) {
        return token == null ? "" : "\nAuthorization: Bearer " + token;
    }

    /** For a query or a form. */
    static String enc(String text) {
        return Publisher.encode(text);
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : "\n" + String.join("\n", headers);
    }

    @Override
    public void close() {
        server.close();
    }
}
