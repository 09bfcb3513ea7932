package io.rivulet.cluster;

import io.rivulet.cluster.RedisConnection.RedisError;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.IdSeal;
import io.rivulet.log.LogAway;
import io.rivulet.refusal.LastingTicker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis 7 or Valkey as the ordered log: a stream whose entries are the batches of the nodes. A node has two
 * connections, one for calls and one that waits at a second stream, which has the newest id alone. {@link SharedLog}
 * says on which threads; a thread {@code rivulet-redis} ends calls that take too long.
 *
 * <p>The hard thing is a fail-over. The standby that becomes the master may have missed writes, and its clock may be
 * behind. Ids that Redis makes of its clock would then be smaller than those that nodes have seen, and a reader would
 * wait behind them for ever. So an id of the stream is the position and the nonce of the batch: positions have no holes
 * on whatever server, and a batch that stands where another one was has another nonce, which the next read finds.
 *
 * <p>An append is one script, which nothing comes between. It notes the number of the last batch of each run, so the
 * same batch can be sent once more when a connection broke: the second one is answered as the first.
 */
final class RedisEngine implements ClusterEngine {

    private static final Logger LOG = LoggerFactory.getLogger(RedisEngine.class);

    private static final int VERSION = 1;
    private static final int SERVER_MIN = 7;
    private static final int ANSWER_MS = 5_000;
    private static final int LOOK_MS = 500;
    private static final int END_MS = 1_000;
    private static final long ROLE_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** More at a time would hold up the appends of all nodes, since Redis does one thing after the other. */
    private static final int READ_BYTES_MAX = 1 << 20;
    private static final int TRIM_MAX = 10_000;
    /** Newest notes: a node that missed so many asks for all of it. */
    private static final int NOTES_KEPT = 1_000;
    /** Of transient events: a node that is further behind has lost some. */
    private static final int RELAY_BYTES_KEPT = 16 << 20;
    /** As the second half of an id: behind all ids with the same first half. */
    private static final int WHOLE_ID = 1 << 24;
    /** Runs whose node is gone for so many runs since are forgotten. */
    private static final int RUNS_KEPT = 10_000;
    /** Answers to a write that came to the wrong server, which did nothing; the right one is looked for. */
    private static final Set<String> ELSEWHERE = Set.of("READONLY", "MOVED");

    private final RedisAddress address;
    private final int answerMs;
    private final Session calls = new Session();
    private final Session waiting = new Session();
    private final LastingTicker watch = new LastingTicker(LOG, "A look of {} failed once and comes again",
        "rivulet-redis", LOOK_MS, this::endLate);
    private final String hub;
    private final String log;
    private final String tick;
    private final String runs;
    private final String nodes;
    private final String noteHead;
    private final String notes;
    private final String relayHead;
    private final String relay;
    private final Script begin = new Script("begin");
    private final Script append = new Script("append");
    private final Script read = new Script("read");
    private final Script trim = new Script("trim");
    private final Script load = new Script("load");
    private final Script note = new Script("note");
    private final Script told = new Script("told");
    private final Script relaying = new Script("relay");
    private final Script relayed = new Script("relayed");
    /** The id of the newest batch that this node knows; null before it knows one. */
    private volatile String newest;
    /** The same of notes. */
    private volatile String noted;
    /** The same of transient events. */
    private volatile String passed;
    private final SecureRandom random = new SecureRandom();
    /** Of the thread that waits: when it has looked last whether the server is the master. */
    private long lookedNs;
    private volatile boolean closed;

    /** An engine that has not connected yet. */
    RedisEngine(String url) throws EngineRefused {
        this(url, ANSWER_MS);
    }

    /** The same with another limit for an answer: for tests. */
    RedisEngine(String url, int answerMs) throws EngineRefused {
        address = new RedisAddress(url);
        this.answerMs = answerMs;
        String all = '{' + address.prefix() + "}:";
        hub = all + "hub";
        log = all + "log";
        tick = all + "tick";
        runs = all + "runs";
        nodes = all + "nodes";
        noteHead = all + "notehead";
        notes = all + "notes";
        relayHead = all + "relayhead";
        relay = all + "relay";
        watch.start();
    }

    /**
     * What a Redis must be set to, read from what it tells of itself. The engine asks at each start: a log that Redis
     * throws away when its memory is full, or that it keeps in memory only, loses what was acknowledged.
     */
    static final class Check {

        private final String warning;

        /**
         * Reads what {@code INFO} answers.
         *
         * @param sync    appendfsync; null where Redis does not tell
         * @param durable whether what was acknowledged must be in a file
         * @throws EngineRefused when it will not do
         */
        Check(String info, String sync, boolean durable) throws EngineRefused {
            Map<String, String> told = new HashMap<>();
            info.lines().map(line -> line.split(":", 2)).filter(pair -> pair.length == 2)
                .forEach(pair -> told.put(pair[0].strip(), pair[1].strip()));
            String version = told.getOrDefault("redis_version", "0");
            String major = version.split("\\D", 2)[0];
            if (major.isEmpty() || Integer.parseInt(major) < SERVER_MIN) {
                throw new EngineRefused("Redis " + version + " is too old; 7.0 is the oldest that can be used", null);
            }
            String policy = told.getOrDefault("maxmemory_policy", "noeviction");
            if (policy.startsWith("allkeys")) {
                throw new EngineRefused("Redis has maxmemory-policy " + policy + " and would throw the log away when"
                    + " its memory is full; set maxmemory-policy noeviction", null);
            }
            boolean writes = !"0".equals(told.get("aof_enabled"));
            if (durable && (!writes || "no".equals(sync))) {
                throw new EngineRefused("Redis has " + (writes ? "appendfsync no" : "appendonly no") + ": what was"
                    + " acknowledged would be gone after a crash; set appendonly yes and appendfsync always, or add"
                    + " ?durable=no to the URL where that may be", null);
            }
            warning = !durable || sync == null || sync.equals("always") ? null : "Redis has appendfsync " + sync
                + ": a loss of power costs events of up to a second that were acknowledged. With appendfsync always it"
                + " does not";
        }

        /** What should be known, and does not keep the hub from starting; null for nothing. */
        String warning() {
            return warning;
        }
    }

    /** A script, which Redis knows by its digest once it has seen it. */
    private static final class Script {
        private final String text;
        private final String digest;

        Script(String name) {
            try (InputStream in = RedisEngine.class.getResourceAsStream("redis-" + name + '-' + VERSION + ".lua")) {
                byte[] b = in.readAllBytes();
                text = new String(b, StandardCharsets.UTF_8);
                digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(b));
            } catch (IOException | NoSuchAlgorithmException e) {
                throw new IllegalStateException("the script " + name + " is not in the jar", e);
            }
        }

        Object run(RedisConnection at, int answerMs, List<String> keys, Object... more) throws IOException {
            Object[] words = Stream.of(Stream.of("EVALSHA", digest, keys.size()), keys.stream(), Arrays.stream(more))
                .flatMap(part -> part).toArray();
            try {
                return at.call(answerMs, words);
            } catch (RedisError e) {
                if (!e.code().equals("NOSCRIPT")) {
                    throw e;
                }
                words[0] = "EVAL"; // it has been restarted, or is another one; from now on it knows the script
                words[1] = text;
                return at.call(answerMs, words);
            }
        }
    }

    /** One connection, which is made when it is asked for and forgotten when it fails. One thread opens it. */
    private final class Session {
        private volatile RedisConnection connection;

        RedisConnection open() throws IOException {
            if (closed) {
                throw new IOException("the engine is closed");
            }
            RedisConnection now = connection;
            if (now == null) {
                now = address.connect(answerMs);
                connection = now;
                if (closed) { // meanwhile: nobody else ends it
                    drop();
                }
            }
            return now;
        }

        /** Forgets the connection. Any thread. */
        void drop() {
            RedisConnection old = connection;
            connection = null;
            if (old != null) {
                old.close();
            }
        }

        void endIfLate() {
            RedisConnection now = connection;
            if (now != null) {
                now.endIfLate();
            }
        }
    }

    private void endLate() {
        calls.endIfLate();
        waiting.endIfLate();
    }

    /** Some work on a connection, which is forgotten where the work fails. */
    private interface Work<T> {
        T on(RedisConnection connection) throws IOException;
    }

    private <T> T with(Session session, Work<T> work) throws IOException {
        try {
            return work.on(session.open());
        } catch (IOException e) {
            session.drop();
            throw e;
        }
    }

    @Override
    public void check() throws IOException {
        with(calls, connection -> {
            check(connection);
            return null;
        });
    }

    private void check(RedisConnection connection) throws IOException {
        try {
            String info = RedisConnection.text(connection.call(answerMs, "INFO"));
            String sync = null;
            try {
                List<?> pair = (List<?>) connection.call(answerMs, "CONFIG", "GET", "appendfsync");
                sync = pair.size() == 2 ? RedisConnection.text(pair.get(1)) : null;
            } catch (RedisError e) {
                LOG.info("Whether Redis has appendfsync=always cannot be asked: {}", e.getMessage());
            }
            String warning = new Check(info, sync, address.isDurable()).warning();
            if (warning != null) {
                LOG.warn(warning);
            }
            Object version = connection.call(answerMs, "HGET", hub, "version");
            if (version != null && number(version) > VERSION) {
                throw later(version);
            }
        } catch (RedisError e) {
            throw e.code().equals("NOPERM") ? new EngineRefused("Redis forbids what the hub needs: " + e.getMessage()
                + "; docs/cluster.md has the rules of its user", e) : e;
        }
    }

    private static EngineRefused later(Object version) {
        return new EngineRefused("a later version of the hub has made the log (" + RedisConnection.text(version)
            + "; this one knows " + VERSION + "); upgrade this node", null);
    }

    @Override
    public Run begin(String node, int epochAtLeast) throws IOException {
        return with(calls, connection -> {
            check(connection);
            SecureRandom random = new SecureRandom();
            byte[] key = new byte[IdSeal.KEY_BYTES];
            random.nextBytes(key);
            List<?> answer;
            try {
                answer = (List<?>) begin.run(connection, answerMs, List.of(hub, log, tick, runs, nodes), VERSION,
                    random.nextLong(), key, epochAtLeast, node, RUNS_KEPT);
            } catch (RedisError e) {
                throw e.code().equals("NOPERM") ? new EngineRefused("Redis forbids what the hub needs: "
                    + e.getMessage() + "; docs/cluster.md has the rules of its user", e) : e;
            }
            if (answer.size() == 1) {
                throw later(answer.get(0));
            }
            if (number(answer.get(5)) == 1) {
                LOG.info("The shared log was made in Redis at {}, under {}", connection.address(), hub);
            }
            newest = null;
            return new Run((int) number(answer.get(3)), number(answer.get(1)), (byte[]) answer.get(2),
                number(answer.get(4)));
        });
    }

    @Override
    public Appended append(Batch batch, long expected) throws IOException {
        boolean inDoubt = false;
        for (int tries = 1; ; tries++) {
            try {
                RedisConnection connection = calls.open();
                try {
                    return append(connection, batch, expected);
                } catch (RedisError e) {
                    throw e; // an error says that nothing was done
                } catch (IOException e) {
                    inDoubt = true;
                    throw e;
                }
            } catch (IOException e) {
                calls.drop();
                boolean again = inDoubt || e instanceof RedisError error && ELSEWHERE.contains(error.code());
                if (tries > 1 || !again || closed) {
                    throw new LogAway(told(e), inDoubt, e);
                }
            }
        }
    }

    private static String told(IOException e) {
        return e instanceof RedisError error && error.code().equals("OOM")
            ? "the memory of Redis is full; raise its maxmemory, or keep less history ("
            + SettingsTable.LOG_RETAIN_BYTES.fullKey() + "): " + e.getMessage() : e.getMessage();
    }

    private Appended append(RedisConnection connection, Batch batch, long expected) throws IOException {
        List<?> answer = (List<?>) append.run(connection, answerMs, List.of(hub, log, tick, runs, relayHead),
            batch.epoch(), batch.number(), expected, batch.count(), batch.nonce(), batch.timeMs(),
            batch.format(), batch.body());
        long base = number(answer.get(1));
        int nonceBefore = (int) number(answer.get(3));
        Outcome outcome = Outcome.values()[(int) number(answer.get(0))];
        String known = newest;
        if (outcome == Outcome.APPENDED && known != null && known.endsWith("-" + nonceBefore)) {
            newest = base + "-" + batch.nonce(); // nobody came between: there is nothing to be woken for
        }
        return new Appended(outcome, base, number(answer.get(2)), nonceBefore,
            outcome == Outcome.APPENDED ? relayHead(answer.get(4)) : null);
    }

    @Override
    public Portion read(long after, int bytesMax) throws IOException {
        return with(calls, connection -> {
            List<?> answer = (List<?>) read.run(connection, answerMs, List.of(hub, log, relayHead), after,
                Math.min(bytesMax, READ_BYTES_MAX));
            if (answer == null) {
                return new Portion(1, 0, 0, null, List.of()); // somebody has emptied it, or removed a part
            }
            List<Stored> batches = new ArrayList<>();
            for (Object batch : answer.subList(6, answer.size())) {
                batches.add(stored((List<?>) batch));
            }
            newest = RedisConnection.text(answer.get(3));
            return new Portion(number(answer.get(0)), number(answer.get(1)), (int) number(answer.get(2)),
                answer.get(4) == null ? null : stored((List<?>) answer.get(4)), batches, relayHead(answer.get(5)));
        });
    }

    /** Null where a node of an older version has relayed, and did not note which batch that is. */
    private static RelayHead relayHead(Object told) throws IOException {
        List<?> of = (List<?>) told;
        return of.get(2) == null ? null : new RelayHead(number(of.get(0)), number(of.get(1)), (int) number(of.get(2)));
    }

    private static Stored stored(List<?> batch) throws IOException {
        String[] id = RedisConnection.text(batch.get(0)).split("-");
        return new Stored(Long.parseLong(id[0]), (int) number(batch.get(1)), (int) number(batch.get(2)),
            Integer.parseInt(id[1]), number(batch.get(3)), (int) number(batch.get(4)), (byte[]) batch.get(5));
    }

    /**
     * Waits at the stream of the newest id, behind the one that this node knows: what comes before the wait begins ends
     * it at once. Batches come by {@link #read}, which compares them with what went before.
     */
    @Override
    public void await(long ms) throws IOException {
        with(waiting, connection -> {
            long nowNs = System.nanoTime();
            if (nowNs - lookedNs > ROLE_NS || lookedNs == 0) {
                requireMaster(connection);
                lookedNs = nowNs;
            }
            String known = newest;
            String note = noted;
            String last = passed;
            connection.call((int) ms + answerMs, "XREAD", "COUNT", 1, "BLOCK", Math.max(1, ms), "STREAMS", tick, notes,
                relay, known == null ? "0-0" : known, note == null ? "$" : note, last == null ? "$" : last);
            return null;
        });
    }

    /** The script sees the head of the log, and nothing comes between: so both orders are one. */
    @Override
    public Relay relay(Batch batch, long expected) throws IOException {
        return with(calls, connection -> {
            List<?> answer = (List<?>) relaying.run(connection, answerMs, List.of(relayHead, relay, hub), expected,
                batch.epoch(), batch.nonce(), batch.count(), batch.timeMs(), batch.format(), batch.body(),
                random.nextLong(), RELAY_BYTES_KEPT);
            long number = number(answer.get(1));
            long at = number(answer.get(2));
            long before = number(answer.get(3));
            if (number > 0 && ((number - 1) + "-").equals(withoutNonce(passed))) {
                passed = number + "-" + batch.nonce(); // nobody came between: there is nothing to be woken for
            }
            return new Relay(number(answer.get(0)), 0, number, at, before + batch.count(), number == 0 ? List.of()
                : List.of(new Relayed(number, batch.nonce(), batch.epoch(), at, before, batch.count(), batch.timeMs(),
                batch.format(), null)));
        });
    }

    private static String withoutNonce(String id) {
        return id == null ? null : id.substring(0, id.indexOf('-') + 1);
    }

    @Override
    public Relay relayed(long life, long after, int nonce, int bytesMax) throws IOException {
        return with(calls, connection -> {
            List<?> answer = (List<?>) relayed.run(connection, answerMs, List.of(relayHead, relay), life, after, nonce,
                Math.min(bytesMax, READ_BYTES_MAX));
            List<Relayed> found = new ArrayList<>();
            for (Object one : answer.subList(5, answer.size())) {
                List<?> of = (List<?>) one;
                found.add(new Relayed(number(of.get(0)), (int) number(of.get(1)), (int) number(of.get(2)),
                    number(of.get(3)), number(of.get(4)), (int) number(of.get(5)), number(of.get(6)),
                    (int) number(of.get(7)), (byte[]) of.get(8)));
            }
            long head = number(answer.get(2));
            passed = found.isEmpty() ? head + "-" + WHOLE_ID : found.get(found.size() - 1).number() + "-" + WHOLE_ID;
            return new Relay(number(answer.get(0)), number(answer.get(1)), head, number(answer.get(3)),
                number(answer.get(4)), found);
        });
    }

    @Override
    public void tell(int epoch, byte[] body) throws IOException {
        with(calls, connection -> note.run(connection, answerMs, List.of(noteHead, notes), epoch, body,
            random.nextLong(), NOTES_KEPT));
    }

    @Override
    public Notes notes(long after, int bytesMax) throws IOException {
        return with(calls, connection -> {
            List<?> answer = (List<?>) told.run(connection, answerMs, List.of(noteHead, notes), after,
                Math.min(bytesMax, READ_BYTES_MAX));
            List<Note> found = new ArrayList<>();
            for (Object one : answer.subList(3, answer.size())) {
                List<?> fields = (List<?>) one;
                found.add(new Note(number(fields.get(0)), (int) number(fields.get(1)), (byte[]) fields.get(2)));
            }
            long head = number(answer.get(2));
            noted = (found.isEmpty() ? head : found.get(found.size() - 1).number()) + "-1";
            return new Notes(number(answer.get(0)), number(answer.get(1)), head, found);
        });
    }

    /** A server that has become a replica keeps its connections, and would be read from for ever. */
    private void requireMaster(RedisConnection connection) throws IOException {
        try {
            RedisAddress.requireMaster(connection, answerMs);
        } catch (IOException e) {
            calls.drop();
            throw e;
        }
    }

    @Override
    public Run look() throws IOException {
        return with(calls, connection -> {
            List<?> told = (List<?>) connection.call(answerMs, "HMGET", hub, "store", "key", "epoch", "first");
            return told.get(0) == null ? null : new Run((int) number(told.get(2)), number(told.get(0)),
                (byte[]) told.get(1), number(told.get(3)));
        });
    }

    @Override
    public Load load(Run made) throws IOException {
        return with(calls, connection -> {
            if (number(connection.call(answerMs, "EXISTS", hub, log)) > 0) {
                throw isThere();
            }
            String waiting = '{' + address.prefix() + "}:import";
            List<String> keys = List.of(hub, log, tick, waiting);
            return new RedisLoad(connection, answerMs, waiting, made.first() - 1, (base, head, nonce, ms, bytes) -> {
                if (number(load.run(connection, answerMs, keys, VERSION, made.storeId(), made.key(), made.epoch(),
                    made.first(), head, base, nonce, ms, bytes)) == 0) {
                    throw isThere();
                }
            });
        });
    }

    private EngineRefused isThere() {
        return new EngineRefused("there is a log in Redis already, made by the first node that has begun; delete the"
            + " keys that begin with {" + address.prefix() + "}:, or name another prefix in the URL", null);
    }

    @Override
    public void trim(long bytesMax, long eventsMax, long oldestMs) throws IOException {
        with(calls, connection ->
            trim.run(connection, answerMs, List.of(hub, log), bytesMax, eventsMax, oldestMs, TRIM_MAX));
    }

    private static long number(Object answer) throws IOException {
        try {
            return answer instanceof Long number ? number : Long.parseLong(RedisConnection.text(answer));
        } catch (NumberFormatException e) {
            throw new IOException("Redis answered '" + RedisConnection.text(answer) + "' where a number stands", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        calls.drop();
        waiting.drop();
        try {
            watch.close(END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it ends all the same
        }
    }
}
