package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.feed.Feeds;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transient events of two nodes: one order, also with durable ones, and a word where something is lost. */
class TransientNodesTest {

    private static final String ALL = "*";

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private final Map<String, MemoryEngine> engines = new HashMap<>();
    private HubNode one;
    private HubNode two;

    private HubNode node(String name) {
        return new HubNode(folder.resolve(name), () -> {
            MemoryEngine engine = new MemoryEngine(store);
            engines.put(name, engine);
            return engine;
        }, log -> log);
    }

    @BeforeEach
    void open() {
        one = node("one");
        two = node("two");
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static List<String> idsAndData(HubClient client) {
        return client.events().stream().map(event -> event.id() + " " + event.data()).toList();
    }

    private static HubClient hello(HubClient client) {
        return HubScene.awaitHello(client, 1);
    }

    /** It was not told that transient events are lost. */
    private static void assertWhole(HubClient client) {
        assertFalse(client.hubEvents("rivulet.hello").get(0).data().contains("transient"), client.wire());
    }

    private static String lastId(HubClient client) {
        return client.events().get(client.events().size() - 1).id();
    }

    private static Refused refused(HubNode at, String topic) {
        return (Refused) assertThrows(ExecutionException.class, () -> at.publish(topic, "x")).getCause();
    }

    /** An event that the hub of this node has for its own streams. */
    private static String own(HubNode at, String topic, String data) throws Exception {
        return at.answer(Publication.ofNode(List.of(Event.on(topic).data(data).build()))).get(0);
    }

    @Test
    void allNodesShowAllEventsInOneOrder() throws Exception {
        HubClient here = hello(one.client(ALL).connect());
        HubClient there = hello(two.client(ALL).connect());
        int each = 100;
        List<CompletableFuture<Void>> publishers = List.of(one.publishMany("typing/x", "t", each),
            two.publishMany("typing/x", "u", each), one.publishMany("news", "d", each),
            two.publishMany("news", "e", each), two.publishMany("typing/y", "v", each));
        for (CompletableFuture<Void> publisher : publishers) {
            publisher.get();
        }
        int all = each * publishers.size();
        assertEquals(idsAndData(HubScene.awaitEvents(here, all)), idsAndData(HubScene.awaitEvents(there, all)));
        assertEquals(all, here.events().stream().map(event -> event.id()).distinct().count());
    }

    @Test
    void whatAPublisherIsToldIsTheIdEverywhere() throws Exception {
        HubClient here = hello(one.client("typing/x").connect());
        HubClient there = hello(two.client("typing/x").connect());
        one.publish("news", "durable");
        String id = two.publish("typing/x", "a");
        assertEquals(id, lastId(HubScene.awaitEvents(here, 1)));
        assertEquals(id, lastId(HubScene.awaitEvents(there, 1)));
        assertNotEquals(id, one.publish("typing/x", "b"));
    }

    @Test
    void whoeverHasAnAnswerPublishesBehindItAtAnyNode() throws Exception {
        HubClient here = hello(one.client(ALL).connect());
        List<String> published = new ArrayList<>();
        Random random = new Random(3);
        for (int i = 0; i < 60; i++) {
            (random.nextBoolean() ? one : two).publish(random.nextBoolean() ? "typing/x" : "news", "" + i);
            published.add("" + i);
        }
        assertEquals(published, HubNode.data(HubScene.awaitEvents(here, 60)));
    }

    @Test
    void aClientThatMovesFromNodeToNodeHasEachEventOnceAndInOrder() throws Exception {
        Random random = new Random(7);
        List<String> published = new ArrayList<>();
        List<String> received = new ArrayList<>();
        String last = hello(one.client("typing/x", "news").connect()).hubEvents("rivulet.hello").get(0).id();
        for (int round = 0; round < 40; round++) {
            for (int n = random.nextInt(4); n >= 0; n--) {
                String data = "" + published.size();
                HubNode at = random.nextBoolean() ? one : two;
                at.publish(random.nextInt(3) > 0 ? "typing/x" : "news", data);
                own(at, "host", "between");
                published.add(data);
            }
            HubClient client = (random.nextBoolean() ? one : two).client("typing/x", "news").connectAfter(last);
            HubScene.awaitEvents(client, 1 + random.nextInt(published.size() - received.size()));
            client.events().forEach(event -> received.add(event.data()));
            last = lastId(client);
            assertEquals("exact", client.told("resumed"), "round " + round);
            assertEquals(published.subList(0, received.size()), received);
            client.cut();
        }
    }

    @Test
    void theHubsOwnEventsStayAtTheirNodeAndWhoeverMovesIsToldThatSomeAreMissing() throws Exception {
        HubClient here = hello(one.client("clock", "typing/x").connect());
        HubClient there = hello(two.client("clock", "typing/x").connect());
        own(one, "clock", "of one");
        own(two, "clock", "of two");
        String id = one.publish("typing/x", "of both");
        assertEquals(List.of("of one", "of both"), HubNode.data(HubScene.awaitEvents(here, 2)));
        assertEquals(List.of("of two", "of both"), HubNode.data(HubScene.awaitEvents(there, 2)));
        own(one, "clock", "of one again");
        String ofOne = lastId(HubScene.awaitEvents(here, 3));

        HubClient same = hello(one.client("clock", "typing/x").connectAfter(ofOne));
        assertWhole(same);
        HubClient moved = hello(two.client("clock", "typing/x").connectAfter(id));
        assertEquals("lost", moved.told("transient"), "those of the clock of the other node");
        one.publish("typing/x", "next");
        assertEquals(List.of("next"), HubNode.data(HubScene.awaitEvents(same, 1)));
        assertEquals(List.of("next"), HubNode.data(HubScene.awaitEvents(moved, 1)));
        HubClient movedAfterOwn = hello(two.client("typing/x").connectAfter(ofOne));
        assertEquals("lost", movedAfterOwn.told("transient"), "only that node knows what came before that event");
        assertEquals("exact", movedAfterOwn.told("resumed"));
    }

    @Test
    void aFeedStaysAtItsNodeAndSaysWhichOneThatIs() {
        HubClient here = hello(one.client("clock").connect());
        HubClient there = hello(two.client("clock").connect());
        try (Feeds feeds = new Feeds(Settings.with(), one.hub, InstantSource.system(), null)) {
            feeds.share(one.cluster, (ms, task) -> { });
            feeds.start();
            String data = HubNode.data(HubScene.awaitEvents(here, 2)).get(0);
            String node = "\"node\":\"" + one.cluster.name() + "\",\"run\":" + one.cluster.self() + "}";
            assertTrue(data.endsWith(node), data);
        }
        assertEquals(0, store.relayedHead());
        there.readAll();
        assertEquals(List.of(), HubNode.data(there));
    }

    @Test
    void aCursorOfTheHubsOwnEventIsExactAtItsNode() throws Exception {
        HubClient client = hello(one.client("clock", "typing/x").connect());
        for (int i = 0; i < 20; i++) {
            own(one, "clock", "c" + i);
            two.publish(i % 7 == 0 ? "news" : "typing/x", "t" + i);
        }
        List<String> all = HubNode.data(HubScene.awaitEvents(client, 37));
        for (int i = 0; i < all.size() - 1; i++) {
            HubClient again = hello(one.client("clock", "typing/x").connectAfter(client.events().get(i).id()));
            assertEquals(all.subList(i + 1, all.size()), HubNode.data(HubScene.awaitEvents(again, all.size() - i - 1)));
            if (all.get(i).startsWith("c")) {
                assertWhole(again); // else the id is of all nodes, and none knows at which one it was heard
            }
            again.cut();
        }
    }

    @Test
    void aKeyOrANumberThatWasUsedAtOneNodeIsKnownAtTheOther() throws Exception {
        Publication keyed = new Publication(List.of(Event.on("typing/x").data("x").build(),
            Event.on("typing/x").data("y").build()), Grant.INTERNAL, "key-1");
        List<String> ids = one.answer(keyed);
        assertEquals(ids, two.answer(keyed));
        assertEquals(1, store.relayedHead());
        Event event = Event.on("typing/x").data("z").build();
        for (int i = 0; i < 6; i++) {
            HubNode at = i % 2 == 0 ? one : two;
            at.answer(new Publication(List.of(event), Grant.INTERNAL, null, new ProducerSeq("p", 1, i, false)));
        }
        List<String> again = one.answer(new Publication(List.of(event), Grant.INTERNAL, null,
            new ProducerSeq("p", 1, 5, false)));
        assertEquals(1, again.size());
        assertEquals(7, store.relayedHead());
    }

    @Test
    void anEndAtOneNodeIsTheEndAtTheOther() throws Exception {
        HubClient there = hello(two.client("typing/x").connect());
        one.answer(Publication.of(Event.on("typing/x").data("last").end(TopicEnd.FINISHED).build()));
        HubScene.awaitEnd(there);
        assertEquals(List.of("last"), HubNode.data(there));
        assertEquals(Refused.Reason.ENDED, refused(two, "typing/x").reason());
    }

    @Test
    void whatTheEngineLosesIsToldToThoseWhoMayMissItAndTheOthersStay() throws Exception {
        HubClient news = hello(two.client("news").connect());
        HubClient quotes = hello(two.client("typing/x").connect());
        String id = one.publish("typing/x", "a");
        HubScene.awaitEvents(quotes, 1);
        store.loseRelayed();
        HubScene.awaitEnd(quotes);
        HubClient back = hello(two.client("typing/x").connectAfter(id));
        assertEquals("exact", back.told("resumed"));
        assertEquals("lost", back.told("transient"));
        String next = one.publish("typing/x", "b");
        assertNotEquals(id, next);
        assertEquals(List.of("b"), HubNode.data(HubScene.awaitEvents(back, 1)));
        HubClient exact = hello(one.client("typing/x").connectAfter(next));
        assertWhole(exact);
        one.publish("news", "c");
        assertEquals(List.of("c"), HubNode.data(HubScene.awaitEvents(news, 1)));
        assertFalse(news.isEnded());
    }

    @Test
    void aNodeThatStandsStillForTooLongFindsOutWhatItMisses() throws Exception {
        HubClient there = hello(two.client("typing/x").connect());
        String id = one.publish("typing/x", "a");
        HubScene.awaitEvents(there, 1);
        engines.get("two").stands(true);
        for (String data : List.of("b", "c", "d")) {
            one.publish("typing/x", data);
        }
        store.keepRelayed(1);
        engines.get("two").stands(false);
        HubScene.awaitEnd(there);
        HubClient back = HubScene.awaitEvents(two.client("typing/x").connectAfter(id), 1);
        assertEquals("lost", back.told("transient"));
        assertEquals(List.of("d"), HubNode.data(back));
        HubClient atOther = HubScene.awaitEvents(one.client("typing/x").connectAfter(id), 3);
        assertWhole(atOther);
    }

    @Test
    void aNodeThatStandsStillForAMomentMissesNothing() throws Exception {
        HubClient there = hello(two.client("typing/x").connect());
        engines.get("two").stands(true);
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            one.publish(i % 5 == 0 ? "news" : "typing/x", "" + i);
            if (i % 5 > 0) {
                published.add("" + i);
            }
        }
        engines.get("two").stands(false);
        assertEquals(published, HubNode.data(HubScene.awaitEvents(there, published.size())));
        assertFalse(there.isEnded());
    }

    @Test
    void aNodeThatBeginsTellsThoseWhoseCursorIsOlder() throws Exception {
        String before = one.publish("typing/x", "before");
        one.publish("typing/x", "missed");
        try (HubNode three = node("three")) {
            HubClient late = hello(three.client("typing/x").connectAfter(before));
            assertEquals("lost", late.told("transient"));
            String id = one.publish("typing/x", "after");
            HubScene.awaitEvents(late, 1);
            assertEquals(id, lastId(late));
            assertWhole(hello(three.client("typing/x").connectAfter(id)));
        }
    }

    @Test
    void aPublishThatTheEngineDoesNotTakeIsRefusedAndReachesNobody() throws Exception {
        HubClient here = hello(one.client("typing/x").connect());
        store.away(true);
        Refused away = refused(one, "typing/x");
        assertEquals(Refused.Reason.STORE_FAILED, away.reason());
        store.away(false);
        Await.until("it is back", () -> one.hub.publishTrouble() == null && two.hub.publishTrouble() == null);
        two.publishOnce("typing/x", "y"); // it may find out only now that the engine was away
        assertEquals(List.of("y"), HubNode.data(HubScene.awaitEvents(here, 1)));
    }

    @Test
    void anEventIsAtTheOtherNodeWithinAMoment() throws Exception {
        HubClient there = hello(two.client("typing/x").connect());
        long beganNs = System.nanoTime();
        for (int i = 1; i <= 100; i++) {
            one.publish("typing/x", "" + i);
            HubScene.awaitEvents(there, i);
        }
        Duration each = Duration.ofNanos((System.nanoTime() - beganNs) / 100);
        assertTrue(each.toMillis() < 250, "nobody waits for the next look, which comes each 500 ms: " + each);
    }
}
