package io.rivulet.kit;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A client that sends a body in chunks, as a pipe into curl does, and reads the answer. For one thread. */
public final class LineSender implements AutoCloseable {

    private final WireClient client;

    private LineSender(WireClient client) {
        this.client = client;
    }

    /** Begins a body; {@code headers} are whole lines with their ends. */
    public static LineSender to(Server server, String query, String headers) throws IOException {
        return over(WireClient.to(server), server.contextPath(), query, headers);
    }

    /** The same at this port. */
    public static LineSender to(int port, String query, String headers) throws IOException {
        return over(WireClient.to(port, 0), "", query, headers);
    }

    private static LineSender over(WireClient client, String path, String query, String headers) throws IOException {
        client.send("POST " + path + "/api/updates?stream=lines&" + query + " HTTP/1.1\r\nHost: localhost\r\n"
            + "Transfer-Encoding: chunked\r\n" + headers + "\r\n");
        return new LineSender(client);
    }

    /** Returns when the container has twice cut an ordinary body because it paused, which takes its limit each time. */
    public static void outwaitIdleness(Server server) throws IOException {
        for (int i = 0; i < 2; i++) {
            try (WireClient other = WireClient.to(server)) {
                other.send("POST " + server.contextPath() + "/api/updates?topic=cut HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: 9\r\n\r\nx");
                while (!other.isEnded()) {
                    other.skipSome(Integer.MAX_VALUE);
                }
            }
        }
    }

    /** Sends a chunk of this text. */
    public LineSender send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a chunk of these bytes. */
    public LineSender send(byte[] bytes) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.writeBytes(bytes);
        chunk.writeBytes(new byte[] {'\r', '\n'});
        client.send(chunk.toByteArray());
        return this;
    }

    /** Ends the body. */
    public LineSender end() throws IOException {
        client.send("0\r\n\r\n");
        return this;
    }

    /** The connection itself. */
    public WireClient client() {
        return client;
    }

    /** Waits for the answer. */
    public WireResponse answer() throws IOException {
        return client.read();
    }

    /** The same as JSON, which must have this status. */
    public JsonObject answer(int status) throws IOException {
        WireResponse answer = answer();
        if (answer.status() != status) {
            throw new AssertionError(answer.status() + " instead of " + status + ": " + answer.text());
        }
        return JsonParser.parseString(answer.text()).getAsJsonObject();
    }

    @Override
    public void close() {
        client.close();
    }
}
