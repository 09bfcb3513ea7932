package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.dialect.LegacyDialect;
import io.rivulet.hub.dialect.MercureDialect;
import io.rivulet.hub.dialect.PlainDialect;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.StreamCaps;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.log.EventLog;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Named;

/** A hub on a real log in a folder of the test's. */
public final class HubScene implements AutoCloseable {

    public static final Dialect PLAIN = new PlainDialect();
    public static final Dialect MERCURE = new MercureDialect();
    public static final Dialect LEGACY = new LegacyDialect();

    static final TopicSpace SPACE = TopicSpace.of("http://localhost/.well-known/mercure");

    public final Metrics metrics = new Metrics();
    public final Settings settings;
    public final SegmentLog log;
    public final StreamCaps caps;
    public final Hub hub;

    private HubScene(Path folder, InstantSource clock, LongSupplier nanos, GoLive goLive,
                     UnaryOperator<EventLog> around, String... settings) throws Exception {
        this.settings = Settings.with(settings);
        log = SegmentLog.open(folder, this.settings, clock, System::nanoTime, metrics);
        caps = new StreamCaps(this.settings, metrics);
        hub = new Hub(this.settings, SPACE, clock, metrics, caps, goLive, nanos);
        hub.open(around.apply(log));
    }

    public HubScene(Path folder, GoLive goLive, UnaryOperator<EventLog> around, String... settings) throws Exception {
        this(folder, InstantSource.system(), System::nanoTime, goLive, around, settings);
    }

    /** In a time of the test's own. */
    public HubScene(Path folder, InstantSource clock, String... settings) throws Exception {
        this(folder, clock, System::nanoTime, GoLive.EXACT, log -> log, settings);
    }

    /** The same on a log that the test has in its hand. */
    public HubScene(Path folder, InstantSource clock, UnaryOperator<EventLog> around) throws Exception {
        this(folder, clock, System::nanoTime, GoLive.EXACT, around);
    }

    /** The same, and so are its time limits. */
    public static HubScene timed(Path folder, SetClock clock, String... settings) throws Exception {
        return timed(folder, clock, GoLive.EXACT, settings);
    }

    public static HubScene timed(Path folder, SetClock clock, GoLive goLive, String... settings) throws Exception {
        return new HubScene(folder, clock, clock::nanos, goLive, log -> log, settings);
    }

    /** The same on a log that the test has in its hand. */
    public static HubScene timed(Path folder, SetClock clock, UnaryOperator<EventLog> around, String... settings)
        throws Exception {
        return new HubScene(folder, clock, clock::nanos, GoLive.EXACT, around, settings);
    }

    /** With a clock that may be set, and time limits that do not follow it. */
    public static HubScene timed(Path folder, SetClock clock, LongSupplier nanos, String... settings)
        throws Exception {
        return new HubScene(folder, clock, nanos, GoLive.EXACT, log -> log, settings);
    }

    HubScene(Path folder, GoLive goLive, String... settings) throws Exception {
        this(folder, goLive, log -> log, settings);
    }

    public HubScene(Path folder, String... settings) throws Exception {
        this(folder, GoLive.EXACT, settings);
    }

    /** Look-ups that doors wait for. */
    public int lookUps() {
        return hub.lookUps();
    }

    /** Publishes and waits for the answer. */
    public String publish(String topic, String data) throws Exception {
        return publish(Event.on(topic).data(data).build()).get(0);
    }

    public List<String> publish(Event event) throws Exception {
        return hub.publish(event).get(20, TimeUnit.SECONDS);
    }

    /** What happens twice a second happens now. */
    public void tick() throws Exception {
        hub.tickNow().get(20, TimeUnit.SECONDS);
    }

    public HubClient client(String... topics) {
        return new HubClient(hub, 1 << 20, topics);
    }

    /** A client of the Mercure protocol. */
    public HubClient mercure(String... topics) {
        return client(topics).speaking(MERCURE);
    }

    /** A client of Mercure 0.x. */
    public HubClient legacy(String... topics) {
        return client(topics).speaking(LEGACY);
    }

    /** The dialects of the Mercure protocol. */
    static List<Named<Dialect>> mercureDialects() {
        return List.of(Named.of(MERCURE.name(), MERCURE), Named.of(LEGACY.name(), LEGACY));
    }

    /** All dialects. */
    static List<Named<Dialect>> dialects() {
        return List.of(Named.of(PLAIN.name(), PLAIN), Named.of(MERCURE.name(), MERCURE),
            Named.of(LEGACY.name(), LEGACY));
    }

    public static Grant grant(String subject, GrantedTopics subscribes) {
        return Grant.of("https://issuer", subject, GrantedTopics.NONE, subscribes, false);
    }

    public static Grant until(Grant grant, long expiresMs) {
        return new Grant(grant.issuer(), grant.subject(), grant.tokenId(), grant.publishes(), grant.subscribes(),
            grant.payloads(), grant.operates(), expiresMs, grant.legacy());
    }

    /** The topics given. */
    public static GrantedTopics topics(String... topics) {
        return GrantedTopics.of(TopicSelection.ofTopics(List.of(topics)).matchers());
    }

    /** Reads until the hub has ended the client's stream. */
    public static HubClient awaitEnd(HubClient client) {
        Await.until("the end of the stream", () -> client.drain().isEnded());
        return client.drain();
    }

    /** Reads until the client has so many events. */
    public static HubClient awaitEvents(HubClient client, int n) {
        Await.until(n + " events", () -> client.drain().events().size() >= n);
        return client;
    }

    public static HubClient awaitHello(HubClient client, int n) {
        Await.until("hello " + n, () -> client.drain().hubEvents("rivulet.hello").size() >= n);
        return client;
    }

    @Override
    public void close() {
        hub.close();
        log.close();
    }
}
