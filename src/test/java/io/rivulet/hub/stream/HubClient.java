package io.rivulet.hub.stream;

import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.hub.Hub;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.resume.Pace;
import io.rivulet.hub.resume.Portion;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A client without a network: an outlet with a window of bytes, EventSource's grammar, and EventSource's memory of the
 * last id. Reads only when told to, so a test decides who stalls. The hub's thread writes, the test's thread reads.
 */
public final class HubClient {

    public final List<StreamParser.Dispatched> received = new ArrayList<>();
    public final List<String> comments = new ArrayList<>();
    private Hub hub;
    private final List<String> topics;
    private final int windowBytes;
    private StreamParser parser;
    private Window current;
    private Grant grant = Grant.ANONYMOUS;
    private Dialect dialect = HubScene.PLAIN;
    private final StringBuilder wire = new StringBuilder();
    private String lastEventId = "";
    private Duration heartbeat = Duration.ofSeconds(15);
    private Pace pace = Pace.EVERYTHING;
    private String session;
    private Portion portion = Portion.ALL;

    public HubClient(Hub hub, int windowBytes, String... topics) {
        this.hub = hub;
        this.windowBytes = windowBytes;
        this.topics = List.of(topics);
    }

    public HubClient as(Grant who) {
        grant = who;
        return this;
    }

    public HubClient speaking(Dialect as) {
        dialect = as;
        return this;
    }

    public boolean isLegacy() {
        return dialect == HubScene.LEGACY;
    }

    public HubClient heartbeat(Duration every) {
        heartbeat = every;
        return this;
    }

    /** Only the newest of each topic while it lags. */
    public HubClient conflating() {
        pace = new Pace(true, 0, 0);
        return this;
    }

    /** The same, and at most so many events a second. */
    public HubClient rate(int perSecond) {
        pace = new Pace(true, perSecond, pace.ratePerTopic());
        return this;
    }

    /** The same, and of each topic at most so many. */
    public HubClient topicRate(int perSecond) {
        pace = new Pace(true, pace.ratePerSecond(), perSecond);
        return this;
    }

    public HubClient only(Portion part) {
        portion = part;
        return this;
    }

    /** Its stream has ended: it comes back after the last id. */
    public HubClient again() {
        cut();
        return connect();
    }

    public HubClient session(String name) {
        session = name;
        return this;
    }

    /** Its stream has ended, or nobody knows: it comes back to this hub, whose door looks for its session. */
    public HubClient connectAt(Hub other) throws Exception {
        SubscribeRequest request = request(Since.LATEST);
        CompletableFuture<?> session = other.connections().sessions().fetched(request);
        if (session != null) {
            session.get(20, TimeUnit.SECONDS);
        }
        hub = other;
        return connect(request);
    }

    /** Asks for other topics on its open stream, and waits for the answer. */
    public TopicSelection change(List<String> add, List<String> remove) throws Exception {
        return hub.connections().change(connection(), told("secret"), grant, wish(add, remove))
            .get(20, TimeUnit.SECONDS);
    }

    /** Without the bounds that the door has. */
    public static UnaryOperator<TopicSelection> wish(List<String> add, List<String> remove) {
        return now -> {
            List<TopicMatcher> matchers = new ArrayList<>(now.matchers());
            matchers.removeIf(one -> remove.contains(one.text()));
            add.forEach(topic -> matchers.add(new TopicMatcher.Exact(topic)));
            return TopicSelection.of(matchers);
        };
    }

    /** Connects: for the first time from {@code since}, later after the last id. */
    public HubClient connect(Since since) {
        return connect(request(since));
    }

    /** The same, asking for this. */
    public HubClient connect(SubscribeRequest request) {
        Window window = new Window();
        return opened(window, hub.subscribe(request, window));
    }

    /** The same in two steps; returns what the response's header would say. */
    public String connectPlaced() throws Exception {
        SubscribeRequest request = request(Since.LATEST);
        StartPoint.Placed placed = hub.place(request).get(20, TimeUnit.SECONDS);
        Window window = new Window();
        opened(window, hub.subscribe(request, placed, window));
        return placed.lastEventId();
    }

    SubscribeRequest request(Since since) {
        return new SubscribeRequest(TopicSelection.ofTopics(topics), grant, lastEventId.isEmpty() ? null : lastEventId,
            since, heartbeat, false, dialect, "test").at(pace).only(portion).in(session);
    }

    /** What it asks for. */
    public SubscribeRequest asked() {
        return request(Since.LATEST);
    }

    private HubClient opened(Window window, Subscription subscription) {
        parser = new StreamParser(lastEventId, received::add, comments::add);
        window.subscription = subscription;
        current = window;
        subscription.writable();
        return this;
    }

    public HubClient after(String id) {
        lastEventId = id;
        return this;
    }

    /** The connection's public name. */
    public String connection() {
        return current.subscription.connection();
    }

    /** What it was told in {@code rivulet.hello}. */
    public String told(String field) {
        List<StreamParser.Dispatched> hellos = hubEvents("rivulet.hello");
        return JsonParser.parseString(hellos.get(hellos.size() - 1).data()).getAsJsonObject().get(field).getAsString();
    }

    /** All that came, as text. */
    public String wire() {
        return wire.toString();
    }

    public HubClient connect() {
        return connect(dialect.tellsPlaces() ? Since.UNSAID : Since.LATEST);
    }

    /** Connects as if it had been given this id somewhere else. */
    public HubClient connectAfter(String id) {
        lastEventId = id;
        return connect();
    }

    /** The connection breaks: what was not read is lost, as in a network. */
    public void cut() {
        lastEventId = parser.lastEventId();
        current.closed = true;
        current.subscription.gone("cut by the test");
    }

    /** Reads at most so many bytes; returns how many there were. */
    public int read(int bytesMax) {
        Window from = current;
        byte[] bytes;
        boolean wake;
        synchronized (from) {
            byte[] all = from.bytes.toByteArray();
            int n = Math.min(bytesMax, all.length);
            bytes = java.util.Arrays.copyOf(all, n);
            from.bytes = new ByteArrayOutputStream();
            from.bytes.write(all, n, all.length - n);
            wake = from.owed && from.bytes.size() < windowBytes;
            from.owed &= !wake;
        }
        wire.append(new String(bytes, StandardCharsets.UTF_8));
        parser.take(bytes, 0, bytes.length);
        if (wake) {
            from.subscription.writable();
        }
        return bytes.length;
    }

    /** Reads at most so many events more, and no byte beyond them that is not needed to know. */
    public int readEvents(int n) {
        int before = received.size();
        while (received.size() - before < n && read(32) > 0) {
            // on
        }
        return received.size() - before;
    }

    /** Reads everything there is; returns how many events that were. */
    public int readAll() {
        int before = received.size();
        drain();
        return received.size() - before;
    }

    /** Waits until the hub has done for it what it can: what comes then is up to the client, or to the clock. */
    public HubClient settle() {
        Subscriber s = subscriber();
        Await.until("its shard to have done all it can", () -> {
            CompletableFuture<Boolean> idle = new CompletableFuture<>();
            s.owner().post(() -> idle.complete(!((Shard) s.owner()).hasWork() && !s.isReading()
                && s.stage() != Subscriber.Stage.OPENING));
            return idle.join();
        });
        return this;
    }

    /** The hub's side of it; its fields are its shard's, and still only while the hub has settled. */
    public Subscriber subscriber() {
        return (Subscriber) current.subscription;
    }

    /** Reads everything there is. */
    public HubClient drain() {
        while (read(Integer.MAX_VALUE) > 0) {
            // on
        }
        return this;
    }

    /** How many bytes wait to be read. */
    public int unread() {
        return current.left();
    }

    /** The array that the outlet holds, or null. */
    public Object heldBytes() {
        return current.held();
    }

    public long retryMs() {
        return parser.retryMs();
    }

    public boolean isEnded() {
        return current.ended;
    }

    /** Events other than the hub's own. */
    public List<StreamParser.Dispatched> events() {
        return received.stream().filter(e -> !e.type().startsWith("rivulet.")).toList();
    }

    public List<StreamParser.Dispatched> hubEvents(String type) {
        return received.stream().filter(e -> e.type().equals(type)).toList();
    }

    public List<String> data() {
        return events().stream().map(StreamParser.Dispatched::data).toList();
    }

    /** One connection: what the kernel would hold. */
    private final class Window implements Outlet {
        private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean owed;
        private byte[] last;
        private volatile boolean closed;
        private volatile boolean ended;
        private volatile Subscription subscription;

        @Override
        public synchronized boolean isReady() {
            if (closed || ended || subscription == null || bytes.size() >= windowBytes) {
                owed = true;
                return false;
            }
            return true;
        }

        @Override
        public synchronized void write(SharedBytes events) {
            bytes.writeBytes(events.bytes());
            last = events.bytes();
        }

        @Override
        public synchronized byte[] held() {
            return bytes.size() > 0 ? last : null;
        }

        @Override
        public synchronized int left() {
            return bytes.size();
        }

        @Override
        public void end() {
            ended = true;
        }
    }
}
