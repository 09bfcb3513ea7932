package io.rivulet.kit;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.StreamParser.Dispatched;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A client of one event stream that records everything: what EventSource is to a page, with its rules for the last
 * event id, and with a hand on the socket. A thread of its own reads; any thread may ask.
 */
public final class EventStream implements AutoCloseable {

    private final StreamRequest request;
    private final List<Dispatched> record = new ArrayList<>();
    private final List<String> comments = new ArrayList<>();
    private final Thread reader = new Thread(this::run, "test-event-stream");
    private Call client;
    private WireResponse head;
    private StreamParser parser;
    private String lastEventId;
    private long cutAfter;
    private int read;
    private int connections;
    private int recordAtConnect;
    private boolean ended;
    private boolean endedCleanly;
    private boolean stalled;
    private boolean closed;
    private boolean wanted = true;

    EventStream(StreamRequest request) {
        this.request = request;
        this.lastEventId = request.lastEventId;
        this.cutAfter = request.cutAfter;
        reader.setDaemon(true);
    }

    /** A stream to be opened at this server. */
    public static StreamRequest to(Server server) {
        return new StreamRequest(Dial.to(server), server.port(), server.contextPath()).at(server);
    }

    /** A stream in HTTP/1.1 to be opened at this server, whatever else it speaks. */
    public static StreamRequest overHttp1(Server server) {
        return new StreamRequest(buffer -> WireClient.to(server, buffer), server.port(), server.contextPath())
            .at(server);
    }

    /** A stream to be opened at the root of what runs at this port. */
    public static StreamRequest to(int port) {
        return new StreamRequest(Dial.to(port), port, "");
    }

    /** A stream to be opened at this path of what runs at this port. */
    public static StreamRequest to(int port, String contextPath) {
        return new StreamRequest(Dial.to(port), port, contextPath);
    }

    EventStream start() throws IOException {
        if (request.reconnectAfterAtMost == null) {
            connectOrTell();
        }
        reader.start();
        return this;
    }

    /** The status of the last answer. */
    public synchronized int status() {
        return head.status();
    }

    /** A header of the last answer, or null. */
    public synchronized String header(String name) {
        return head.header(name);
    }

    /** The head of the last answer. */
    public synchronized WireResponse head() {
        return head;
    }

    /** What a reconnect would ask for. */
    public synchronized String lastEventId() {
        return lastEventId;
    }

    /** The reconnection time of the last connection, or -1. */
    public synchronized long retryMs() {
        return parser.retryMs();
    }

    /** How often it connected. */
    public synchronized int connections() {
        return connections;
    }

    /** All application events so far, over all connections. */
    public synchronized List<Dispatched> events() {
        return record.stream().filter(e -> !isControl(e)).toList();
    }

    /** All events so far in the order they came, control events too. */
    public synchronized List<Dispatched> all() {
        return List.copyOf(record);
    }

    /** Number of events so far, control events too. */
    public synchronized int size() {
        return record.size();
    }

    /** All control events so far of this type without {@code rivulet.}, over all connections. */
    public synchronized List<Dispatched> hubEvents(String type) {
        return record.stream().filter(e -> e.type().equals("rivulet." + type)).toList();
    }

    /** Number of comments so far. */
    public synchronized int comments() {
        return comments.size();
    }

    /** The {@code rivulet.hello} of this connection. */
    public JsonObject awaitHello() {
        Dispatched hello = Await.value("rivulet.hello", () -> helloOfThisConnection());
        return JsonParser.parseString(hello.data()).getAsJsonObject();
    }

    /** The id of the {@code rivulet.hello} of this connection: the cursor it continues from. */
    public String awaitHelloId() {
        return Await.value("rivulet.hello", () -> helloOfThisConnection()).id();
    }

    private synchronized Dispatched helloOfThisConnection() {
        return record.stream().skip(recordAtConnect).filter(e -> e.type().equals("rivulet.hello"))
            .findFirst().orElse(null);
    }

    /** The next application event that was not asked for yet. */
    public Dispatched awaitEvent() {
        return await("an event", e -> !isControl(e));
    }

    /** The next event that was not asked for yet, control events too. */
    public Dispatched awaitAny() {
        return await("anything", e -> true);
    }

    /** The next event of this type, control events too; what stands before it is passed over. */
    public Dispatched awaitType(String type) {
        return await("an event of type " + type, e -> e.type().equals(type));
    }

    /** The next application events have exactly these data, in this order. */
    public EventStream awaitData(String... expected) {
        List<String> seen = new ArrayList<>();
        for (String data : expected) {
            seen.add(awaitEvent().data());
            if (!seen.get(seen.size() - 1).equals(data)) {
                throw new AssertionError("expected the data " + Arrays.toString(expected) + " but got " + seen);
            }
        }
        return this;
    }

    /** Nothing stands between here and an event that is published now to a topic of this stream. */
    public void assertNothingMore(Publisher publisher, String topic) throws IOException {
        String marker = "marker-" + System.nanoTime();
        publisher.publish(topic, marker);
        Dispatched next = awaitEvent();
        if (!next.data().equals(marker)) {
            throw new AssertionError("expected nothing more, but got " + next);
        }
    }

    /** Waits for one more comment than there are now. */
    public void awaitComment() {
        int now = comments();
        Await.until("a comment", () -> comments() > now);
    }

    /** Waits until the stream is over; true when its body ended as it should. */
    public boolean awaitEnd() {
        Await.until("the end of the stream", this::isEnded);
        return endedCleanly();
    }

    /** Whether there is no connection now. */
    public synchronized boolean isEnded() {
        return ended;
    }

    private synchronized boolean endedCleanly() {
        return endedCleanly;
    }

    private Dispatched await(String what, Predicate<Dispatched> wish) {
        return Await.get(() -> what + " on " + request.query + "; there were " + tail(), Await.LIMIT, () -> {
            synchronized (this) {
                while (read < record.size()) {
                    Dispatched next = record.get(read++);
                    if (wish.test(next)) {
                        return next;
                    }
                }
                return null;
            }
        });
    }

    private synchronized String tail() {
        return record.subList(Math.max(0, record.size() - 5), record.size())
            + (ended ? " and the stream has ended" : "");
    }

    /** Stops reading; the buffers between here and the server fill. */
    public synchronized void stall() {
        stalled = true;
    }

    /** Goes on reading. */
    public synchronized void resume() {
        stalled = false;
        notifyAll();
    }

    /** Leaves now, by a reset; the record stays. */
    public void cut() {
        synchronized (this) {
            if (client != null) {
                client.reset();
            }
            stalled = false;
            notifyAll();
        }
        Await.until("the cut", this::isEnded);
    }

    /** Leaves and comes back with the last event id, as EventSource does. */
    public EventStream reconnect() throws IOException {
        return reconnect(Long.MAX_VALUE);
    }

    /** Comes back with the last event id, and breaks off after so many bytes of the body. */
    public EventStream reconnect(long cutAfterBytes) throws IOException {
        cut();
        synchronized (this) {
            cutAfter = cutAfterBytes;
            connectOrTell();
            wanted = true;
            notifyAll();
        }
        return this;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            stalled = false;
            if (client != null) {
                client.close();
            }
            notifyAll();
        }
        reader.interrupt();
        try {
            reader.join(Await.LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isControl(Dispatched e) {
        return e.type().startsWith("rivulet.");
    }

    private void connect() throws IOException {
        Call made = request.dial();
        try {
            WireResponse answer = request.send(made, lastEventId()).readHead();
            begin(made, answer);
        } catch (IOException e) {
            made.close();
            throw new IOException("the stream after \"" + lastEventId() + "\" got no answer in " + made + ": "
                + e.getMessage(), e);
        }
    }

    /** Connects where that must succeed: a failure tells what the server knows. */
    private void connectOrTell() throws IOException {
        try {
            connect();
        } catch (IOException e) {
            throw new IOException(e.getMessage() + request.server(), e);
        }
    }

    private synchronized void begin(Call made, WireResponse answer) {
        client = made;
        head = answer;
        ended = false;
        connections++;
        recordAtConnect = record.size();
        parser = new StreamParser(lastEventId, record::add, comments::add);
    }

    /** The reader's life: one connection after the other. */
    private void run() {
        try {
            while (nextConnection()) {
                boolean clean = false;
                try {
                    readOn();
                    clean = true;
                } catch (IOException e) {
                    // a stream that ends is no failure of the test's; endedCleanly tells
                }
                client.close();
                synchronized (this) {
                    ended = true;
                    endedCleanly = clean;
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private boolean nextConnection() throws InterruptedException {
        Duration atMost = request.reconnectAfterAtMost;
        if (atMost == null) {
            synchronized (this) {
                while (!wanted && !closed) {
                    wait();
                }
                wanted = false;
                return !closed;
            }
        }
        while (true) {
            synchronized (this) {
                if (connections > 0 && !closed) {
                    wait(Math.max(1, Math.min(atMost.toMillis(), parser.retryMs())));
                }
                if (closed) {
                    return false;
                }
            }
            try {
                connect();
                return true;
            } catch (IOException e) {
                Await.pass(Duration.ofMillis(20)); // nobody listens: EventSource tries again, too
            }
        }
    }

    private void readOn() throws IOException, InterruptedException {
        InputStream body = client.body(head);
        byte[] buffer = new byte[2_048];
        long left = cutAfter;
        while (left > 0) {
            synchronized (this) {
                while (stalled && !closed) {
                    wait();
                }
            }
            int n = body.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                return;
            }
            left -= n;
            synchronized (this) {
                parser.take(buffer, 0, n);
                lastEventId = parser.lastEventId();
            }
        }
        throw new IOException("cut on purpose");
    }
}
