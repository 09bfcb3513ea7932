package io.rivulet;

import io.rivulet.boot.Assembly;
import io.rivulet.http.respond.RespondDoor;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An answer that is a stream of the hub, at a URL of the application's own; {@link Rivulet#respond} begins it, and
 * {@link #start} is last. For the request's own thread.
 *
 * <p>The application decides who may read, before it calls this: the stream has all events of its topics, private ones
 * too. Everything else is as at the hub's own URLs: heartbeats, limits on streams, their end when the application ends.
 *
 * <p>The servlet and the filters before it need {@code async-supported}. The request must be none that is dispatched
 * anew afterwards; a method of JAX-RS takes {@code @Suspended AsyncResponse} and leaves it alone.
 */
public final class StreamResponse {

    /** What the stream itself has to say. */
    private static final Set<String> OWN = Set.of("content-type", "content-length", "transfer-encoding",
        "content-encoding", "connection");

    private final Assembly assembly;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final List<String> topics = new ArrayList<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private boolean fromStart;
    private boolean untilEnd;
    private boolean onlyIfOpen;
    private boolean plain;
    private String last;
    private boolean ids = true;
    private boolean resumes = true;
    private String after;
    private String reader;
    private boolean started;

    StreamResponse(Assembly assembly, HttpServletRequest request, HttpServletResponse response) {
        this.assembly = assembly;
        this.request = request;
        this.response = Objects.requireNonNull(response);
        reader = request.getRemoteUser();
    }

    /** One more topic, byte for byte: {@code *} and braces are no patterns here. */
    public StreamResponse topic(String topic) {
        topics.add(Objects.requireNonNull(topic));
        return this;
    }

    /** It begins with the oldest event that the hub has, unless the request says after which id; else with the next. */
    public StreamResponse fromStart() {
        fromStart = true;
        return this;
    }

    /**
     * It is over when all its topics have ended. One that begins with the next event is then answered with 204 where
     * the topics have ended before, or have no event at all: nothing would come. So is one that comes back after the
     * end.
     */
    public StreamResponse untilEnd() {
        untilEnd = true;
        return this;
    }

    /**
     * The same, and it is answered with 204 wherever the topics have ended or have no event, also from the start: for
     * protocols that ask whether something is running.
     */
    public StreamResponse onlyIfOpen() {
        onlyIfOpen = true;
        return untilEnd();
    }

    /** It begins after the event with this id, whatever the request says: for protocols with a parameter for it. */
    public StreamResponse after(String id) {
        after = Objects.requireNonNull(id);
        return this;
    }

    /** The header {@code Last-Event-ID} of the request says nothing. */
    public StreamResponse ignoringLastEventId() {
        resumes = false;
        return this;
    }

    /**
     * Nothing but the published events, for clients whose protocol has no others: no event of the hub's own, no time to
     * come back after. Comments keep the connection alive.
     */
    public StreamResponse plain() {
        plain = true;
        return this;
    }

    /** The data of one more event, behind the end of the topics: {@code last("[DONE]")}. With {@link #plain} alone. */
    public StreamResponse last(String data) {
        if (data.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the last data have the character U+0000");
        }
        last = data;
        return untilEnd();
    }

    /** As {@link #plain}, and the events have no ids: a client can only begin anew. */
    public StreamResponse withoutIds() {
        ids = false;
        return plain();
    }

    /**
     * One more header, such as one by which a client tells its protocol. It takes the place of one of the same name.
     *
     * @throws IllegalArgumentException when it could not be sent as it is, or says what the stream itself has to say
     */
    public StreamResponse header(String name, String value) {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException("the name of a header has letters, digits and dashes; this one has "
                + name.length() + " characters, and others are among them");
        }
        if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\t')) {
            throw new IllegalArgumentException("the value of the header " + name + " has characters that are not "
                + "printable ASCII");
        }
        if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("the stream itself sets the header " + name);
        }
        headers.put(name, value);
        return this;
    }

    /**
     * Who reads, as operators see it and as {@code rivulet.connections.subject.max} counts: the user of the request,
     * unless this names another one.
     */
    public StreamResponse reader(String name) {
        reader = Objects.requireNonNull(name);
        return this;
    }

    /**
     * Begins the stream, and returns; the response is the hub's from here on. What the hub refuses, as when there are
     * too many streams, it answers itself.
     *
     * @throws IllegalStateException when no topic was named, the response has begun, or its request cannot be
     *                               asynchronous
     */
    public void start() throws IOException {
        if (topics.isEmpty()) {
            throw new IllegalStateException("the stream has no topic");
        }
        if (last != null && !plain) {
            throw new IllegalStateException("a last event is for plain streams; others have rivulet.end");
        }
        if (started || response.isCommitted()) {
            throw new IllegalStateException("the response has begun already");
        }
        if (!request.isAsyncSupported() && !request.isAsyncStarted()) {
            throw new IllegalStateException("this servlet, or a filter before it, has no async-supported");
        }
        started = true;
        assembly.respond().open(new RespondDoor.Asked(List.copyOf(topics), fromStart, untilEnd, onlyIfOpen,
            plain, ids, last, after, resumes, reader, Map.copyOf(headers)), request, response);
    }
}
