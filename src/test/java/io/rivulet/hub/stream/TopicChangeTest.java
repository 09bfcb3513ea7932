package io.rivulet.hub.stream;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static io.rivulet.hub.HubScene.grant;
import static io.rivulet.hub.HubScene.topics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.hub.FailingLog;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Since;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topics of an open stream change: from which event on, for whom, within which bounds, and until when. */
class TopicChangeTest {

    private static final List<String> NONE = List.of();
    private static final String SESSION = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();

    @Test
    void anAddedTopicComesFromThenOnAndARemovedOneNoMore() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("a").connect(), 1);
            scene.publish("b", "before");
            String last = scene.publish("a", "one");
            awaitEvents(client, 1);
            assertEquals(List.of("a", "b"), texts(client.change(List.of("b"), NONE)));
            scene.publish("b", "two");
            awaitEvents(client, 2);
            client.change(NONE, List.of("a"));
            scene.publish("a", "nobody's");
            scene.publish("b", "three");
            assertEquals(List.of("one", "two", "three"), awaitEvents(client, 3).data());
            List<Dispatched> told = client.hubEvents("rivulet.topics");
            assertEquals(List.of("{\"topics\":[\"a\",\"b\"]}", "{\"topics\":[\"b\"]}"),
                told.stream().map(Dispatched::data).toList());
            assertEquals(last, told.get(0).id(), "the place from which on it counts");
        }
    }

    /** Behind the place that it tells: a client that is cut right there goes on without a gap. */
    @Test
    void fromTheIdOfTheAnswerOnNothingIsMissing() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("a").connect(), 1);
            scene.publish("b", "before");
            scene.publish("a", "marker");
            awaitEvents(client, 1); // its shard has passed over the first
            client.change(List.of("b"), NONE);
            Await.until("it is told", () -> client.drain().hubEvents("rivulet.topics").size() == 1);
            scene.publish("b", "after");
            HubClient again = scene.client("a", "b").connectAfter(client.hubEvents("rivulet.topics").get(0).id());
            assertEquals(List.of("after"), awaitEvents(again, 1).data());
            assertEquals("exact", again.told("resumed"));
        }
    }

    /** What waits for a slow client was matched with the old topics. */
    @Test
    void whatWaitsInTheBacklogIsExaminedAgain() throws Exception {
        try (HubScene scene = scene()) {
            HubClient slow = new HubClient(scene.hub, 1, "a", "b").connect();
            awaitHello(slow, 1);
            scene.publish("a", "fills the window");
            scene.publish("b", "removed");
            scene.publish("c", "added");
            scene.publish("a", "kept");
            slow.change(List.of("c"), List.of("b"));
            scene.publish("c", "added, live");
            assertEquals(List.of("fills the window", "added", "kept", "added, live"), awaitEvents(slow, 4).data());
        }
    }

    /** In mid-replay: what is being read of the log was asked for with the old topics. */
    @Test
    void whatIsBeingReadOfTheLogIsReadAgain() throws Exception {
        try (HubScene before = scene()) {
            before.publish("a", "kept");
            before.publish("b", "removed");
            before.publish("c", "added");
        }
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, clock, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        })) {
            disk.get().holdReads = new CountDownLatch(1);
            HubClient client = scene.client("a", "b").connect(Since.EARLIEST);
            awaitHello(client, 1);
            Await.until("a read", () -> disk.get().reads.get() > 0);
            client.change(List.of("c"), List.of("b"));
            disk.get().holdReads.countDown();
            assertEquals(List.of("kept", "added"), awaitEvents(client, 2).data());
            assertEquals("rivulet.topics", client.received.get(1).type(), "it is told before the first event");
        }
    }

    @Test
    void aStreamThatConflatesGetsTheNewestOfWhatWasAdded() throws Exception {
        try (HubScene scene = scene()) {
            HubClient slow = new HubClient(scene.hub, 1, "a").conflating().connect();
            awaitHello(slow, 1);
            scene.publish("a", "fills the window");
            scene.publish("a", "old");
            scene.publish("b", "old");
            slow.change(List.of("b"), NONE);
            scene.publish("b", "b new");
            scene.publish("a", "a new");
            assertEquals(List.of("fills the window", "b new", "a new"), awaitEvents(slow, 3).data());
        }
    }

    /** Each of the two is a write of its own, and the first one fills the window. */
    @Test
    void aStreamThatIsBeingFilledGetsTheNewestOfWhatWasAddedFromThereOn() throws Exception {
        try (HubScene scene = scene()) {
            String large = "x".repeat(9_000);
            scene.publish("a/1", large);
            scene.publish("b", "old");
            scene.publish("b", "new");
            scene.publish("a/2", large);
            HubClient slow = new HubClient(scene.hub, 1, "a/1", "a/2").connect(Since.parse("last", clock.instant()));
            Await.until("its hello", () -> {
                slow.read(1);
                return !slow.hubEvents("rivulet.hello").isEmpty();
            });
            slow.change(List.of("b"), NONE);
            assertEquals(List.of(large, "new", large), awaitEvents(slow, 3).data());
        }
    }

    /** T1 and T2 are two tabs; neither knows of the other. */
    @Test
    void twoWishesAtOnceBothCount() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("a").connect(), 1);
            var one = scene.hub.connections().change(client.connection(), client.told("secret"), Grant.ANONYMOUS,
                HubClient.wish(List.of("b"), NONE));
            var two = scene.hub.connections().change(client.connection(), client.told("secret"), Grant.ANONYMOUS,
                HubClient.wish(List.of("c"), NONE));
            one.get(20, TimeUnit.SECONDS);
            assertEquals(List.of("a", "b", "c"), texts(two.get(20, TimeUnit.SECONDS)));
        }
    }

    @Test
    void aStreamThatNobodyReadsHoldsOneNoteOfAThousandChanges() throws Exception {
        try (HubScene scene = scene()) {
            HubClient stuck = new HubClient(scene.hub, 1, "a").connect();
            awaitHello(stuck, 1);
            scene.publish("a", "fills the window");
            Await.until("it is full", () -> stuck.unread() > 0);
            for (int i = 0; i < 1_000; i++) {
                stuck.change(List.of("t" + i), i == 0 ? NONE : List.of("t" + (i - 1)));
            }
            scene.publish("t999", "live");
            assertEquals(List.of("fills the window", "live"), awaitEvents(stuck, 2).data());
            assertEquals(List.of("{\"topics\":[\"a\",\"t999\"]}"),
                stuck.hubEvents("rivulet.topics").stream().map(Dispatched::data).toList());
        }
    }

    /** Of what a stalled client takes back before it is told, nothing is missing: all its changes are at one place. */
    @Test
    void whatIsRemovedAndAddedAgainBeforeItIsToldWasNeverGone() throws Exception {
        try (HubScene scene = scene()) {
            HubClient stuck = new HubClient(scene.hub, 1, "a", "b").connect();
            awaitHello(stuck, 1);
            scene.publish("a", "fills the window");
            Await.until("it is full", () -> stuck.unread() > 0);
            stuck.change(NONE, List.of("b"));
            scene.publish("b", "meanwhile");
            stuck.settle();
            stuck.change(List.of("b"), NONE);
            scene.publish("b", "after");
            assertEquals(List.of("fills the window", "meanwhile", "after"), awaitEvents(stuck, 3).data());
        }
    }

    /** The rights are those of the stream: to ask for a topic grants nothing of it. */
    @Test
    void privateEventsOfAnAddedTopicNeedItsRight() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("a").as(grant("reader", topics("granted"))).connect(), 1);
            client.change(List.of("granted", "secret"), NONE);
            scene.publish(Event.on("secret").data("no").markPrivate(true).build());
            scene.publish(Event.on("granted").data("yes").markPrivate(true).build());
            assertEquals(List.of("yes"), awaitEvents(client, 1).data());
        }
    }

    @Test
    void onlyTheOwnerAsTheSameSubjectChangesAnything() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("a").as(grant("ann", GrantedTopics.ALL)).connect(), 1);
            HubClient other = awaitHello(scene.client("a").as(grant("ann", GrantedTopics.ALL)).connect(), 1);
            assertEquals(Reason.NOT_FOUND, refusal(scene, client, other.told("secret"), grant("ann", topics("a"))));
            assertEquals(Reason.FORBIDDEN,
                refusal(scene, client, client.told("secret"), grant("bob", GrantedTopics.ALL)));
            assertEquals(Reason.FORBIDDEN, refusal(scene, client, client.told("secret"), Grant.ANONYMOUS));
            client.cut();
            Await.until("it has left", () -> scene.caps.total() == 1);
            assertEquals(Reason.NOT_FOUND,
                refusal(scene, client, client.told("secret"), grant("ann", GrantedTopics.ALL)));
        }
    }

    /** Patterns that weigh much, on a stream that was let in for a name. */
    @Test
    void whatIsAddedCountsAndWhereThereIsNoRoomTheStreamStaysAsItIs() throws Exception {
        try (HubScene scene = new HubScene(folder, clock, "patterns.max", "20000")) {
            HubClient client = awaitHello(scene.client("a").connect(), 1);
            scene.caps.totalMax(4, 16);
            List<TopicMatcher> heavy = new ArrayList<>(IntStream.range(0, 12)
                .mapToObj(i -> scene.hub.topics().selector(i + "/{a:1000}")).toList());
            heavy.add(0, new TopicMatcher.Exact("a"));
            TopicSelection wanted = TopicSelection.of(heavy);
            assertEquals(Reason.OVERLOADED, refusal(scene, client, wanted));
            scene.publish("a", "still there");
            assertEquals(List.of("still there"), awaitEvents(client, 1).data());
            scene.caps.totalMax(400, 16);
            scene.hub.connections().change(client.connection(), client.told("secret"), Grant.ANONYMOUS,
                now -> wanted).get(20, TimeUnit.SECONDS);
            client.cut();
            Await.until("it has left", () -> scene.caps.total() == 0);
            assertEquals(0, scene.caps.kib());
        }
    }

    @Test
    void theListOfStreamsAndTheFeedsSeeTheNewTopics() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("a").connect(), 1);
            client.change(List.of("b"), List.of("a"));
            Connection shown = scene.hub.connections().find(client.connection()).orElseThrow();
            assertEquals(List.of("b"), shown.topics());
            assertTrue(scene.hub.isHeard("b") && !scene.hub.isHeard("a"));
            client.cut();
            Await.until("it has left", () -> !scene.hub.isHeard("b"));
        }
    }

    /** For the list the stream comes anew, under another name: who watches it agrees with who reads it. */
    @Test
    void theListOfActiveSubscriptionsHasTheNewTopicsAlone() throws Exception {
        try (HubScene scene = new HubScene(folder, clock, "presence", "true")) {
            HubClient watcher = scene.mercure("*").as(grant("w", GrantedTopics.ALL)).connect().settle();
            HubClient client = awaitHello(scene.client("a", "b").connect(), 1);
            client.change(List.of("c"), List.of("a"));
            Await.until("both ends and both beginnings", () -> watcher.drain().events().size() >= 7);
            assertEquals(List.of("b", "c"), scene.hub.presence().list(one -> !one.text().equals("*"))
                .stream().map(one -> one.text()).sorted().toList());
        }
    }

    @Test
    void aSessionFindsItsTopicsAgainAfterACutForFiveMinutes() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("a").session(SESSION).connect(), 1);
            client.change(List.of("b"), List.of("a"));
            client.cut();
            awaitHello(client.connect(), 2);
            assertEquals("[\"b\"]", toldTopics(client));
            client.cut();
            Await.until("it has left", () -> scene.caps.total() == 0);
            clock.advanceMs(299_000);
            awaitHello(client.connect(), 3);
            assertEquals("[\"b\"]", toldTopics(client));
            client.cut();
            Await.until("it has left", () -> scene.caps.total() == 0);
            clock.advanceMs(300_000);
            awaitHello(client.connect(), 4);
            assertEquals("[\"a\"]", toldTopics(client));
        }
    }

    @Test
    void aSessionIsNobodyElsesAndOfOneQuestionAlone() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = scene.client("a").as(grant("ann", topics("a"))).session(SESSION).connect();
            awaitHello(client, 1);
            client.change(List.of("b"), NONE);
            assertEquals("[\"a\"]", toldTopics(awaitHello(scene.client("a").session(SESSION).connect(), 1)));
            assertEquals("[\"c\"]", toldTopics(awaitHello(
                scene.client("c").as(grant("ann", topics("a"))).session(SESSION).connect(), 1)));
            assertEquals("[\"a\",\"b\"]", toldTopics(awaitHello(
                scene.client("a").as(grant("ann", topics("a"))).session(SESSION).connect(), 1)));
        }
    }

    private static String toldTopics(HubClient client) {
        List<Dispatched> hellos = client.hubEvents("rivulet.hello");
        return JsonParser.parseString(hellos.get(hellos.size() - 1).data()).getAsJsonObject().get("topics").toString();
    }

    private static List<String> texts(TopicSelection topics) {
        return topics.matchers().stream().map(TopicMatcher::text).toList();
    }

    private static Reason refusal(HubScene scene, HubClient client, String secret, Grant caller) {
        return refused(() -> scene.hub.connections().change(client.connection(), secret, caller,
            HubClient.wish(List.of("b"), NONE)).get(20, TimeUnit.SECONDS));
    }

    private static Reason refusal(HubScene scene, HubClient client, TopicSelection wanted) {
        return refused(() -> scene.hub.connections().change(client.connection(), client.told("secret"),
            Grant.ANONYMOUS, now -> wanted).get(20, TimeUnit.SECONDS));
    }

    private static Reason refused(org.junit.jupiter.api.function.Executable change) {
        return ((Refused) assertThrows(ExecutionException.class, change).getCause()).reason();
    }

    private HubScene scene() throws Exception {
        return new HubScene(folder, clock);
    }
}
