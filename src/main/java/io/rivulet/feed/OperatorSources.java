package io.rivulet.feed;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.config.WrittenSetting;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.hub.Drain;
import io.rivulet.hub.Hub;
import io.rivulet.hub.HubSizes;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.TopicState;
import io.rivulet.hub.stream.Census;
import io.rivulet.hub.stream.Connection;
import io.rivulet.hub.stream.ConnectionDocument;
import io.rivulet.hub.stream.Lag;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What {@link OperatorFeed} tells of the hub. Every document has a bound, whatever strangers have written: it becomes
 * one event. Called on the thread {@code rivulet-feed}; documents that the hub's threads answer for are made on theirs.
 */
final class OperatorSources {

    static final String RATES = Topic.OPERATORS + "rates";
    static final String CONNECTIONS = Topic.OPERATORS + "connections";
    static final String TOPICS = Topic.OPERATORS + "topics";
    static final String SETTINGS = Topic.OPERATORS + "settings";
    /** Before the type and the run of a node. */
    private static final String NODES = Topic.OPERATORS + "nodes/";
    /** Connections that are looked at, the oldest, and how many of these are told: those that are furthest behind. */
    private static final int LOOKED_AT = 1_000;
    private static final int TOLD = 100;
    private static final int TOPICS_OF_ONE = 5;
    private static final int TOPIC_CHARS = 200;
    private static final int STATES = 200;
    private static final int STATES_CHARS = 200_000;

    private final Hub hub;
    private final Settings settings;
    private final InstantSource clock;
    private final Map<String, Supplier<CompletableFuture<JsonObject>>> here = Map.of(RATES, this::rates,
        CONNECTIONS, this::connections, TOPICS, this::topics, SETTINGS, this::written);
    /** Null in a hub alone. */
    private volatile OperatorNodes nodes;

    OperatorSources(Hub hub, Settings settings, InstantSource clock) {
        this.hub = hub;
        this.settings = settings;
        this.clock = clock;
    }

    List<OperatorFeed.Source> all() {
        return List.of(
            new OperatorFeed.Source(RATES, "rates", ticks(1), topic -> rates()),
            new OperatorFeed.Source(CONNECTIONS, "connections", ticks(2), topic -> connections()),
            new OperatorFeed.Source(CONNECTIONS + "/", "connection", ticks(1),
                topic -> connection(topic.substring(CONNECTIONS.length() + 1))),
            new OperatorFeed.Source(TOPICS, "topics", ticks(5), topic -> topics()),
            new OperatorFeed.Source(SETTINGS, "settings", ticks(10), topic -> written()),
            ofNode("rates", RATES, ticks(1)), ofNode("connections", CONNECTIONS, ticks(2)),
            ofNode("topics", TOPICS, ticks(5)), ofNode("settings", SETTINGS, ticks(10)));
    }

    /** The same of the node whose run stands at the end of the topic's name. */
    private OperatorFeed.Source ofNode(String type, String topic, int ticks) {
        String beginning = NODES + type + '/';
        return new OperatorFeed.Source(beginning, type, ticks, name -> {
            OperatorNodes all = nodes;
            String run = name.substring(beginning.length());
            return all == null || !run.matches("[0-9]{1,9}") ? null : all.ask(topic, Integer.parseInt(run));
        });
    }

    /** Says of each document of which node it is, and tells those of others. */
    void share(Nodes all, NodeQuestions.Later later) {
        nodes = new OperatorNodes(here, all, later);
    }

    private static int ticks(int seconds) {
        return (int) Duration.ofSeconds(seconds).dividedBy(OperatorFeed.EVERY);
    }

    private JsonObject begin() {
        JsonObject json = new JsonObject();
        json.addProperty("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        sign(json);
        return json;
    }

    private void sign(JsonObject json) {
        OperatorNodes all = nodes;
        if (all != null) {
            all.sign(json);
        }
    }

    /** Counts since the start, of which the reader makes rates, and how the hub is. */
    private CompletableFuture<JsonObject> rates() {
        JsonObject json = begin();
        Metrics metrics = hub.metrics();
        JsonObject counts = new JsonObject();
        for (Count count : Count.values()) {
            counts.addProperty(word(count), metrics.get(count));
        }
        JsonObject refusals = new JsonObject();
        for (Refused.Reason reason : Refused.Reason.values()) {
            if (metrics.refusals(reason) > 0) {
                refusals.addProperty(word(reason), metrics.refusals(reason));
            }
        }
        json.add("counts", counts);
        json.add("refusals", refusals);
        json.addProperty("streams", hub.connections().open());
        Drain.Progress drain = hub.drain().progress();
        json.addProperty("state", drain.state().word());
        json.addProperty("publishTrouble", hub.publishTrouble());
        HubSizes sizes = hub.sizes();
        if (sizes != null) {
            json.addProperty("logBytes", sizes.log().bytes());
            json.addProperty("logEvents", sizes.log().events());
            json.addProperty("logSegments", sizes.log().segments());
            json.addProperty("logAgeMs", sizes.log().ageMs());
            json.addProperty("queueBytes", sizes.queueBytes());
            json.addProperty("lookUps", sizes.lookUps());
        }
        return hub.census().thenApply(census -> {
            census(census, json);
            return json;
        });
    }

    private static void census(Census census, JsonObject json) {
        JsonObject lag = new JsonObject();
        for (Census.Age age : Census.Age.values()) {
            lag.addProperty(age.label(), census.of(age));
        }
        JsonObject waiting = new JsonObject();
        for (Lag.Reason reason : Lag.Reason.values()) {
            waiting.addProperty(word(reason), census.of(reason));
        }
        json.add("lag", lag);
        json.add("waiting", waiting);
        json.addProperty("backlogEvents", census.backlogEvents());
        json.addProperty("backlogBytes", census.backlogBytes());
        json.addProperty("unsentBytes", census.unsentBytes());
    }

    private CompletableFuture<JsonObject> connections() {
        List<Connection> looked = hub.connections().oldest(LOOKED_AT);
        JsonObject json = begin();
        json.addProperty("total", hub.connections().open());
        return hub.connections().lags(looked.stream().map(Connection::connection).toList()).thenApply(lags -> {
            JsonArray told = new JsonArray();
            looked.stream().sorted(Comparator.comparingLong(one -> -behind(lags.get(one.connection())))).limit(TOLD)
                .forEach(one -> told.add(document(one, lags)));
            json.add("connections", told);
            return json;
        });
    }

    /** One whose place is being looked up may be anywhere. */
    private static long behind(Lag lag) {
        return lag == null ? 0 : lag.events() == null ? Long.MAX_VALUE : lag.events();
    }

    private static JsonObject document(Connection one, Map<String, Lag> lags) {
        List<String> topics = one.topics().stream().limit(TOPICS_OF_ONE).map(OperatorSources::cut).toList();
        JsonObject json = ConnectionDocument.of(new Connection(one.connection(), one.issuer(), one.subject(),
            one.tokenId(), one.peer(), topics, one.dialect(), one.openedMs(), one.expiresMs()),
            lags.get(one.connection()));
        json.addProperty("topicsInAll", one.topics().size());
        return json;
    }

    private static String cut(String topic) {
        return topic.length() <= TOPIC_CHARS ? topic : topic.substring(0, TOPIC_CHARS - 1) + "…";
    }

    private CompletableFuture<JsonObject> connection(String name) {
        Connection one = hub.connections().find(name).orElse(null);
        if (one == null && hub.connections().elsewhere() != null) {
            return hub.connections().elsewhere().find(name).thenApply(found -> found.streams().stream().findFirst()
                .map(this::elsewhere).orElseGet(() -> ended(name)));
        }
        return one == null ? CompletableFuture.completedFuture(ended(name))
            : hub.connections().lags(List.of(name)).thenApply(lags -> {
                JsonObject json = document(one, lags);
                json.addProperty("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
                sign(json);
                return json;
            });
    }

    private JsonObject ended(String name) {
        JsonObject ended = begin();
        ended.addProperty("connection", cut(name));
        ended.addProperty("state", "ended");
        return ended;
    }

    /** A stream of another node, cut as those of this one are. */
    private JsonObject elsewhere(JsonObject json) {
        JsonArray all = json.getAsJsonArray("topics");
        JsonArray some = new JsonArray();
        for (int i = 0; i < Math.min(TOPICS_OF_ONE, all.size()); i++) {
            some.add(cut(all.get(i).getAsString()));
        }
        json.add("topics", some);
        json.addProperty("topicsInAll", all.size());
        json.addProperty("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        return json;
    }

    private CompletableFuture<JsonObject> topics() {
        JsonObject json = begin();
        return hub.topicStates("", STATES, Caller.of(Grant.INTERNAL, null)).thenApply(states -> {
            JsonArray told = new JsonArray();
            int chars = 0;
            for (TopicState state : states) {
                chars += state.topic().length();
                if (chars <= STATES_CHARS) {
                    told.add(document(state));
                }
            }
            json.add("topics", told);
            json.addProperty("more", states.size() == STATES || told.size() < states.size());
            return json;
        });
    }

    private JsonObject document(TopicState state) {
        JsonObject json = new JsonObject();
        json.addProperty("topic", state.topic());
        json.addProperty("state", state.end() == null ? "open" : state.end().word());
        json.addProperty("count", state.count());
        json.addProperty("first", state.first() == null ? null : ConnectionDocument.time(state.first().timeMs()));
        json.addProperty("last", state.last() == null ? null : ConnectionDocument.time(state.last().timeMs()));
        json.addProperty("listeners", hub.listeners(state.topic()));
        return json;
    }

    private CompletableFuture<JsonObject> written() {
        JsonObject json = begin();
        JsonArray told = new JsonArray();
        for (WrittenSetting one : settings.written()) {
            JsonObject row = new JsonObject();
            row.addProperty("key", one.key());
            row.addProperty("value", cut(one.text()));
            row.addProperty("source", one.source());
            told.add(row);
        }
        json.add("settings", told);
        json.addProperty("dev", settings.get(SettingsTable.DEV));
        return CompletableFuture.completedFuture(json);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
