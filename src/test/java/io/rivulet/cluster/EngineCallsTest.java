package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What publishers and clients cost the engine, in calls. */
class EngineCallsTest {

    private static final int CLIENTS = 200;
    private static final int MISSED = 10;

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private final CountedEngine calls = new CountedEngine();
    private HubNode one;
    private HubNode two;

    @BeforeEach
    void open() {
        one = node("one");
        two = node("two");
        Await.until("both know of each other", () -> one.cluster.others().size() + two.cluster.others().size() == 2);
    }

    private HubNode node(String name) {
        return new HubNode(folder.resolve(name), () -> calls.around(new MemoryEngine(store)), log -> log,
            InstantSource.system(), Settings.with("connections.address.max", "5000", "transient.topics", "typing/*"));
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    /** What the nodes have told each other behind these characters of it, but for "I run". */
    private List<String> toldSince(int chars) {
        return store.told().substring(chars).lines()
            .filter(line -> !JsonParser.parseString(line).getAsJsonObject().get("kind").getAsString().equals("beat"))
            .toList();
    }

    @Test
    void clientsThatComeBackToAnotherNodeCostTheEngineNothing() throws Exception {
        List<HubClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(HubScene.awaitHello(two.client("news").as(HubScene.grant("client " + i, GrantedTopics.NONE))
                .connect(), 1));
        }
        one.publish("news", "first");
        for (HubClient client : clients) {
            HubScene.awaitEvents(client, 1);
            client.cut();
        }
        for (int i = 0; i < MISSED; i++) {
            one.publish("news", "missed " + i);
        }
        Await.until("the streams are gone, and both have copied all", () -> two.hub.connections().open() == 0
            && one.log.range().head() == MISSED + 1 && two.log.range().head() == MISSED + 1);
        calls.forget();
        int told = store.told().length();
        for (HubClient client : clients) {
            client.connectAt(one.hub);
        }
        for (HubClient client : clients) {
            assertEquals(MISSED + 1, HubScene.awaitEvents(client, MISSED + 1).events().size());
        }
        assertEquals(Map.of(), calls.byName(call -> !call.isOfTheNode()));
        assertEquals(List.of(), toldSince(told), "nor have the nodes anything to tell each other");
    }

    @Test
    void anAppendIsOneCallWhereTheEngineTellsWhatWasRelayed() throws Exception {
        two.publish("typing/x", "relayed before");
        one.publish("typing/x", "and here");
        Await.until("both have that", () -> store.relayedHead() == 2);
        one.publish("news", "0");
        calls.forget();
        for (int i = 0; i < 20; i++) {
            one.publish("news", "" + i);
        }
        assertEquals(Map.of("append", 20), calls.byName(call -> call.thread().equals("rivulet-commit")));
    }
}
