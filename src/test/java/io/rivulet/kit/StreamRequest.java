package io.rivulet.kit;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How an {@link EventStream} asks: a builder. */
public final class StreamRequest {

    private final Dial dial;
    private final String contextPath;
    private String path = "/api/updates";
    final Map<String, String> headers = new LinkedHashMap<>();
    final StringBuilder query = new StringBuilder();
    private int receiveBuffer;
    String lastEventId = "";
    long cutAfter = Long.MAX_VALUE;
    Duration reconnectAfterAtMost;

    private H2Client connection;
    private Server server;

    StreamRequest(Dial dial, int port, String contextPath) {
        this.dial = dial;
        this.contextPath = contextPath;
        headers.put("Host", "localhost:" + port);
        headers.put("Accept", "text/event-stream");
        headers.put("Cache-Control", "no-cache");
    }

    /** Notes the server, which then is asked what it knows when there is no answer. */
    StreamRequest at(Server where) {
        server = where;
        return this;
    }

    /** What the server knows, for the message of a failure. */
    String server() {
        return server == null ? "" : "; " + server.told();
    }

    /** One more topic. */
    public StreamRequest topic(String topic) {
        return query("topic", topic);
    }

    /** Where a first connect begins. */
    public StreamRequest since(String since) {
        return query("since", since);
    }

    /** One more parameter. */
    public StreamRequest query(String name, String value) {
        query.append(query.length() == 0 ? "?" : "&").append(name).append('=').append(Publisher.encode(value));
        return this;
    }

    /** Another resource than {@code /api/updates}, below the context path. */
    public StreamRequest path(String other) {
        path = other;
        return this;
    }

    /** The whole query as it goes over the wire, with its question mark. */
    public StreamRequest rawQuery(String text) {
        query.setLength(0);
        query.append(text);
        return this;
    }

    /** A header; null takes it away. */
    public StreamRequest header(String name, String value) {
        if (value == null) {
            headers.remove(name);
        } else {
            headers.put(name, value);
        }
        return this;
    }

    /** Begins as a client that already knows this id. */
    public StreamRequest after(String id) {
        lastEventId = id;
        return this;
    }

    /** A receive buffer of so many bytes, so that a stall reaches the server soon. */
    public StreamRequest receiveBuffer(int bytes) {
        receiveBuffer = bytes;
        return this;
    }

    /** As one of several streams on this connection. */
    public StreamRequest over(H2Client shared) {
        connection = shared;
        return this;
    }

    /** The client breaks off after so many bytes of the body. */
    public StreamRequest cutAfter(long bytes) {
        cutAfter = bytes;
        return this;
    }

    /** Reconnects by itself as EventSource does, but waits at most so long instead of what {@code retry} says. */
    public StreamRequest reconnecting(Duration atMost) {
        reconnectAfterAtMost = atMost;
        return this;
    }

    /** Opens it; returns when the head of the answer is there. */
    public EventStream open() throws IOException {
        return new EventStream(this).start();
    }

    /** Sends the request and gives the whole answer, for those that are no stream. */
    public WireResponse exchange() throws IOException {
        try (Call client = dial()) {
            return send(client, lastEventId).read();
        }
    }

    Call dial() throws IOException {
        return connection == null ? dial.call(receiveBuffer) : connection.call();
    }

    Call send(Call client, String lastId) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(headers);
        if (!lastId.isEmpty()) {
            all.put("Last-Event-ID", lastId);
        }
        return client.send("GET", contextPath + path + query, all, null);
    }
}
