package io.rivulet.boot;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.BanNotes;
import io.rivulet.auth.Bans;
import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.auth.token.TokenVerifier;
import io.rivulet.cluster.Cluster;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.NodeQuestions;
import io.rivulet.feed.Feeds;
import io.rivulet.http.StoreStatus;
import io.rivulet.http.access.Access;
import io.rivulet.http.respond.RespondDoor;
import io.rivulet.http.trace.AccessLog;
import io.rivulet.http.trace.LogLines;
import io.rivulet.hub.Hub;
import io.rivulet.hub.publish.Publication;
import io.rivulet.log.EventLog;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.log.store.StoreKeeper;
import io.rivulet.meter.MeterText;
import io.rivulet.meter.SlowEvents;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicSpace;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one wiring of a hub, for the WAR, other applications, embedded servers and tests alike. It builds all parts in
 * the order of the flow, and closes them in reverse. Used by the thread that starts or ends the application.
 *
 * <p>The start does not wait for the store, since another process may still hold it. A bad setting stops the start, and
 * then nothing runs.
 */
public final class Assembly implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);
    /** The attribute of the servlet context that has the hub. */
    private static final String HUB = "io.rivulet.hub";
    /** Where the log of a hub in another application is, when neither settings nor container say where. */
    private static final Path BESIDE = Path.of("rivulet-data");
    /** The attribute that has this. */
    private static final String WIRING = Assembly.class.getName();

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    /** These are there once it is built. */
    private ServletContext application;
    private Hub hub;
    private Settings settings;
    private StoreStatus store;
    private Feeds feeds;
    private Doors doors;

    private Assembly() {
    }

    /**
     * Starts the hub of the WAR, with the settings of its container.
     *
     * @throws RuntimeException when a setting cannot be meant; nothing runs then
     */
    public static Assembly ofWar(ServletContext application) {
        Settings settings = ContainerSettings.load(application);
        return start(application, settings, Mount.WAR, PortCheck.url())
            .watchedBy(ContainerSettings.watch(application, settings));
    }

    /**
     * Starts a hub in an application that is about to start.
     *
     * @throws RuntimeException when a setting cannot be meant, a path is taken, or a hub runs there already; nothing
     *                          new runs then
     */
    public static Assembly start(ServletContext application, Settings settings, Mount mount) {
        return start(application, settings, mount, PortCheck.url());
    }

    /** The same where it is known at which URL the container is; null where it is not. */
    static Assembly start(ServletContext application, Settings settings, Mount mount, String url) {
        if (application.getAttribute(HUB) != null) {
            throw new IllegalStateException("a hub runs in this context already");
        }
        Assembly assembly = new Assembly();
        try {
            assembly.build(application, settings, mount, url);
            return assembly;
        } catch (RuntimeException e) {
            assembly.close();
            throw e;
        }
    }

    /** Starts this watch, null for none, and ends it with the hub. */
    Assembly watchedBy(SettingsWatch watch) {
        if (watch != null) {
            running.push(watch);
            watch.start();
        }
        return this;
    }

    /** What runs in this context, or null. */
    public static Assembly of(ServletContext application) {
        return (Assembly) application.getAttribute(WIRING);
    }

    /** The hub. */
    public Hub hub() {
        return hub;
    }

    /** Where it runs. */
    public ServletContext application() {
        return application;
    }

    /** The settings in force. */
    public Settings settings() {
        return settings;
    }

    /** Answers requests of other servlets of the application with streams. */
    public RespondDoor respond() {
        return doors.respond();
    }

    /** Why streams cannot be served; null when they can. */
    public String whyNotReady() {
        return store.whyNotReady();
    }

    /**
     * Ends all streams, one after the other over {@code rivulet.drain}, while everything else is served; then what
     * publishes by itself. The doors stay, and refuse. Idempotent.
     */
    public void drain() {
        drain(TomcatStop.LONG);
    }

    /** The same within this time, where it is less. */
    private void drain(Duration most) {
        hub.drain().begin(most).join();
        feeds.close();
        hub.close();
    }

    private void build(ServletContext where, Settings given, Mount mount, String url) {
        application = where;
        settings = given;
        if (settings.get(SettingsTable.DEV)) {
            PortCheck.check();
            LOG.warn("dev mode ({}=true): {}", SettingsTable.DEV.fullKey(), Access.devTrust(settings));
        }
        String path = application.getContextPath() + mount.prefix();
        Path folder = DataFolder.choose(settings, application, path, mount.alone() ? null : BESIDE);
        InstantSource clock = InstantSource.system();
        running.push(LogLevel.of(settings));
        Metrics metrics = new Metrics();
        SlowEvents slow = SlowEvents.of(metrics, settings.get(SettingsTable.SLOW).toMillis());
        if (slow != null) {
            running.push(slow);
        }
        Optional<Path> accessPath = settings.get(SettingsTable.ACCESS_LOG).map(Path::of)
            .or(() -> settings.get(SettingsTable.DEV) ? Optional.of(folder.resolve("access.log")) : Optional.empty());
        AccessLog accessLog = accessPath.map(file -> accessLog(file, settings, clock, metrics)).orElse(AccessLog.NONE);
        running.push(accessLog);
        LogLines lines = LogLines.of(settings, clock, metrics);
        running.push(lines);
        TopicSpace topics = topics(settings, path);
        TokenVerifier tokens = TokenVerifier.of(settings, topics, clock);
        running.push(tokens);
        Bans bans = new Bans(clock, folder.resolve("bans.json"));
        hub = new Hub(settings, topics, clock, metrics);
        feeds = new Feeds(settings, hub, clock, accessPath.orElse(null));
        Cluster cluster = cluster(settings, clock, metrics, hub, bans, feeds);
        running.push(cluster != null ? cluster::release : () -> { }); // after the keeper has closed the log
        StoreKeeper keeper = new StoreKeeper(folder, path, settings.get(SettingsTable.HANDOVER),
            cluster != null ? cluster::open : ownLog(settings, clock, metrics), new User(hub, feeds, bans), clock);
        hub.whyNotOpen(() -> keeper.state().troubleWithout(folder));
        store = status(keeper, folder, cluster == null ? () -> null : cluster::whyNotReady);
        MeterText meters = MeterText.of(hub);
        if (meters != null) {
            running.push(meters);
        }
        doors = new Doors(new Doors.Services(settings, hub, clock, tokens, bans, accessLog, lines, store,
            cluster == null ? Assembly::alone : cluster::nodes, meters), mount.in(application.getContextPath()));
        running.push(doors);
        running.push(keeper); // closed after those who use the log
        running.push(cluster != null ? cluster : () -> { });
        running.push(bans::close);
        running.push(hub);
        running.push(feeds);
        doors.open(application, feeds);
        application.setAttribute(HUB, hub);
        running.push(() -> application.removeAttribute(HUB));
        application.setAttribute(WIRING, this);
        running.push(() -> application.removeAttribute(WIRING));
        running.push(JettyStop.listen(application, this::drain));
        running.push(TomcatStop.listen(application, this::drain));
        Capacity capacity = Capacity.of(settings, application.getServerInfo(), Runtime.getRuntime().maxMemory(),
            ConnectorLimit.connections());
        hub.streamsMax(capacity.streams(), Capacity.streamKib(application.getServerInfo()));
        feeds.start();
        keeper.start();
        greet(settings, url, path, tokens, capacity, application);
    }

    private static StoreKeeper.Opener ownLog(Settings settings, InstantSource clock, Metrics metrics) {
        return at -> SegmentLog.open(at, settings, clock, System::nanoTime, metrics);
    }

    /** The class of the cluster is not named here: a lambda that holds one would load it. */
    private static StoreStatus status(StoreKeeper keeper, Path folder, Supplier<String> engineAway) {
        return () -> {
            String reason = keeper.state().reasonWithout(folder);
            return reason != null ? reason : engineAway.get();
        };
    }

    private static JsonObject alone() {
        JsonObject json = new JsonObject();
        json.addProperty("engine", SettingsTable.Engine.EMBEDDED.name().toLowerCase(Locale.ROOT));
        json.add("nodes", new JsonArray());
        return json;
    }

    /** Null for a hub that has its log for itself. Then no class of the package is loaded, nor a driver. */
    private static Cluster cluster(Settings settings, InstantSource clock, Metrics metrics, Hub hub, Bans bans,
                                   Feeds feeds) {
        if (settings.get(SettingsTable.ENGINE) != SettingsTable.Engine.EMBEDDED) {
            Grant outbox = Grant.of(Grant.INTERNAL.issuer(), "outbox", GrantedTopics.ALL, GrantedTopics.NONE, false);
            Cluster cluster = Cluster.of(settings, clock, System::nanoTime, metrics,
                (events, key) -> hub.publish(new Publication(events, outbox, key)));
            cluster.about(json -> {
                json.addProperty("streams", hub.connections().open());
                json.addProperty("state", hub.drain().progress().state().word());
            });
            BanNotes.share(bans, cluster, hub::endBanned);
            hub.share(cluster);
            NodeQuestions.Later later = (ms, task) -> hub.alarms().after(Duration.ofMillis(ms), task);
            hub.connections().share(cluster, later, hub.topics(),
                hub.interest()::listenersInParts);
            feeds.share(cluster, later);
            return cluster;
        }
        if (settings.get(SettingsTable.ENGINE_URL).isPresent()) {
            throw new BadSetting(SettingsTable.ENGINE_URL.fullKey() + " is set, but " + SettingsTable.ENGINE.fullKey()
                + " is embedded: a hub with a log of its own has no engine");
        }
        return null;
    }

    private static void greet(Settings settings, String url, String path, TokenVerifier tokens, Capacity capacity,
                              ServletContext application) {
        String at = url != null ? url : ContainerPort.url(application);
        for (String line : Greeting.lines(settings, at, path, tokens.isConfigured())) {
            LOG.info(line);
        }
        LOG.info("at most {} streams at once: {}", capacity.streams(), capacity.why());
        if (capacity.warning() != null) {
            LOG.warn(capacity.warning());
        }
        LOG.info(WriteLimit.line(settings, application.getServerInfo(), ConnectorLimit.writeMs()));
    }

    private static TopicSpace topics(Settings settings, String path) {
        try {
            return TopicSpace.of(settings.get(SettingsTable.RESOURCE)
                .orElse("http://localhost" + path + (path.endsWith(Topic.HUB_PATH) ? "" : Topic.HUB_PATH)));
        } catch (IllegalArgumentException e) {
            throw new BadSetting(SettingsTable.RESOURCE.fullKey() + ": " + e.getMessage());
        }
    }

    /** Uses the log from its opening to a hand-over; the end of the application is {@link Assembly#close}. */
    private record User(Hub hub, Feeds feeds, Bans bans) implements StoreKeeper.Owner {
        @Override
        public void opened(EventLog log) {
            bans.open(); // before the first stream: the holder before may have banned somebody until now
            hub.open(log);
        }

        @Override
        public void pause() {
            hub.pause();
        }

        @Override
        public void handOver() {
            feeds.close();
            hub.handOver();
            bans.close();
        }
    }

    private static AccessLog accessLog(Path path, Settings settings, InstantSource clock, Metrics metrics) {
        try {
            return new AccessLog(path, clock, metrics);
        } catch (IOException e) {
            if (settings.get(SettingsTable.ACCESS_LOG).isEmpty()) { // it is dev mode's own: nobody asked for it
                LOG.warn("there is no access log: {} cannot be opened for appending: {}", path, e.toString());
                return AccessLog.NONE;
            }
            throw new BadSetting(SettingsTable.ACCESS_LOG.fullKey() + ": the file " + path
                + " cannot be opened for appending: " + e);
        }
    }

    /** Ends all that was started, the last first. Idempotent. */
    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception | Error e) {
                LOG.error("a part of the hub did not close; the others are closed all the same", e);
            }
        }
        letGoOfRecords();
    }

    /**
     * JDK 17 keeps the types of that record whose {@code equals} or {@code hashCode} was linked last, in caches that
     * hold them (seen in a heap dump: {@code ObjectMethods.OBJECT_EQ}). Where it is a record of this application, the
     * class loader would stay after a redeploy until somebody else links one. So types of the JDK are put in its place.
     */
    private static void letGoOfRecords() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle getter = lookup.findVirtual(String.class, "strip", MethodType.methodType(String.class));
            ObjectMethods.bootstrap(lookup, "equals",
                MethodType.methodType(boolean.class, String.class, Object.class), String.class, "text", getter);
            ObjectMethods.bootstrap(lookup, "hashCode",
                MethodType.methodType(int.class, String.class), String.class, "text", getter);
        } catch (Throwable e) {
            LOG.debug("another JDK: what it remembers of records is its own", e);
        }
    }
}
