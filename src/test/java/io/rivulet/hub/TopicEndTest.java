package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.dialect.MercureDialect;
import io.rivulet.hub.dialect.PlainDialect;
import io.rivulet.hub.dialect.QuietDialect;
import io.rivulet.hub.publish.ProducerSeq;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends with a topic: its streams, once they have all of it, and publishing to it. */
class TopicEndTest {

    private static final String[] SETTINGS = {"transient.topics", "tick/*", "ring.bytes", "1m"};

    @TempDir
    private Path folder;
    private HubScene scene;
    private FailingLog log;

    @BeforeEach
    void open() throws Exception {
        scene = new HubScene(folder, GoLive.EXACT, around -> {
            log = new FailingLog(around);
            return log;
        }, SETTINGS);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private void restart() throws Exception {
        scene.close();
        open();
    }

    private static Event end(String topic, String data) {
        return Event.on(topic).data(data).end(TopicEnd.FINISHED).build();
    }

    private String endOf(String topic, String data) throws Exception {
        return scene.publish(end(topic, data)).get(0);
    }

    private static void assertToldTheEnd(HubClient client, String topics, String reason, String id) {
        HubScene.awaitEnd(client);
        List<Dispatched> ends = client.hubEvents("rivulet.end");
        String data = "{\"topics\":[" + topics + "],\"reason\":\"" + reason + "\"}";
        assertEquals(List.of(new Dispatched("rivulet.end", data, id)), ends);
        assertEquals(ends.get(0), client.received.get(client.received.size() - 1), "it is the last");
        assertEquals(EndReason.ENDED, client.subscriber().ending());
    }

    private boolean isOver(String after, Since since, String... topics) throws Exception {
        SubscribeRequest request = new SubscribeRequest(TopicSelection.ofTopics(List.of(topics)), Grant.ANONYMOUS,
            after, since, Duration.ofSeconds(15), false, HubScene.PLAIN, "test");
        return scene.hub.mayBeOver(request) && scene.hub.place(request).get(20, TimeUnit.SECONDS).isOver();
    }

    private CompletableFuture<String> cancelling(String topic) {
        return scene.hub.cancel(topic, Grant.INTERNAL, Caller.of(Grant.INTERNAL, null));
    }

    /** A cancel that waits for the committer, which is held. */
    private CompletableFuture<String> queued(String topic) {
        long before = scene.hub.sizes().queueBytes();
        CompletableFuture<String> cancel = cancelling(topic);
        Await.until("it is in the queue", () -> scene.hub.sizes().queueBytes() > before);
        return cancel;
    }

    private String cancel(String topic) throws Exception {
        return cancelling(topic).get(20, TimeUnit.SECONDS);
    }

    private Refused cancelRefused(String topic) {
        return refused(cancelling(topic));
    }

    private static Refused refused(CompletableFuture<?> answer) {
        return (Refused) assertThrows(ExecutionException.class, () -> answer.get(20, TimeUnit.SECONDS)).getCause();
    }

    private Refused refused(Event event) {
        return (Refused) assertThrows(ExecutionException.class,
            () -> scene.hub.publish(event).get(20, TimeUnit.SECONDS)).getCause();
    }

    // ---- streams

    @Test
    void aLiveStreamGetsTheLastEventThenTheEndAndEnds() throws Exception {
        HubClient client = scene.client("run/1").connect();
        HubScene.awaitHello(client, 1);
        scene.publish("run/1", "a");
        String id = endOf("run/1", "b");
        assertToldTheEnd(client, "\"run/1\"", "finished", id);
        assertEquals(List.of("a", "b"), client.data());
    }

    @Test
    void aStreamOfTwoTopicsEndsWithTheSecondOfThem() throws Exception {
        HubClient client = scene.client("run/1", "run/2").connect();
        HubScene.awaitHello(client, 1);
        endOf("run/2", "b");
        scene.publish("run/1", "a");
        HubScene.awaitEvents(client, 2);
        assertFalse(client.isEnded());
        String id = endOf("run/1", "c");
        assertToldTheEnd(client, "\"run/1\",\"run/2\"", "finished", id);
        assertEquals(List.of("b", "a", "c"), client.data());
    }

    @Test
    void aStreamEndsAlsoWhenItsOnlyOpenTopicIsTakenOut() throws Exception {
        HubClient client = scene.client("run/1", "run/2").connect();
        HubScene.awaitHello(client, 1);
        String id = endOf("run/1", "a");
        HubScene.awaitEvents(client, 1);
        client.change(List.of("run/3"), List.of());
        client.settle();
        assertFalse(client.drain().isEnded());
        client.change(List.of(), List.of("run/2", "run/3"));
        assertToldTheEnd(client, "\"run/1\"", "finished", id);
    }

    @Test
    void anEndWithoutAWordIsNoEventAndItsIdIsTheCursor() throws Exception {
        HubClient client = scene.client("run/1").connect();
        HubScene.awaitHello(client, 1);
        String id = endOf("run/1", "");
        assertToldTheEnd(client, "\"run/1\"", "finished", id);
        assertEquals(List.of(), client.data());
    }

    @Test
    void streamsWithPatternsGetTheLastEventAndGoOn() throws Exception {
        HubClient all = scene.client("*").connect();
        HubClient mercure = scene.mercure("run/1").connect();
        HubScene.awaitHello(all, 1);
        mercure.settle();
        endOf("run/1", "last");
        scene.publish("other", "x");
        HubScene.awaitEvents(all, 2);
        HubScene.awaitEvents(mercure, 1);
        mercure.settle();
        assertEquals(List.of("last", "x"), all.data());
        assertFalse(all.isEnded() || mercure.drain().isEnded());
        assertEquals(1, mercure.received.size(), "a client of Mercure sees an update like others");
    }

    @Test
    void aMercureClientThatAsksForItGetsTheEnd() throws Exception {
        HubClient client = scene.client("run/1").speaking(new MercureDialect(true)).connect();
        client.settle();
        String id = endOf("run/1", "last");
        assertToldTheEnd(client, "\"run/1\"", "finished", id);
    }

    @Test
    void aQuietStreamIsToldInAComment() throws Exception {
        HubClient client = scene.client("run/1").speaking(new QuietDialect(new PlainDialect())).connect();
        client.settle();
        endOf("run/1", "last");
        HubScene.awaitEnd(client);
        assertEquals(List.of("last"), client.received.stream().map(Dispatched::data).toList());
        assertTrue(client.comments.contains(" rivulet.end reason=finished"), client.comments.toString());
    }

    @Test
    void whoComesForAllOfItGetsAllThenTheEnd() throws Exception {
        for (int i = 0; i < 300; i++) {
            scene.publish("run/1", "piece " + i);
        }
        String id = endOf("run/1", "last");
        for (int i = 0; i < 2; i++) {
            HubClient client = new HubClient(scene.hub, 512, "run/1").connect(Since.parse("earliest", Instant.EPOCH));
            assertToldTheEnd(client, "\"run/1\"", "finished", id);
            assertEquals(301, client.data().size());
            restart();
        }
    }

    @Test
    void aStreamThatIsFarBehindGetsAllBeforeTheEnd() throws Exception {
        HubClient client = new HubClient(scene.hub, 256, "run/1").connect();
        HubScene.awaitHello(client, 1);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            expected.add(i + "x".repeat(2_000));
            scene.publish("run/1", expected.get(i));
        }
        expected.add("last");
        String id = endOf("run/1", "last");
        client.settle();
        assertFalse(client.isEnded());
        assertToldTheEnd(client, "\"run/1\"", "finished", id);
        assertEquals(expected, client.data());
    }

    @Test
    void aStreamThatConflatesOrHasARateGetsTheLastEventAndThenTheEnd() throws Exception {
        HubClient slow = new HubClient(scene.hub, 256, "run/1").conflating().connect();
        HubClient rated = scene.client("run/1").rate(20).connect();
        HubClient ofTopic = scene.client("run/1").topicRate(20).connect();
        for (HubClient client : List.of(slow, rated, ofTopic)) {
            HubScene.awaitHello(client, 1);
        }
        for (int i = 0; i < 60; i++) {
            scene.publish("run/1", "x".repeat(300) + i);
        }
        String id = endOf("run/1", "last");
        for (HubClient client : List.of(slow, rated, ofTopic)) {
            assertToldTheEnd(client, "\"run/1\"", "finished", id);
            assertEquals("last", client.data().get(client.data().size() - 1));
        }
    }

    @Test
    void whoHasAllOfItNeedNotComeAgain() throws Exception {
        String before = scene.publish("run/1", "a");
        assertFalse(isOver(null, Since.UNSAID, "run/1"));
        String id = endOf("run/1", "b");
        for (int i = 0; i < 2; i++) {
            assertTrue(isOver(null, Since.UNSAID, "run/1"), "a first connect for what comes");
            assertTrue(isOver(id, Since.UNSAID, "run/1"), "behind the end");
            assertFalse(isOver(before, Since.UNSAID, "run/1"), "before the end");
            assertFalse(isOver(null, Since.parse("earliest", Instant.EPOCH), "run/1"), "from the beginning");
            assertFalse(isOver(null, Since.parse("last", Instant.EPOCH), "run/1"), "the newest of each topic");
            assertFalse(isOver(null, Since.UNSAID, "run/1", "run/2"), "one is open");
            assertFalse(isOver(null, Since.UNSAID, "run/1", "*"), "all topics");
            assertFalse(isOver("urn:rivulet:AAAAAAAAAAAAAAAAAAAAAA", Since.UNSAID, "run/1"), "nobody knows the cursor");
            restart();
        }
        scene.publish("other", "later");
        HubClient client = scene.client("run/1").connectAfter(before);
        assertToldTheEnd(client, "\"run/1\"", "finished", id);
        assertEquals(List.of("b"), client.data());
    }

    @Test
    void whoseCursorNobodyKnowsIsToldThatAndTheEnd() throws Exception {
        String id = endOf("run/1", "b");
        HubClient client = scene.client("run/1").connectAfter("urn:rivulet:AAAAAAAAAAAAAAAAAAAAAA");
        assertToldTheEnd(client, "\"run/1\"", "finished", id);
        assertEquals("reset", client.told("resumed"));
    }

    @Test
    void thePrivateEndOfATopicIsNoneForOthers() throws Exception {
        HubClient stranger = scene.client("run/1").connect();
        HubClient friend = scene.client("run/1").as(HubScene.grant("ann", HubScene.topics("run/1"))).connect();
        HubScene.awaitHello(stranger, 1);
        HubScene.awaitHello(friend, 1);
        String id = scene.publish(end("run/1", "secret").asPrivate()).get(0);
        assertToldTheEnd(friend, "\"run/1\"", "finished", id);
        stranger.settle();
        assertFalse(stranger.drain().isEnded());
        assertFalse(isOver(null, Since.UNSAID, "run/1"));
        assertEquals(1, stranger.received.size(), "hello and nothing else");
    }

    @Test
    void tenThousandTopicsOfOneStreamEndOneAfterTheOther() throws Exception {
        int many = 10_000;
        String[] topics = IntStream.range(0, many).mapToObj(i -> "run/" + i).toArray(String[]::new);
        HubClient client = new HubClient(scene.hub, 8 << 20, topics).connect();
        HubScene.awaitHello(client, 1);
        String id = null;
        for (int from = 0; from < many; from += 500) {
            List<Event> batch = IntStream.range(from, from + 500).mapToObj(i -> end(topics[many - 1 - i], "")).toList();
            List<String> ids = scene.hub.publish(new Publication(batch, Grant.INTERNAL, null))
                .get(20, TimeUnit.SECONDS);
            id = ids.get(499);
        }
        HubScene.awaitEnd(client);
        assertEquals(id, client.hubEvents("rivulet.end").get(0).id());
        assertTrue(isOver(null, Since.UNSAID, topics));
    }

    // ---- publishers

    @Test
    void nothingIsPublishedBehindAnEndAndTheSameEndIsItsAnswerAgain() throws Exception {
        Publication end = new Publication(List.of(end("run/1", "last")), Grant.INTERNAL, "key");
        String id = scene.hub.publish(end).get(20, TimeUnit.SECONDS).get(0);
        for (int i = 0; i < 2; i++) {
            List<Event> events = List.of(Event.on("run/1").data("x").build(), end("run/1", "x"),
                Event.on("other").topic("run/1").build());
            for (int e = 0; e <= events.size(); e++) {
                Refused refused = e < events.size() ? refused(events.get(e)) : cancelRefused("run/1");
                assertEquals(Refused.Reason.ENDED, refused.reason());
                assertEquals(Map.of("topic", "run/1", "id", id, "reason", "finished"), refused.facts());
            }
            assertEquals(List.of(id), scene.hub.publish(end).get(20, TimeUnit.SECONDS));
            restart();
        }
        scene.publish("run/10", "another topic");
    }

    @Test
    void aBatchIsRefusedAsAWhole() throws Exception {
        endOf("run/1", "last");
        List<Event> batch = List.of(Event.on("run/2").data("x").build(), Event.on("run/1").data("x").build());
        ExecutionException refused = assertThrows(ExecutionException.class, () -> scene.hub
            .publish(new Publication(batch, Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS));
        assertEquals(Refused.Reason.ENDED, ((Refused) refused.getCause()).reason());
        assertEquals(1, scene.log.range().head());
        List<Event> behind = List.of(end("run/3", "x"), Event.on("run/3").data("x").build());
        assertEquals("event 2 is of the topic run/3, which event 1 of the same batch ends", assertThrows(Refused.class,
            () -> scene.hub.publish(new Publication(behind, Grant.INTERNAL, null))).getMessage());
    }

    @Test
    void whoPublishesAtTheSameMomentBehindTheEndIsToldItsId() throws Exception {
        log.hold = new CountDownLatch(1);
        CompletableFuture<List<String>> first = scene.hub.publish(Event.on("other").build());
        Await.until("the first append", () -> log.appends.get() == 1);
        CompletableFuture<List<String>> end = scene.hub.publish(end("run/1", "last"));
        CompletableFuture<List<String>> behind = scene.hub.publish(Event.on("run/1").data("late").build());
        CompletableFuture<List<String>> again = scene.hub.publish(end("run/1", "last"));
        log.hold.countDown();
        first.get(20, TimeUnit.SECONDS);
        String id = end.get(20, TimeUnit.SECONDS).get(0);
        for (CompletableFuture<List<String>> late : List.of(behind, again)) {
            Refused refused = (Refused) assertThrows(ExecutionException.class, () -> late.get(20, TimeUnit.SECONDS))
                .getCause();
            assertEquals(id, refused.facts().get("id"));
        }
        assertEquals(2, scene.log.range().head());
    }

    @Test
    void anEndThatTheDiskRefusesIsNone() throws Exception {
        log.full = true;
        assertEquals(Refused.Reason.STORE_FULL, refused(end("run/1", "last")).reason());
        log.full = false;
        scene.publish("run/1", "it goes on");
        endOf("run/1", "last");
    }

    @Test
    void whatFollowsARefusedEventOfTheSameProducerIsNoHole() throws Exception {
        endOf("run/1", "last");
        log.hold = new CountDownLatch(1);
        int before = log.appends.get();
        CompletableFuture<List<String>> first = scene.hub.publish(Event.on("other").build());
        Await.until("the disk holds it", () -> log.appends.get() > before);
        CompletableFuture<List<String>> refused = numbered("run/1", 0);
        CompletableFuture<List<String>> follows = numbered("run/2", 1);
        CompletableFuture<List<String>> other = scene.hub.publish(Event.on("run/3").build());
        log.hold.countDown();
        first.get(20, TimeUnit.SECONDS);
        assertEquals(Refused.Reason.ENDED, refused(refused).reason());
        assertEquals(Map.of("expectedSeq", 0L), refused(follows).facts());
        other.get(20, TimeUnit.SECONDS);
        numbered("run/2", 0).get(20, TimeUnit.SECONDS);
        numbered("run/2", 1).get(20, TimeUnit.SECONDS);
    }

    @Test
    void whatIsInMemoryOnlyDoesNotOvertakeWhatTheDiskRefused() throws Exception {
        log.hold = new CountDownLatch(1);
        CompletableFuture<List<String>> first = scene.hub.publish(Event.on("other").build());
        Await.until("the disk holds it", () -> log.appends.get() == 1);
        CompletableFuture<List<String>> refused = numbered("run/1", 0);
        CompletableFuture<List<String>> follows = numbered("tick/1", 1);
        log.full = true;
        log.hold.countDown();
        refused(first);
        assertEquals(Refused.Reason.STORE_FULL, refused(refused).reason());
        assertEquals(Map.of("expectedSeq", 0L), refused(follows).facts());
        log.full = false;
        numbered("run/1", 0).get(20, TimeUnit.SECONDS);
        numbered("tick/1", 1).get(20, TimeUnit.SECONDS);
    }

    private CompletableFuture<List<String>> numbered(String topic, long seq) {
        return scene.hub.publish(new Publication(List.of(Event.on(topic).build()), Grant.INTERNAL, null,
            new ProducerSeq("p", 1, seq, false)));
    }

    // ---- the wish for an end

    @Test
    void aCancelledTopicTakesOneMoreEventWithItsEnd() throws Exception {
        HubClient client = scene.client("run/1").connect();
        HubScene.awaitHello(client, 1);
        scene.publish("run/1", "a");
        String cancel = cancel("run/1");
        assertEquals(cancel, cancel("run/1"), "once");
        for (int i = 0; i < 2; i++) {
            Refused refused = refused(Event.on("run/1").data("b").build());
            assertEquals(Refused.Reason.ENDED, refused.reason());
            assertEquals(Map.of("topic", "run/1", "id", cancel, "cancelled", true), refused.facts());
            if (i == 0) {
                assertEquals(List.of("rivulet.hello", "message", "rivulet.cancel"),
                    client.settle().drain().received.stream().map(Dispatched::type).toList());
            }
            restart();
        }
        String id = endOf("run/1", "the last word");
        HubClient all = scene.client("run/1").connect(Since.parse("earliest", Instant.EPOCH));
        assertToldTheEnd(all, "\"run/1\"", "cancelled", id);
        assertEquals(List.of("a", "the last word"), all.data());
        assertEquals(Map.of("topic", "run/1", "id", id, "reason", "cancelled"), cancelRefused("run/1").facts());
    }

    @Test
    void aCancelIsAsPrivateAsTheTopic() throws Exception {
        HubClient stranger = scene.client("*").connect();
        HubScene.awaitHello(stranger, 1);
        for (String topic : List.of("run/1", "tick/1")) {
            scene.publish(Event.on(topic).data("secret").markPrivate(true).build());
            cancel(topic);
        }
        scene.publish("other", "x");
        HubScene.awaitEvents(stranger, 1);
        assertEquals(List.of("rivulet.hello", "message"), stranger.received.stream().map(Dispatched::type).toList());
    }

    @Test
    void aTopicMayBeCancelledBeforeItsFirstPiece() throws Exception {
        String cancel = cancel("run/1");
        assertEquals(cancel, refused(Event.on("run/1").data("a").build()).facts().get("id"));
        endOf("run/1", "");
    }

    @Test
    void aCancelAndAnEndAtTheSameMomentAreOneAfterTheOther() throws Exception {
        for (boolean cancelFirst : new boolean[] {true, false}) {
            String topic = "run/" + cancelFirst;
            log.appends.set(0);
            log.hold = new CountDownLatch(1);
            CompletableFuture<List<String>> first = scene.hub.publish(Event.on("other").build());
            Await.until("the first append", () -> log.appends.get() == 1);
            CompletableFuture<List<String>> end = cancelFirst ? null : scene.hub.publish(end(topic, "x"));
            CompletableFuture<String> cancel = queued(topic);
            CompletableFuture<String> again = queued(topic);
            end = end != null ? end : scene.hub.publish(end(topic, "x"));
            log.hold.countDown();
            first.get(20, TimeUnit.SECONDS);
            String id = end.get(20, TimeUnit.SECONDS).get(0);
            Map<String, Object> ended = Map.of("topic", topic, "id", id, "reason",
                cancelFirst ? "cancelled" : "finished");
            assertEquals(ended, refused(Event.on(topic).build()).facts());
            if (cancelFirst) {
                assertEquals(cancel.get(20, TimeUnit.SECONDS), again.get(20, TimeUnit.SECONDS));
            } else {
                assertEquals(ended, refused(cancel).facts());
                assertEquals(ended, refused(again).facts());
            }
        }
    }

    // ---- transient topics

    @Test
    void aTransientTopicEndsInMemoryUntilTheHubStartsAgain() throws Exception {
        HubClient client = scene.client("tick/1").connect();
        HubScene.awaitHello(client, 1);
        scene.publish("tick/1", "a");
        String id = endOf("tick/1", "b");
        assertToldTheEnd(client, "\"tick/1\"", "finished", id);
        assertEquals(id, refused(Event.on("tick/1").build()).facts().get("id"));
        assertTrue(isOver(id, Since.UNSAID, "tick/1") && isOver(null, Since.UNSAID, "tick/1"));
        assertEquals(0, scene.log.range().head());
        restart();
        scene.publish("tick/1", "as if it had never been");
    }

    @Test
    void theEndsOfTransientTopicsHaveABound() throws Exception {
        int many = 10_500;
        for (int from = 0; from < many; from += 500) {
            int first = from;
            scene.hub.publish(new Publication(IntStream.range(first, first + 500)
                .mapToObj(i -> end("tick/" + i, "")).toList(), Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
        }
        scene.publish("tick/0", "forgotten");
        assertEquals(Refused.Reason.ENDED, refused(Event.on("tick/10499").build()).reason());
    }

    @Test
    void aTopicThatNeverEndsIsNotAskedFor() throws Exception {
        assertFalse(scene.log.hasMarks() || scene.log.mayBeMarked("run/1"));
        endOf("run/1", "x");
        assertTrue(scene.log.mayBeMarked("run/1"));
        int perhaps = 0;
        for (int i = 2; i < 10_000; i++) {
            perhaps += scene.log.mayBeMarked("run/" + i) ? 1 : 0;
        }
        assertEquals(0, perhaps);
    }
}
