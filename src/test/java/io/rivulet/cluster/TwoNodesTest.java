package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.TopicWatches;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.Stub;
import io.rivulet.log.EventLog;
import io.rivulet.refusal.Refused;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hubs that share an engine: what one hub promises, both promise together. */
class TwoNodesTest {

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private HubNode one;
    private HubNode two;

    private HubNode node(String name) {
        return node(name, log -> log);
    }

    private HubNode node(String name, UnaryOperator<EventLog> around) {
        return new HubNode(folder.resolve(name), () -> new MemoryEngine(store), around);
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

    private static List<String> data(HubClient client) {
        return client.events().stream().map(event -> event.data()).toList();
    }

    @Test
    void anEventOfOneNodeReachesTheStreamsOfBoth() throws Exception {
        HubClient here = HubScene.awaitHello(one.client("news").connect(), 1);
        HubClient there = HubScene.awaitHello(two.client("news").connect(), 1);
        String id = one.publish("news", "x");
        two.publish("news", "y");
        assertEquals(List.of("x", "y"), data(HubScene.awaitEvents(here, 2)));
        assertEquals(List.of("x", "y"), data(HubScene.awaitEvents(there, 2)));
        assertEquals(id, there.events().get(0).id());
    }

    @Test
    void whatComesWhileANodeOpensIsShownByIt() throws Exception {
        String before = one.publish("news", "before");
        AtomicBoolean isFirst = new AtomicBoolean(true);
        UnaryOperator<EventLog> growing = log -> Stub.of(EventLog.class, (method, arguments) -> {
            Object answer = call(log, method, arguments);
            if (method.equals("range") && isFirst.getAndSet(false)) {
                one.publish("news", "between");
                Await.until("the copy has it", () -> log.range().head() == 2);
            }
            return answer;
        });
        try (HubNode three = node("three", growing)) {
            HubClient there = HubScene.awaitHello(three.client("news").connectAfter(before), 1);
            one.publish("news", "after");
            assertEquals(List.of("between", "after"), data(HubScene.awaitEvents(there, 2)));
        }
    }

    private static Object call(EventLog log, String name, Object[] arguments) throws Throwable {
        int count = arguments == null ? 0 : arguments.length;
        for (Method method : EventLog.class.getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == count
                && fits(method.getParameterTypes(), arguments)) {
                try {
                    return method.invoke(log, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }
        }
        throw new AssertionError("no " + name);
    }

    private static boolean fits(Class<?>[] types, Object[] arguments) {
        return IntStream.range(0, types.length)
            .allMatch(i -> types[i].isPrimitive() || types[i].isInstance(arguments[i]));
    }

    @Test
    void aClientThatMovesFromNodeToNodeHasEachEventOnceAndInOrder() throws Exception {
        Random random = new Random(7);
        List<String> published = new ArrayList<>();
        List<String> received = new ArrayList<>();
        String last = HubScene.awaitHello(one.client("news").connect(), 1).hubEvents("rivulet.hello").get(0).id();
        for (int round = 0; round < 40; round++) {
            for (int n = random.nextInt(4); n >= 0; n--) {
                String data = "" + published.size();
                (random.nextBoolean() ? one : two).publish("news", data);
                published.add(data);
            }
            HubNode at = random.nextBoolean() ? one : two;
            HubClient client = at.client("news").connectAfter(last);
            int missing = published.size() - received.size();
            HubScene.awaitEvents(client, 1 + random.nextInt(missing));
            client.events().forEach(event -> received.add(event.data()));
            last = client.events().get(client.events().size() - 1).id();
            assertEquals("exact", client.told("resumed"), "round " + round);
            client.cut();
            assertEquals(published.subList(0, received.size()), received);
        }
    }

    @Test
    void aKeyThatWasUsedOnOneNodeIsKnownOnTheOther() throws Exception {
        Publication keyed = new Publication(List.of(Event.on("news").data("x").build()), Grant.INTERNAL, "key-1");
        List<String> ids = one.answer(keyed);
        assertEquals(ids, two.answer(keyed));
        assertEquals(1, store.head());
        store.beforeNextAppend(() -> publishUnheard(two, "key-2"));
        List<String> late = one.answer(new Publication(List.of(Event.on("news").data("y").build()), Grant.INTERNAL,
            "key-2"));
        assertEquals(2, store.head(), "the other node was first, and this one has found out");
        assertEquals(late, two.answer(new Publication(List.of(Event.on("news").data("y").build()), Grant.INTERNAL,
            "key-2")));
        Refused conflict = refused(() -> two.answer(new Publication(List.of(Event.on("news").data("z").build()),
            Grant.INTERNAL, "key-2")));
        assertEquals(Refused.Reason.CONFLICT, conflict.reason());
    }

    private static void publishUnheard(HubNode node, String key) {
        try {
            node.answer(new Publication(List.of(Event.on("news").data("y").build()), Grant.INTERNAL, key));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private static Refused refused(Call call) {
        ExecutionException e = assertThrows(ExecutionException.class, call::run);
        return (Refused) e.getCause();
    }

    @Test
    void theNumbersOfAProducerGoOnAcrossNodes() throws Exception {
        Event event = Event.on("news").data("x").build();
        for (int i = 0; i < 6; i++) {
            HubNode at = i % 2 == 0 ? one : two;
            at.answer(new Publication(List.of(event), Grant.INTERNAL, null, new ProducerSeq("p", 1, i, false)));
        }
        assertEquals(6, store.head());
        List<String> again = one.answer(new Publication(List.of(event), Grant.INTERNAL, null,
            new ProducerSeq("p", 1, 5, false)));
        assertEquals(6, store.head(), "it was taken by the other node");
        assertEquals(1, again.size());
        Refused gap = refused(() -> two.answer(new Publication(List.of(event), Grant.INTERNAL, null,
            new ProducerSeq("p", 1, 8, false))));
        assertEquals(Refused.Reason.OUT_OF_SEQUENCE, gap.reason());
    }

    @Test
    void aTopicThatHasEndedOnOneNodeTakesNothingOnTheOther() throws Exception {
        two.publish("run", "x");
        HubClient there = HubScene.awaitHello(two.client("run").connect(), 1);
        one.answer(Publication.of(Event.on("run").data("last").end(TopicEnd.FINISHED).build()));
        HubScene.awaitEnd(there);
        assertEquals(List.of("last"), data(there));
        assertEquals(Refused.Reason.ENDED, refused(() -> two.publish("run", "y")).reason());
        store.beforeNextAppend(() -> {
            try {
                one.answer(Publication.of(Event.on("other").data("last").end(TopicEnd.FINISHED).build()));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(Refused.Reason.ENDED, refused(() -> two.publish("other", "y")).reason());
    }

    @Test
    void aCancelAtOneNodeIsHeardByThePublisherAtTheOther() throws Exception {
        one.publish("run", "x");
        AtomicBoolean told = new AtomicBoolean();
        one.hub.watches().onStop("run", why -> told.set(why == TopicWatches.Stop.CANCELLED));
        Caller operator = Caller.of(Grant.INTERNAL, null);
        String id = two.hub.cancel("run", Grant.INTERNAL, operator).get(20, TimeUnit.SECONDS);
        Await.until("the publisher's node tells it", told::get);
        assertEquals(Refused.Reason.ENDED, refused(() -> one.publish("run", "y")).reason());
        assertEquals(id, one.hub.cancel("run", Grant.INTERNAL, operator).get(20, TimeUnit.SECONDS), "it was asked");
        one.answer(Publication.of(Event.on("run").data("last").end(TopicEnd.FINISHED).build()));
        HubClient late = HubScene.awaitEnd(two.client("run").connectAfter(id));
        assertEquals(List.of("last"), data(late));
    }

    @Test
    void whileTheEngineIsAwayPublishersHearOfItAndStreamsStay() throws Exception {
        HubClient there = HubScene.awaitHello(two.client("news", "clock").connect(), 1);
        one.publish("news", "x");
        HubScene.awaitEvents(there, 1);
        store.away(true);
        Refused away = refused(() -> two.publish("news", "y"));
        assertEquals(Refused.Reason.STORE_FAILED, away.reason());
        assertTrue(away.getMessage().contains("nobody answers"), away.getMessage());
        assertTrue(two.hub.publishTrouble().contains("away"), two.hub.publishTrouble());
        Refused relayed = refused(() -> two.publish("quotes/x", "y"));
        assertEquals(Refused.Reason.STORE_FAILED, relayed.reason(), "it would reach the streams of one node only");
        two.answer(Publication.ofNode(List.of(Event.on("clock").data("the hub's own events go on").build())));
        Await.until("the other has noticed, too", () -> one.hub.publishTrouble() != null);
        store.away(false);
        Await.until("it is back", () -> one.hub.publishTrouble() == null && two.hub.publishTrouble() == null);
        one.publish("news", "z");
        assertEquals(List.of("x", "the hub's own events go on", "z"), data(HubScene.awaitEvents(there, 3)));
    }

    @Test
    void aLossOfTheEngineIsToldToThoseWhoHadWhatIsLostAndToNobodyElse() throws Exception {
        String kept = one.publish("news", "kept");
        var backup = store.backup();
        String lost = one.publish("news", "lost");
        HubClient there = HubScene.awaitHello(two.client("news").connectAfter(kept), 1);
        HubScene.awaitEvents(there, 1);
        store.restore(backup);
        HubScene.awaitEnd(there);
        Await.until("both have opened it anew", () -> one.openings == 2 && two.openings == 2);
        Await.until("publishing works", () -> two.hub.publishTrouble() == null);
        String other = two.publish("news", "other");
        assertNotEquals(lost, other);
        for (HubNode node : List.of(one, two)) {
            HubClient affected = HubScene.awaitHello(node.client("news").connectAfter(lost), 1);
            assertEquals("reset", affected.told("resumed"));
            HubClient well = HubScene.awaitEvents(node.client("news").connectAfter(kept), 1);
            assertEquals("exact", well.told("resumed"));
            assertEquals(List.of("other"), data(well));
        }
    }

    @Test
    void aCursorThatIsAheadOfANodeWaitsForThatNodeAndNoIdThatIsUnknownDoes() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i : IntStream.range(0, 30).toArray()) {
            ids.add(one.publish("news", "" + i));
            HubClient there = HubScene.awaitHello(two.client("news").connectAfter(ids.get(i)), 1);
            assertEquals("exact", there.told("resumed"), "it has it by now, or gets it first");
            there.cut();
        }
        HubClient unknown = HubScene.awaitHello(two.client("news").connectAfter("urn:rivulet:"
            + "A".repeat(26)), 1);
        assertEquals("reset", unknown.told("resumed"));
    }
}
