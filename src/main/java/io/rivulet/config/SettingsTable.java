package io.rivulet.config;

import static io.rivulet.config.Kind.ADDRESSES;
import static io.rivulet.config.Kind.BYTES;
import static io.rivulet.config.Kind.COUNT;
import static io.rivulet.config.Kind.FLAG;
import static io.rivulet.config.Kind.HOST;
import static io.rivulet.config.Kind.LIST;
import static io.rivulet.config.Kind.PATH;
import static io.rivulet.config.Kind.TIME;
import static io.rivulet.config.Kind.TOPICS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one table of settings. The table of docs/settings.md is checked against it; nothing else in the hub reads a
 * system property for configuration. The arithmetic of the defaults that 0 asks for is that of
 * {@link DerivedDefaults}.
 */
public final class SettingsTable {

    /** When an append counts as durable. */
    public enum Sync { ALWAYS, INTERVAL, NEVER }

    /** What keeps the order of events: this hub's own log, or an engine that several nodes share. */
    public enum Engine { EMBEDDED, POSTGRESQL, REDIS, KAFKA }

    /** Whether something is there: always, never, or in dev mode only. */
    public enum When { TRUE, FALSE, DEV }

    /** How much the hub logs; the default is that of the container. */
    public enum Level { DEFAULT, OFF, ERROR, WARN, INFO, DEBUG }

    /** Lines at the loggers of requests and of what was done. */
    public enum Lines { OFF, TEXT, JSON }

    private static final List<Setting<?>> ROWS = new ArrayList<>();
    private static final long GIB = 1L << 30;
    private static final long DAY_MS = 86_400_000L;

    public static final Setting<Boolean> DEV = row("dev", FLAG, "false", 0, 0,
        "Dev mode: a caller on this machine may publish, read and operate everything. Never on a server.");
    public static final Setting<Optional<String>> DATA_DIR = row("data.dir", PATH, "", 0, 0,
        "Folder of the log; without one a folder below the container's base, else its temp folder.");
    public static final Setting<Integer> PORT = row("port", COUNT, "8080", 0, 65_535,
        "Port of java -jar rivulet.war; 0 for any that is free. A container has its own.");
    public static final Setting<String> ADDRESS = row("address", HOST, "127.0.0.1", 0, 0,
        "Address that java -jar rivulet.war listens at; 0.0.0.0 for all of the machine.");
    public static final Setting<Optional<String>> TLS_CERTIFICATE = row("tls.certificate", PATH, "", 0, 0,
        "PEM file of the certificate and its chain: java -jar rivulet.war then speaks TLS. Read again at a change.");
    public static final Setting<Optional<String>> TLS_KEY = row("tls.key", PATH, "", 0, 0,
        "PEM file of the private key of tls.certificate, in PKCS 8.");
    /** Linux has fewer where net.core.somaxconn says so; a connection that finds it full waits for seconds. */
    public static final Setting<Integer> ACCEPT_QUEUE = row("accept.queue", COUNT, "4096", 1, 65_535,
        "Connections that the system keeps for java -jar rivulet.war until it takes them.");
    /** 5,000 who come back at once are served within 4 s, and leave the events of the others half of a core. */
    public static final Setting<Integer> ACCEPT_RATE = row("accept.rate", COUNT, "1250", 0, 1_000_000,
        "New connections that java -jar rivulet.war serves a second, evenly; more wait for it. 0 for any number.");
    public static final Setting<Boolean> PROXY_PROTOCOL = row("proxy.protocol", FLAG, "false", 0, 0,
        "Whether connections to java -jar rivulet.war from trusted.proxies begin with the PROXY protocol, 1 or 2.");
    public static final Setting<Boolean> HANDOVER = row("handover", FLAG, "false", 0, 0,
        "Ask the holder of the data folder to hand it over, also when the holder has another context path.");
    public static final Setting<Boolean> ANONYMOUS = row("anonymous", FLAG, "true", 0, 0,
        "Whether public topics may be read without a token.");
    public static final Setting<List<String>> CORS_ORIGINS = row("cors.origins", LIST, "", 0, 0,
        "Origins whose pages may use the hub: https://app.example.com, https://*.example.com; in dev every localhost.");

    public static final Setting<List<String>> PUBLISH_ORIGINS = row("publish.origins", LIST, "", 0, 0,
        "Other origins whose pages may change something with a cookie or the container's login; the hub's own always.");
    public static final Setting<Optional<String>> TOKEN_COOKIE = row("token.cookie", PATH,
        "__Secure-mercure_access_token", 0, 0,
        "Cookie that may show a token where no Authorization header does.");
    public static final Setting<Optional<String>> RESOURCE = row("resource", PATH, "", 0, 0,
        "The hub's own URL, https://host/.well-known/mercure: named by aud, and the base of relative topics.");
    public static final Setting<Boolean> MERCURE_LEGACY = row("mercure.legacy", FLAG, "false", 0, 0,
        "Whether clients and tokens of Mercure 0.x are served at /.well-known/mercure.");
    public static final Setting<Boolean> MERCURE_TOPICS_FIELD = row("mercure.topics.field", FLAG, "false", 0, 0,
        "Whether streams of match parameters carry a field topics for each topic that may be told.");
    public static final Setting<Boolean> PRESENCE = row("presence", FLAG, "false", 0, 0,
        "Whether Mercure's active subscriptions are told, as events and at /.well-known/mercure/subscriptions.");

    public static final Setting<List<String>> DEFAULT_TOPICS = row("default.topics", TOPICS, "clock", 0, 0,
        "Topics of a GET /api/updates that names none, written as there.");
    public static final Setting<List<String>> TRANSIENT_TOPICS = row("transient.topics", TOPICS,
        "clock,host,earthquakes,quotes/*,logs/*", 0, 0,
        "Topics kept in memory only: names, quotes/*, jobs/{id} or urlpattern:….");
    public static final Setting<List<String>> PRIVATE_TOPICS = row("private.topics", TOPICS, "", 0, 0,
        "Topics whose events are private whatever the publisher says, written the same way.");

    public static final Setting<Sync> LOG_SYNC = row("log.sync", Kind.oneOf(Sync.class), "always", 0, 0,
        "When an acknowledged event is on the disk: before the answer, at intervals, or when the system likes.");
    public static final Setting<Duration> LOG_SYNC_INTERVAL = row("log.sync.interval", TIME, "100ms", 10, 60_000,
        "Time between syncs when log.sync is interval: what a power cut may cost.");
    public static final Setting<Long> LOG_RETAIN_BYTES = row("log.retain.bytes", BYTES, "1g", 1 << 20, 4096 * GIB,
        "History is kept up to this size; whole segments go, the oldest first.");
    public static final Setting<Duration> LOG_RETAIN_AGE = row("log.retain.age", TIME, "7d", 1_000, 3650 * DAY_MS,
        "History is kept up to this age.");
    public static final Setting<Integer> LOG_RETAIN_EVENTS =
        row("log.retain.events", COUNT, "0", 0, Integer.MAX_VALUE, "History is kept up to this count; 0 for any.");

    public static final Setting<Engine> ENGINE = row("engine", Kind.oneOf(Engine.class), "embedded", 0, 0,
        "What keeps the order of events: this hub's own log, or a PostgreSQL, Redis or Kafka that nodes share.");
    public static final Setting<Optional<Secret>> ENGINE_URL = row("engine.url", Kind.SECRET, "", 0, 0,
        "Where it is: jdbc:postgresql://host:port/database?user=me&password=mine, redis://me:mine@host:port, or "
            + "kafka://host:port,host:port/topic?properties=file.");
    public static final Setting<Optional<String>> ENGINE_JAR = row("engine.jar", PATH, "", 0, 0,
        "The clients of Kafka, kafka-clients-….jar, which the WAR has not; none where the container has them.");

    public static final Setting<Duration> HEARTBEAT = row("heartbeat", TIME, "15s", 1_000, 300_000,
        "A stream that had nothing to send for so long gets a comment; a client may ask for its own.");
    public static final Setting<Duration> RETRY_MIN = row("retry.min", TIME, "2s", 500, 3_600_000,
        "Clients are told to reconnect after a random time, at least this.");
    public static final Setting<Duration> RETRY_MAX = row("retry.max", TIME, "4s", 500, 3_600_000,
        "Clients are told to reconnect after a random time, at most this.");
    /** EventSource closes for good at a 404: what a container answers while a WAR is copied over another one. */
    public static final Setting<Duration> RETRY_CLOSING = row("retry.closing", TIME, "12s", 500, 3_600_000,
        "The same when the application ends: this to half as much again. Longer than until it runs again.");
    public static final Setting<Duration> DRAIN = row("drain", TIME, "30s", 0, 3_600_000,
        "A hub that is told to end lets its streams go first, 500 a second, those behind last: over at most this.");
    public static final Setting<Duration> LAG_MAX = row("lag.max", TIME, "2s", 100, 60_000,
        "When the fan-out itself is so far behind, publishers wait in the queue, then get 503.");
    public static final Setting<Integer> BACKLOG_EVENTS = row("backlog.events", COUNT, "256", 1, 65_536,
        "Events a slow stream may wait for in memory before it is fed from the log.");
    public static final Setting<Duration> STALL_TIMEOUT = row("stall.timeout", TIME, "30s", 0, 3_600_000,
        "A stream whose socket takes nothing for so long ends, and the client comes back; 0s for never.");
    public static final Setting<Integer> CONFLATE_TOPICS_MAX = row("conflate.topics.max", COUNT, "10000", 1, 100_000,
        "Topics of which a stream with conflate=topic or rate is promised the newest in each pass.");
    public static final Setting<Long> CONFLATE_BYTES = row("conflate.bytes", BYTES, "0", 0, 4 * GIB,
        "Events such streams hold while they lag; 0 for 64m or a sixteenth of the heap, whichever is less.");
    public static final Setting<Duration> CONNECTION_MAX_AGE = row("connection.max.age", TIME, "1h", 0, 30 * DAY_MS,
        "A stream ends after at most this, a random fifth earlier, and the client comes back; 0s for never.");
    public static final Setting<Duration> MERCURE_MAX_AGE = row("mercure.max.age", TIME, "10m", 0, 30 * DAY_MS,
        "The same for streams at /.well-known/mercure.");
    public static final Setting<Integer> CONNECTIONS_MAX = row("connections.max", COUNT, "0", 0, 1_000_000,
        "Streams at once, heavy ones as several; 0 for half the heap at 16 KiB (Jetty) or 128, below maxConnections.");

    /** Off: behind a proxy that is not named in trusted.proxies all the world has one address. */
    public static final Setting<Integer> CONNECTIONS_ADDRESS_MAX = row("connections.address.max", COUNT, "0", 0,
        1_000_000, "Streams at once from one address, or from one /64 network of IPv6; 0 for any number.");
    /** The tabs and devices of one person; a service that reads for many has a token for each, or another limit. */
    public static final Setting<Integer> CONNECTIONS_SUBJECT_MAX = row("connections.subject.max", COUNT, "100", 0,
        1_000_000, "Streams at once of one subject, as its token or login names it; 0 for any number.");
    public static final Setting<List<IpBlock>> TRUSTED_PROXIES = row("trusted.proxies", ADDRESSES, "", 0, 0,
        "Proxies, as 10.0.0.5 or 10.1.0.0/24, whose X-Forwarded-For or Forwarded tells the client's address.");
    public static final Setting<Boolean> JETTY_STRAIGHT = row("jetty.straight", FLAG, "true", 0, 0,
        "Whether streams on Jetty are written straight to their sockets once they have begun: a quarter less work.");
    /** Each may hold a thread while its client does not read: some 50 KiB of stack. */
    public static final Setting<Integer> WRITERS_MAX = row("writers.max", COUNT, "200", 1, 10_000,
        "HTTP/2 connections with streams at once, on Tomcat: each may need a thread; more is 503.");

    public static final Setting<Duration> TOKEN_SKEW = row("token.skew", TIME, "10s", 0, 300_000,
        "How far the clocks of those who issue tokens may be off.");
    public static final Setting<Long> TOKEN_BYTES_MAX = row("token.bytes.max", BYTES, "6656", 1_024, 64 << 10,
        "Bytes of a token; more is 401. Room for a topic of 4096 bytes; containers bound the head, often at 8k.");
    public static final Setting<Integer> TOKEN_DETAILS_MAX = row("token.details.max", COUNT, "100", 1, 1_000,
        "Authorization details of one token; more makes it invalid.");
    public static final Setting<Integer> TOKEN_MATCHERS_MAX = row("token.matchers.max", COUNT, "100", 1, 1_000,
        "Matchers of one token, over all its details; more makes it invalid.");
    public static final Setting<Duration> TOKEN_JWKS_AGE = row("token.jwks.age", TIME, "10m", 5_000, DAY_MS,
        "Key sets (token.jwks) are loaded again after so long, and when a token names a key they lack.");

    public static final Setting<Long> BODY_MAX = row("body.max", BYTES, "1m", 1_024, 64 << 20,
        "Bytes of a request body; more is 413.");
    public static final Setting<Duration> STREAM_IDLE = row("stream.idle", TIME, "5m", 1_000, DAY_MS,
        "A body that is published line by line (stream=lines) ends when nothing has come for so long.");
    public static final Setting<Integer> TOPICS_MAX = row("topics.max", COUNT, "100", 1, 1_000,
        "Topics of one event; more is 413.");
    public static final Setting<Integer> MATCHERS_MAX = row("matchers.max", COUNT, "100", 1, 1_000,
        "Topics of one stream; more is 400.");
    public static final Setting<Integer> PATTERNS_MAX = row("patterns.max", COUNT, "500", 16, 1_000_000,
        "Patterns of all streams that nothing literal tells apart, as {a} and {b}; costly ones count more. Then 503.");
    public static final Setting<Integer> TOPIC_BYTES_MAX = row("topic.bytes.max", COUNT, "4096", 16, 16_384,
        "Bytes of a topic; more is 413, in a subscription 400.");
    public static final Setting<Integer> ID_BYTES_MAX = row("id.bytes.max", COUNT, "128", 16, 255,
        "Bytes of an id or a type; more is 413; of an idempotency key, where it is 400.");
    public static final Setting<Integer> BATCH_MAX = row("batch.max", COUNT, "1000", 1, 10_000,
        "Events of one batch; more is 413.");
    /** Far above what one publisher sends by intent, and below what a small machine takes in: a loop ends here. */
    public static final Setting<Integer> PUBLISH_RATE = row("publish.rate", COUNT, "10000", 0, 1_000_000,
        "Events a second of one subject, one for each topic; more is 429 with Retry-After. 0 for any number.");
    public static final Setting<Integer> PUBLISH_BURST = row("publish.burst", COUNT, "0", 0, 1_000_000,
        "Events that a subject may publish at once after a pause; 0 for those of a second. A larger batch is 413.");
    public static final Setting<Long> PUBLISH_QUEUE_BYTES = row("publish.queue.bytes", BYTES, "16m", 1 << 20, GIB,
        "Events waiting for the disk; more is 503.");
    public static final Setting<Long> RING_BYTES = row("ring.bytes", BYTES, "0", 0, 4 * GIB,
        "The newest events kept in memory; 0 for 64m or a sixteenth of the heap, whichever is less.");
    public static final Setting<Long> READ_BYTES = row("read.bytes", BYTES, "32m", 1 << 20, 4 * GIB,
        "Blocks of the log in memory for all who catch up together.");
    public static final Setting<Long> WRITE_BYTES = row("write.bytes", BYTES, "0", 0, 4 * GIB,
        "Bytes that slow sockets hold beyond 8 KiB each; 0 for 64m or a sixteenth of the heap, whichever is less.");

    public static final Setting<Long> FLIGHT_BYTES = row("flight.bytes", BYTES, "0", 0, 64 * GIB,
        "Bodies being read and answers being written; more is 503. 0 for an eighth of the heap, or 6 times body.max.");

    public static final Setting<Duration> SLOW = row("slow", TIME, "200ms", 0, 60_000,
        "An append or a batch of deliveries that takes longer is an event of the JDK's flight recorder.");
    public static final Setting<Boolean> METRICS_OPEN = row("metrics.open", FLAG, "false", 0, 0,
        "Whether everybody may read the meters at /metrics; else operators may.");
    public static final Setting<Optional<String>> ACCESS_LOG = row("access.log", PATH, "", 0, 0,
        "File with a line for each request and for each end of a stream, never a query; in dev data.dir/access.log.");
    public static final Setting<Level> LOGGERS_LEVEL = row("loggers.level", Kind.oneOf(Level.class), "default", 0, 0,
        "How much the hub logs where it does so by java.util.logging, as the WAR does; default is for what that says.");
    public static final Setting<Lines> LOGGERS = row("loggers", Kind.oneOf(Lines.class), "off", 0, 0,
        "Lines of each request at the logger rivulet.access, of publishes and operators at rivulet.audit.");
    public static final Setting<Optional<String>> FEED_QUOTES = row("feed.quotes", PATH, "", 0, 0,
        "CSV file of symbol,time,price replayed at quotes/<symbol>; without one a walk that says simulated.");
    /** A week in 42 minutes: an event every second and a half, which the eye can follow. */
    public static final Setting<Integer> FEED_EARTHQUAKES_SPEED = row("feed.earthquakes.speed", COUNT, "240", 1, 86_400,
        "How many times faster than it happened the week of earthquakes is replayed.");
    public static final Setting<When> FEED_HOST = row("feed.host", Kind.oneOf(When.class), "dev", 0, 0,
        "Whether the topic host carries this JVM's figures: true, false, or dev for in dev mode only.");
    public static final Setting<When> FEED_ANSWERS = row("feed.answers", Kind.oneOf(When.class), "dev", 0, 0,
        "Whether a made-up text is written at answers/<name> for those who publish the name to answers/ask.");

    /** A log tells addresses and users; whoever follows one for himself has not thought of the world. */
    public static final Setting<List<String>> FEED_LOGS_PUBLIC = row("feed.logs.public", LIST, "", 0, 0,
        "Names of followed logs whose lines everybody may read, * for all; others are private.");

    /** The one row of the family {@code feed.log.<name>}: each follows a file at {@code logs/<name>}. */
    public static final Setting<String> FEED_LOG = Family.member("", Kind.TEXT, "",
        "Follows this file at `logs/<name>`; one such setting for each file.");
    /** The log files that are followed. */
    public static final Family FEED_LOGS = new Family("feed.log.", false, List.of(FEED_LOG));

    /** Those that count at once when the file that has them changes; the others are read at the start alone. */
    private static final Set<Setting<?>> LIVE = Set.of(CORS_ORIGINS, PUBLISH_RATE, PUBLISH_BURST, RETRY_MIN, RETRY_MAX,
        RETRY_CLOSING, METRICS_OPEN, LOGGERS_LEVEL);

    private SettingsTable() {
    }

    /** Whether it counts at once when the file of settings changes. */
    public static boolean isLive(Setting<?> row) {
        return LIVE.contains(row);
    }

    /** All rows, in the order of docs/settings.md. */
    public static List<Setting<?>> rows() {
        return List.copyOf(ROWS);
    }

    /** All families, in the order of docs/settings.md. */
    public static List<Family> families() {
        return List.of(Issuers.FAMILY, RoleRights.FAMILY, FEED_LOGS);
    }

    private static <T> Setting<T> row(String key, Kind<T> kind, String value, long min, long max, String say) {
        Setting<T> row = new Setting<>(key, kind, value, min, max, say);
        ROWS.add(row);
        return row;
    }
}
