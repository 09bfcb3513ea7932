package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.feed.Feeds;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator who listens at one node sees the others, too, each document with its node. */
class OperatorsNodesTest {

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private HubNode one;
    private HubNode two;
    private Feeds feedsOfOne;
    private Feeds feedsOfTwo;

    @BeforeEach
    void open() {
        one = new HubNode(folder.resolve("one"), () -> new MemoryEngine(store), log -> log);
        two = new HubNode(folder.resolve("two"), () -> new MemoryEngine(store), log -> log);
        feedsOfOne = feeds(one);
        feedsOfTwo = feeds(two);
        Await.until("both know of each other", () -> one.cluster.others().size() + two.cluster.others().size() == 2);
    }

    private static Feeds feeds(HubNode of) {
        Feeds feeds = new Feeds(Settings.with(), of.hub, InstantSource.system(), null);
        feeds.share(of.cluster, (ms, task) -> of.hub.alarms().after(Duration.ofMillis(ms), task));
        feeds.start();
        return feeds;
    }

    @AfterEach
    void close() {
        feedsOfOne.close();
        feedsOfTwo.close();
        one.close();
        two.close();
    }

    private static JsonObject awaitTold(HubClient operator, String type, Predicate<JsonObject> which) {
        return Await.value("an event " + type, () -> operator.drain().events().stream()
            .filter(event -> event.type().equals(type))
            .map(event -> JsonParser.parseString(event.data()).getAsJsonObject()).filter(which).findFirst()
            .orElse(null));
    }

    private static Predicate<JsonObject> run(int run) {
        return told -> told.get("run").getAsInt() == run;
    }

    @Test
    void ratesOfEachNodeAreHeardAtOneAndThoseOfOneThatIsGoneSaySo() {
        int runOfTwo = two.cluster.self();
        HubScene.awaitHello(two.client("news").connect(), 1);
        HubClient operator = one.client("rivulet/rates", "rivulet/nodes/rates/" + runOfTwo, "rivulet/nodes/rates/x")
            .as(Grant.DEV).connect();
        JsonObject here = awaitTold(operator, "rates", run(one.cluster.self()));
        JsonObject there = awaitTold(operator, "rates", run(runOfTwo));
        assertEquals(one.cluster.name(), here.get("node").getAsString());
        assertEquals(1, here.get("streams").getAsInt());
        assertEquals(1, there.get("streams").getAsInt());
        assertTrue(there.has("counts") && there.has("lag"), there.toString());
        two.close();
        awaitTold(operator, "rates", told -> run(runOfTwo).test(told)
            && told.get("state").getAsString().equals("gone"));
    }

    @Test
    void connectionsTopicsAndSettingsOfAnotherNodeAreHeard() throws Exception {
        int runOfTwo = two.cluster.self();
        HubClient user = HubScene.awaitHello(two.client("news").connect(), 1);
        two.publish("news", "x");
        HubClient operator = one.client("rivulet/rates", "rivulet/nodes/connections/" + runOfTwo,
            "rivulet/nodes/topics/" + runOfTwo, "rivulet/nodes/settings/" + runOfTwo,
            "rivulet/connections/" + user.connection()).as(Grant.DEV).connect();
        assertTrue(awaitTold(operator, "connections", run(runOfTwo)).toString().contains(user.connection()));
        assertTrue(awaitTold(operator, "topics", run(runOfTwo)).toString().contains("\"listeners\":1"));
        assertTrue(awaitTold(operator, "settings", run(runOfTwo)).has("settings"));
        assertEquals("[\"news\"] live", awaitTold(operator, "connection", run(runOfTwo)).get("topics") + " "
            + awaitTold(operator, "connection", run(runOfTwo)).get("state").getAsString());
    }
}
