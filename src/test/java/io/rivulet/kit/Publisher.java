package io.rivulet.kit;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Publishes over HTTP on one connection that is kept, and made again when it broke; a publish itself is never repeated.
 * For one thread.
 */
public final class Publisher implements AutoCloseable {

    private final Dial dial;
    private final String path;
    private Call client;

    private Publisher(Dial dial, String path) {
        this.dial = dial;
        this.path = path;
    }

    /** A publisher at this server. */
    public static Publisher to(Server server) {
        return new Publisher(Dial.to(server), server.contextPath() + "/api/updates");
    }

    /** A publisher at the root of what runs at this port. */
    public static Publisher to(int port) {
        return new Publisher(Dial.to(port), "/api/updates");
    }

    /** A publisher at this path of what runs at this port. */
    public static Publisher to(int port, String contextPath) {
        return new Publisher(Dial.to(port), contextPath + "/api/updates");
    }

    /** Publishes one event as a form, and gives its id; anything but 200 fails. */
    public String publish(String topic, String data) throws IOException {
        return accepted(form("topic", topic, "data", data));
    }

    /** Sends a form of these names and values. */
    public WireResponse form(String... namesAndValues) throws IOException {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            form.append(i == 0 ? "" : "&").append(namesAndValues[i]).append('=').append(encode(namesAndValues[i + 1]));
        }
        return post("", "application/x-www-form-urlencoded", form.toString());
    }

    /** Sends a body with this type; {@code query} is empty or begins with a question mark. */
    public WireResponse post(String query, String type, String body) throws IOException {
        return post(query, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a body with these headers. */
    public WireResponse post(String query, Map<String, String> headers, byte[] body) throws IOException {
        return exchange("POST", query, headers, body);
    }

    /** Sends any request to the hub's resource. */
    public WireResponse exchange(String method, String query, Map<String, String> headers, byte[] body)
        throws IOException {
        if (client == null) {
            client = dial.call(0);
        }
        try {
            WireResponse answer = client.send(method, path + query, new LinkedHashMap<>(headers), body).read();
            if ("close".equalsIgnoreCase(answer.header("Connection"))) {
                close();
            }
            return answer;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The id of an answer that must be a 200. */
    public static String accepted(WireResponse answer) {
        if (answer.status() != 200) {
            throw new AssertionError("publishing was answered " + answer.status() + ": " + answer.text());
        }
        return answer.text().trim();
    }

    /** Hangs up; the next publish makes a new connection. */
    public Publisher hangUp() {
        close();
        return this;
    }

    /** For a query or a form. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
