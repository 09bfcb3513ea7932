package io.rivulet.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.cluster.kafka.KafkaJar;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Secret;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Nodes;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogLag;
import io.rivulet.log.archive.LogPlace;
import io.rivulet.log.segment.LogMirror;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes a hub a node: it checks the settings of the engine at the start, and opens the shared log. The wiring
 * makes one where the settings name an engine; the keeper of the folder opens the log on its thread.
 *
 * <p>The copy stands in a folder of its own inside the data folder, so the data folder's lock is its lock, and a log
 * that the hub had there before it became a node stays as it is. A copy that is damaged, or of another log, is deleted
 * and made anew: the engine has all of it.
 */
public final class Cluster implements Nodes, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final String FOLDER = "mirror";

    private final Settings settings;
    private final String url;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Metrics metrics;
    private final Publishing hub;
    /** The clients of Kafka, which all tries to open the log have; null for another engine. */
    private final KafkaJar jar;
    private final Map<String, Part> parts = new ConcurrentHashMap<>();
    private volatile Consumer<JsonObject> about = json -> { };
    private volatile SharedLog log;
    /** Of the last opening. */
    private volatile LogMirror mirror;
    private volatile boolean closed;

    private Cluster(Settings settings, String url, InstantSource clock, LongSupplier nanos, Metrics metrics,
                    Publishing hub) {
        this.settings = settings;
        this.url = url;
        this.clock = clock;
        this.nanos = nanos;
        this.metrics = metrics;
        this.hub = hub;
        jar = jar(settings);
    }

    /**
     * The cluster that the settings name.
     *
     * @throws BadSetting when they cannot be meant, or the engine says that it will not do; one that cannot be reached
     *                    now is waited for
     */
    public static Cluster of(Settings settings, InstantSource clock, LongSupplier nanos, Metrics metrics,
                             Publishing hub) {
        Cluster cluster = new Cluster(settings, url(settings), clock, nanos, metrics, hub);
        boolean isGood = false;
        try {
            cluster.check();
            isGood = true;
        } finally {
            if (!isGood) {
                cluster.release();
            }
        }
        return cluster;
    }

    private static String url(Settings settings) {
        return settings.get(SettingsTable.ENGINE_URL).map(Secret::reveal)
            .orElseThrow(() -> new BadSetting(SettingsTable.ENGINE_URL.fullKey() + " is missing: "
                + SettingsTable.ENGINE.fullKey() + " needs " + switch (settings.get(SettingsTable.ENGINE)) {
                    case REDIS -> "redis://user:password@host:port/database";
                    case KAFKA -> "kafka://host1:port,host2:port/topic?properties=/path/of/a/file";
                    default -> "jdbc:postgresql://host:port/database?user=…&password=…";
                }));
    }

    /** The log of the engine that the settings name, for the command {@code log}. */
    public static LogPlace.Opening archive(Settings settings) {
        String url = url(settings);
        return () -> {
            try (KafkaJar jar = jar(settings)) { // what it has loaded goes with the engine
                return new EngineLog(engine(settings, url, jar));
            }
        };
    }

    /** No class of it is loaded for another engine. */
    private static KafkaJar jar(Settings settings) {
        return settings.get(SettingsTable.ENGINE) != SettingsTable.Engine.KAFKA ? null
            : new KafkaJar(settings.get(SettingsTable.ENGINE_JAR).map(Path::of).orElse(null),
                SettingsTable.ENGINE_JAR.fullKey());
    }

    private void check() {
        try (ClusterEngine engine = engine(settings, url, jar)) {
            engine.check();
        } catch (EngineRefused e) {
            throw new BadSetting(SettingsTable.ENGINE_URL.fullKey() + ": " + e.getMessage());
        } catch (IOException e) {
            LOG.warn("The engine cannot be reached yet: {}. The hub waits for it", e.getMessage());
        }
    }

    /** A new one of the kind that the settings name; no class of another kind is loaded. */
    private static ClusterEngine engine(Settings settings, String url, KafkaJar jar) throws EngineRefused {
        return switch (settings.get(SettingsTable.ENGINE)) {
            case REDIS -> new RedisEngine(url);
            case KAFKA -> new KafkaEngine(url, jar);
            default -> new PostgresEngine(url);
        };
    }

    /**
     * Opens the shared log, which has caught up with the engine then. The caller holds the lock of the folder.
     *
     * @throws IOException when it cannot be opened now; may be tried again
     */
    public EventLog open(Path data) throws IOException {
        return open(data.resolve(FOLDER), engine(settings, url, jar));
    }

    /** The same at this engine, which is closed with the log, or when there is none. */
    SharedLog open(Path folder, ClusterEngine engine) throws IOException {
        SharedLog made = null;
        try {
            Files.createDirectories(folder);
            Run run = engine.begin(NodeNotes.node(), LogMirror.epochOf(folder));
            LogMirror before = mirror;
            if (before != null && before.isDamaged()) { // an opening looks at the newest events alone
                empty(folder);
            }
            LOG.info("This node is run {} at the shared log; its copy is in {}", run.epoch(), folder);
            made = open(engine, run, folder);
            log = made;
            made.start();
            return made;
        } finally {
            if (made == null) {
                engine.close();
            }
        }
    }

    /** A log at this engine: for tests. */
    static SharedLog open(Path folder, ClusterEngine engine, Settings settings, InstantSource clock, LongSupplier nanos)
        throws IOException {
        return open(folder, engine, settings, clock, nanos, (events, key) -> {
            throw new IllegalStateException("there is no hub");
        });
    }

    /** The same for a node that publishes what is in the engine's outbox. */
    static SharedLog open(Path folder, ClusterEngine engine, Settings settings, InstantSource clock, LongSupplier nanos,
                          Publishing hub) throws IOException {
        return at(settings, clock, nanos, hub).open(folder, engine);
    }

    /** A cluster whose engines come from tests. */
    static Cluster at(Settings settings, InstantSource clock, LongSupplier nanos, Publishing hub) {
        return new Cluster(settings, "", clock, nanos, new Metrics(), hub);
    }

    /** What a node tells of itself beside its name and place; in {@code /api/nodes}. Before the log is opened. */
    public void about(Consumer<JsonObject> more) {
        about = more;
    }

    @Override
    public void join(String kind, Part part) {
        parts.put(kind, part);
    }

    @Override
    public void tell(String kind, JsonObject note) {
        SharedLog now = log;
        if (now != null) { // else it is told with all the rest, once there is one
            now.notes().tell(kind, note);
        }
    }

    @Override
    public Map<Integer, String> others() {
        SharedLog now = log;
        Map<Integer, String> names = new TreeMap<>();
        if (now != null) {
            now.notes().others().forEach(one -> names.put(one.run(), one.name()));
        }
        return names;
    }

    @Override
    public int self() {
        SharedLog now = log;
        return now == null ? 0 : now.epoch();
    }

    @Override
    public String name() {
        return NodeNotes.node();
    }

    /** Opens the copy, makes it anew where it must be, and brings it up to the engine's head. */
    private SharedLog open(ClusterEngine engine, Run run, Path folder) throws IOException {
        for (boolean isNew = false; ; isNew = true) {
            LogMirror opened = new LogMirror(run.storeId(), run.key(), run.epoch(), run.first());
            mirror = opened;
            SegmentLog copy = null;
            String why;
            try {
                copy = SegmentLog.openMirror(folder, settings, clock, nanos, metrics, opened);
                SharedLog made = new SharedLog(engine, run, opened, copy, settings, clock, nanos, hub,
                    parts, about);
                if (made.catchUpFirst(() -> closed)) {
                    copy = null;
                    return made;
                }
                why = made.away();
            } catch (LogCorrupt e) {
                why = e.getMessage();
            } finally {
                if (copy != null) {
                    copy.close();
                }
            }
            if (isNew) {
                throw new IOException("the copy of the shared log cannot be made: " + why);
            }
            LOG.warn("The copy of the shared log in {} is deleted and made anew: {}", folder, why);
            empty(folder);
        }
    }

    private static void empty(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /** Why streams should be served by other nodes; null when they need not. */
    public String whyNotReady() {
        SharedLog now = log;
        return now == null ? null : now.whyNotReady();
    }

    /** What the cluster is, for operators: the engine, and the nodes as this one knows them. */
    public JsonObject nodes() {
        JsonObject json = new JsonObject();
        json.addProperty("engine", settings.get(SettingsTable.ENGINE).name().toLowerCase(Locale.ROOT));
        JsonArray all = new JsonArray();
        SharedLog now = log;
        if (now != null) {
            LogLag lag = now.lag();
            json.addProperty("position", now.range().head());
            json.addProperty("behind", lag.events());
            json.addProperty("behindMs", lag.ms());
            if (now.away() != null) {
                json.addProperty("trouble", now.away());
            }
            long nowNs = nanos.getAsLong();
            Map<Integer, JsonObject> byRun = new TreeMap<>();
            JsonObject self = new JsonObject();
            about.accept(self);
            byRun.put(now.epoch(), node(new NodeNotes.Heard(now.epoch(), now.notes().name(), now.notes().beganMs(),
                now.range().head(), self, nowNs), true, nowNs));
            now.notes().others().forEach(one -> byRun.put(one.run(), node(one, false, nowNs)));
            byRun.values().forEach(all::add);
        }
        json.add("nodes", all);
        return json;
    }

    private static JsonObject node(NodeNotes.Heard of, boolean self, long nowNs) {
        JsonObject one = new JsonObject();
        one.addProperty("node", of.name());
        one.addProperty("run", of.run());
        one.addProperty("self", self);
        one.addProperty("since", Instant.ofEpochMilli(of.beganMs()).toString());
        one.addProperty("position", of.copied());
        of.about().entrySet().forEach(more -> one.add(more.getKey(), more.getValue()));
        one.addProperty("silentMs", Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNs - of.heardNs())));
        return one;
    }

    /** Ends an opening that may take long. The log itself is closed by who opened it. */
    @Override
    public void close() {
        closed = true;
    }

    /** Lets go of what the engine's driver has loaded. The log is closed, and nothing calls the engine any more. */
    public void release() {
        if (jar != null) {
            jar.close();
        }
    }
}
