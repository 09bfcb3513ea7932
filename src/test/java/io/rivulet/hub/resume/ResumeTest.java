package io.rivulet.hub.resume;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.hub.HeldReaders;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a stream begins: cursors and {@code since}, and what hello says of them. */
class ResumeTest {

    private static final String MEMORY = "transient.topics";

    @TempDir
    Path folder;

    @Test
    void aFirstConnectIsLiveFromTheHead() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            scene.publish("news", "before");
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            scene.publish("news", "after");
            awaitEvents(client, 1);
            assertEquals("live", hello(client, 0).get("resumed").getAsString());
            assertEquals(List.of("after"), client.data());
        }
    }

    /**
     * T1 (a client) has the head of its response and publishes; T2 (a reader) comes to look up where the stream begins
     * only then. Whatever the client had asked for, it gets what came after it had asked.
     */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"latest", "last", "last=1", "last=2", "in an hour", "-0s", "unknown", "unknown, last=1"})
    void whatIsPublishedBeforeTheStartWasLookedUpIsNotSkipped(String wish) throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            scene.publish("news", "before");
            HubClient client = scene.client("news");
            String since = wish.replaceFirst("unknown(, )?", "");
            client.after(wish.startsWith("unknown") ? "no id of any event" : "");
            try (HeldReaders held = new HeldReaders(scene, "news")) {
                client.connect(since.equals("in an hour") ? new Since(Since.Kind.INSTANT, 0,
                    Instant.now().plusSeconds(3_600)) : Since.parse(since, Instant.now()));
                scene.publish("news", "1");
                scene.publish("news", "2");
                scene.publish("other", "3");
                held.letGo();
            }
            scene.publish("news", "4");
            Await.until("the last event", () -> client.drain().data().contains("4"));
            List<String> got = client.data();
            assertEquals(List.of("1", "2", "4"), got.subList(got.contains("before") ? 1 : 0, got.size()));
        }
    }

    @Test
    void aStreamCutBeforeItsFirstEventLosesNothing() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            client.cut();
            scene.publish("news", "while away");
            awaitEvents(client.connect(), 1);
            assertEquals(List.of("while away"), client.data());
            assertEquals("exact", hello(client, 1).get("resumed").getAsString());
        }
    }

    @Test
    void aResumeIsExactAlsoAfterTheStoreWasOpenedAnew() throws Exception {
        String id;
        try (HubScene scene = new HubScene(folder)) {
            id = scene.publish("news", "one");
            scene.publish("news", "two");
        }
        try (HubScene scene = new HubScene(folder)) {
            scene.publish("news", "three");
            HubClient client = awaitEvents(scene.client("news").connectAfter(id), 2);
            assertEquals(List.of("two", "three"), client.data());
            assertEquals("exact", hello(client, 0).get("resumed").getAsString());
        }
    }

    @Test
    void theLastTickOfATransientTopicIsAnExactCursorForDurableOnes() throws Exception {
        String tick;
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            scene.publish("news", "old");
            scene.publish("clock", "1");
            tick = scene.publish("clock", "2");
        }
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            scene.publish("news", "a");
            scene.publish("news", "b");
            HubClient client = awaitEvents(scene.client("clock", "news").connectAfter(tick), 2);
            assertEquals(List.of("a", "b"), client.data());
            JsonObject hello = hello(client, 0);
            assertEquals("exact", hello.get("resumed").getAsString());
            assertEquals("lost", hello.get("transient").getAsString());
        }
    }

    @Test
    void transientEventsAreResumedWhileTheyAreInMemory() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            String first = scene.publish("clock", "1");
            scene.publish("news", "n");
            scene.publish("clock", "2");
            HubClient client = awaitEvents(scene.client("clock").connectAfter(first), 1);
            assertEquals(List.of("2"), client.data());
            assertFalse(hello(client, 0).has("transient"));
        }
    }

    @Test
    void aCursorOfAnotherStoreIsAResetWhichHappensOnce() throws Exception {
        String foreign;
        try (HubScene other = new HubScene(folder.resolve("other"))) {
            foreign = other.publish("news", "elsewhere");
        }
        try (HubScene scene = new HubScene(folder.resolve("this"))) {
            scene.publish("news", "old");
            HubClient client = awaitHello(scene.client("news").connectAfter(foreign), 1);
            assertEquals("reset", hello(client, 0).get("resumed").getAsString());
            assertTrue(hello(client, 0).get("missed").isJsonNull());
            client.cut();
            scene.publish("news", "new");
            awaitEvents(client.connect(), 1);
            assertEquals("exact", hello(client, 1).get("resumed").getAsString());
            assertEquals(List.of("new"), client.data());
        }
    }

    @Test
    void unknownForgedAndMalformedCursorsAreResets() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            String real = scene.publish("news", "x");
            for (String cursor : List.of("nobody's id", "urn:rivulet:AAAAAAAAAAAAAAAAAAAAAAAAAA", "urn:rivulet:short",
                real.substring(0, 37) + (real.charAt(37) == 'E' ? 'I' : 'E'), "\u00e9\u4e2d")) {
                HubClient client = awaitHello(scene.client("news").connectAfter(cursor), 1);
                assertEquals("reset", hello(client, 0).get("resumed").getAsString(), cursor);
            }
        }
    }

    @Test
    void aPublishersOwnIdIsACursor() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            scene.publish(Event.on("news").data("1").id("mine-1").build());
            scene.publish(Event.on("news").data("2").id("mine-2").build());
            HubClient client = awaitEvents(scene.client("news").connectAfter("mine-1"), 1);
            assertEquals(List.of("2"), client.data());
            assertEquals("mine-2", client.events().get(0).id());
        }
    }

    /** At Mercure's path ids may repeat; a client of the hub's own resumes exactly all the same. */
    @Test
    void ofEventsWithOneIdTheFirstIsToldByItAndTheOthersByTheirPlace() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            HubClient client = awaitHello(scene.client("news", "clock").connect(), 1);
            HubClient mercure = scene.mercure("news", "clock").connect();
            for (String[] one : new String[][] {{"news", "CREATE"}, {"news", "UPDATE"}, {"news", "CREATE"},
                {"clock", "UPDATE"}, {"clock", "TICK"}, {"clock", "TICK"}, {"news", "DELETE"}}) {
                assertEquals(List.of(one[1]), scene.publish(Event.on(one[0]).data(one[1]).id(one[1]).build()));
            }
            List<String> ids = awaitEvents(client, 7).events().stream().map(Dispatched::id).toList();
            List<String> shown = ids.stream().map(id -> id.startsWith("urn:rivulet:") ? "place" : id).toList();
            assertEquals(List.of("CREATE", "UPDATE", "place", "place", "TICK", "place", "DELETE"), shown);
            assertEquals(List.of("CREATE", "UPDATE", "CREATE", "UPDATE", "TICK", "TICK", "DELETE"),
                awaitEvents(mercure, 7).events().stream().map(Dispatched::id).toList());
            for (int i = 0; i < 7; i++) {
                HubClient again = scene.client("news", "clock").after(ids.get(i)).connect();
                awaitEvents(awaitHello(again, 1), 6 - i);
                assertEquals("exact", again.told("resumed"), ids.get(i));
                assertEquals(ids.subList(i + 1, 7), again.events().stream().map(Dispatched::id).toList());
            }
            assertEquals("CREATE", scene.mercure("news").after("CREATE").connectPlaced(), "REC-07: the earliest");
            List<History.Item> history = scene.hub.history(TopicSelection.ofTopics(List.of("news")), Grant.ANONYMOUS,
                Since.EARLIEST, null, 10).get().events();
            assertEquals(List.of(ids.get(0), ids.get(1), ids.get(2), ids.get(6)),
                history.stream().map(History.Item::id).toList());
        }
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            scene.publish(Event.on("news").data("again").id("UPDATE").build());
            HubClient client = awaitEvents(scene.client("news").after("CREATE").connect(), 4);
            assertEquals(List.of("UPDATE", "CREATE", "DELETE", "again"), client.data());
            assertEquals(2, client.events().stream().filter(e -> e.id().startsWith("urn:rivulet:")).count());
        }
    }

    @Test
    void anIdThatOnlyLaterEventsHaveNowIsNoPlaceToGoOnFrom() throws Exception {
        try (HubScene scene = trimming()) {
            scene.publish(Event.on("news").data("first").id("SAME").build());
            scene.publish(Event.on("news").data("between").build());
            Event large = Event.on("news").data("x".repeat(20_000)).id("SAME").build();
            while (scene.log.range().first() < 3) {
                scene.publish(large);
            }
            HubClient client = scene.client("news").after("SAME").connect();
            awaitHello(client, 1);
            assertEquals("partial", client.told("resumed"));
            HubClient mercure = scene.mercure("news").after("SAME");
            assertEquals("SAME", mercure.connectPlaced(), "REC-07: the earliest that is kept");
        }
    }

    /** Else whoever may publish could find out which ids private events have. */
    @Test
    void aPublicEventsIdIsComparedWithPublicOnesOnly() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            HubClient all = awaitHello(scene.client("*").as(HubScene.grant("a", GrantedTopics.ALL)).connect(), 1);
            for (String topic : List.of("news", "clock")) {
                scene.publish(Event.on(topic).id(topic).markPrivate(true).build());
                scene.publish(Event.on(topic).id(topic).build());
                scene.publish(Event.on(topic).id(topic).markPrivate(true).build());
            }
            List<String> ids = awaitEvents(all, 6).events().stream().map(Dispatched::id)
                .map(id -> id.startsWith("urn:rivulet:") ? "place" : id).toList();
            assertEquals(List.of("news", "news", "place", "clock", "clock", "place"), ids);
        }
    }

    @Test
    void inABatchIdsRepeatToo() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            List<Event> batch = List.of(Event.on("news").id("a").build(), Event.on("news").id("b").build(),
                Event.on("news").id("a").build());
            scene.hub.publish(new Publication(batch, Grant.DEV, null)).get(20, TimeUnit.SECONDS);
            List<String> ids = awaitEvents(client, 3).events().stream().map(Dispatched::id).toList();
            assertEquals(List.of("a", "b"), ids.subList(0, 2));
            assertTrue(ids.get(2).startsWith("urn:rivulet:"), ids.get(2));
        }
    }

    @Test
    void aPublishersIdFromBeforeARestartSaysThatTransientEventsAreGone() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            scene.publish(Event.on("news").data("1").id("mine-1").build());
            scene.publish("clock", "tick");
        }
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            scene.publish(Event.on("news").data("2").id("mine-2").build());
            HubClient both = awaitEvents(scene.client("news", "clock").connectAfter("mine-1"), 1);
            assertEquals("exact lost", both.told("resumed") + " " + both.told("transient"));
            HubClient durable = awaitEvents(scene.client("news").connectAfter("mine-1"), 1);
            assertFalse(durable.hubEvents("rivulet.hello").get(0).data().contains("transient"),
                "none of its topics is transient");
            HubClient fresh = awaitHello(scene.client("news", "clock").connectAfter("mine-2"), 1);
            assertFalse(fresh.hubEvents("rivulet.hello").get(0).data().contains("transient"),
                "that one is of this run");
            assertEquals("earliest", scene.mercure("news", "clock").after("mine-1").connectPlaced(), "REC-06");
            assertEquals("mine-1", scene.mercure("news").after("mine-1").connectPlaced());
            assertEquals("mine-2", scene.mercure("news", "clock").after("mine-2").connectPlaced());
        }
    }

    @Test
    void sinceChoosesWhereAFirstConnectBegins() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            for (int i = 1; i <= 5; i++) {
                scene.publish("a", "a" + i);
                scene.publish("b", "b" + i);
            }
            scene.publish("clock", "tick");
            assertSince(scene, "earliest", List.of("a"), "a1", "a2", "a3", "a4", "a5");
            assertSince(scene, "last=2", List.of("a"), "a4", "a5");
            assertSince(scene, "last=3", List.of("a", "b"), "b4", "a5", "b5");
            assertSince(scene, "last=3", List.of("a", "b", "clock"), "a5", "b5", "tick");
            assertSince(scene, "last=99", List.of("b"), "b1", "b2", "b3", "b4", "b5");
            assertSince(scene, "last", List.of("a", "b", "clock"), "a5", "b5", "tick");
            assertSince(scene, "last", List.of("*"), "a5", "b5", "tick");
            assertSince(scene, "-10m", List.of("b"), "b1", "b2", "b3", "b4", "b5");
            assertSince(scene, "2020-01-01T00:00:00Z", List.of("b"), "b1", "b2", "b3", "b4", "b5");
            assertSince(scene, "2999-01-01T00:00:00Z", List.of("b"));
            assertSince(scene, "latest", List.of("b"));
        }
    }

    @Test
    void whatComesAfterSinceLastFollowsLive() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            scene.publish("a", "1");
            scene.publish("a", "2");
            HubClient client = awaitEvents(scene.client("a").connect(Since.LAST), 1);
            scene.publish("a", "3");
            awaitEvents(client, 2);
            assertEquals(List.of("2", "3"), client.data());
        }
    }

    @Test
    void aTrimmedCursorIsPartialAndGoesOnFromTheOldest() throws Exception {
        try (HubScene scene = trimming()) {
            String old = scene.publish("news", "old");
            List<String> published = fill(scene, "news");
            HubClient client = awaitHello(scene.client("news").connectAfter(old), 1);
            assertEquals("partial", hello(client, 0).get("resumed").getAsString());
            published.add(scene.publish("news", "end"));
            Await.until("the end", () -> client.drain().data().contains("end"));
            List<String> got = client.events().stream().map(Dispatched::id).toList();
            assertEquals(published.subList(published.size() - got.size(), published.size()), got);
        }
    }

    /** All that is kept is newer than an event that retention took: the client has got none of it. */
    @Test
    void aPublishersIdWhoseEventIsTrimmedIsPartialFromTheOldestOrFromWhereSinceSays() throws Exception {
        try (HubScene scene = trimming()) {
            scene.publish(Event.on("news").data("old").id("mine").build());
            fill(scene, "news");
            scene.publish("other", "last of other");
            String last = scene.publish("news", "last of news");
            HubClient all = scene.client("news", "other").after("mine").connect(Since.UNSAID);
            Await.until("the end", () -> all.drain().data().contains("last of news"));
            assertEquals("partial", all.told("resumed"));
            assertTrue(hello(all, 0).get("missed").isJsonNull());
            assertTrue(all.events().size() > scene.log.range().head() - scene.log.range().first(), "all that is kept");

            HubClient conflating = scene.client("news").conflating().after("mine").connect(Since.UNSAID);
            Await.until("the newest", () -> conflating.drain().data().contains("last of news"));
            assertEquals("partial", conflating.told("resumed"));

            HubClient newest = awaitEvents(scene.client("news", "other").after("mine").connect(Since.LAST), 2);
            assertEquals(List.of("last of other", "last of news"), newest.data());
            assertEquals("partial", newest.told("resumed"));
            assertEquals(last, newest.events().get(1).id());

            HubClient fromNow = awaitHello(scene.client("news").after("mine").connect(Since.LATEST), 1);
            assertEquals("reset", fromNow.told("resumed"));
            HubClient mercure = scene.mercure("news").after("mine");
            assertEquals("earliest", mercure.connectPlaced());
            scene.publish("news", "new");
            assertEquals(List.of("new"), awaitEvents(fromNow, 1).data());
            assertEquals(List.of("new"), awaitEvents(mercure, 1).data(), "REC-09: no replay");
        }
    }

    @Test
    void aResetBeginsWhereSinceSays() throws Exception {
        String foreign;
        try (HubScene other = new HubScene(folder.resolve("other"))) {
            foreign = other.publish("news", "elsewhere");
        }
        try (HubScene scene = new HubScene(folder.resolve("this"))) {
            scene.publish("news", "1");
            scene.publish("news", "2");
            for (String cursor : List.of(foreign, "urn:rivulet:short")) {
                HubClient newest = awaitEvents(scene.client("news").after(cursor).connect(Since.LAST), 1);
                assertEquals(List.of("2"), newest.data());
                assertEquals("reset", newest.told("resumed"));
                HubClient all = awaitEvents(scene.client("news").after(cursor).connect(Since.EARLIEST), 2);
                assertEquals(List.of("1", "2"), all.data());
                assertEquals("reset", all.told("resumed"));
            }
        }
    }

    @Test
    void anIdThatWasNeverOneHereIsAResetWhereNothingWasLost() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            scene.publish("news", "kept");
            HubClient client = awaitHello(scene.client("news", "clock").after("undefined").connect(Since.UNSAID), 1);
            assertEquals("reset", client.told("resumed"));
            scene.publish("news", "new");
            assertEquals(List.of("new"), awaitEvents(client, 1).data());
        }
    }

    @Test
    void aPublishersIdOfAnEventThatWasOnlyInMemoryIsPartialAfterARestart() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            scene.publish(Event.on("clock").data("tick").id("tick-1").build());
        }
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            scene.publish("clock", "tick");
            HubClient client = awaitEvents(scene.client("clock").after("tick-1").connect(Since.UNSAID), 1);
            assertEquals("partial lost", client.told("resumed") + " " + client.told("transient"));
            assertEquals(List.of("tick"), client.data());
        }
    }

    @Test
    void aQuietTopicsCursorStaysExactWhenOtherTopicsAreTrimmed() throws Exception {
        try (HubScene scene = trimming()) {
            String quiet = scene.publish("quiet", "old");
            fill(scene, "noisy");
            HubClient client = awaitHello(scene.client("quiet").connectAfter(quiet), 1);
            scene.publish("quiet", "new");
            awaitEvents(client, 1);
            assertEquals("exact", hello(client, 0).get("resumed").getAsString());
            assertEquals(List.of("new"), client.data());
            assertEquals(List.of(), client.hubEvents("rivulet.gap"));
        }
    }

    @Test
    void aSilentStreamGetsAFreshCursorBeforeItsOldOneIsTrimmed() throws Exception {
        try (HubScene scene = trimming()) {
            HubClient client = awaitHello(scene.client("quiet").connect(), 1);
            fill(scene, "noisy");
            Await.until("a fresh cursor", () -> !client.drain().hubEvents("rivulet.cursor").isEmpty());
            String before = client.hubEvents("rivulet.hello").get(0).id();
            assertFalse(client.hubEvents("rivulet.cursor").get(0).id().equals(before));
        }
    }

    private HubScene trimming() throws Exception {
        return new HubScene(folder, "log.retain.bytes", "1m", "log.sync", "never", "ring.bytes", "65536");
    }

    /** Publishes until the first events are gone; returns the ids. */
    private static List<String> fill(HubScene scene, String topic) throws Exception {
        Event event = Event.on(topic).data("x".repeat(20_000)).build();
        List<String> ids = new ArrayList<>();
        while (scene.log.range().first() < 20) {
            ids.addAll(scene.publish(event));
            assertTrue(ids.size() < 5_000, "retention deletes nothing");
        }
        Await.until("retention to have done all it has to", // else it overtakes whoever reads now
            () -> scene.log.range().head() - scene.log.range().first() < (1 << 20) / 20_000);
        return ids;
    }

    private static void assertSince(HubScene scene, String since, List<String> topics, String... expected) {
        HubClient client = scene.client(topics.toArray(String[]::new));
        awaitHello(client.connect(Since.parse(since, Instant.now())), 1);
        awaitEvents(client, expected.length);
        assertEquals(List.of(expected), client.data(), "since " + since);
        client.cut();
    }

    private static JsonObject hello(HubClient client, int n) {
        Dispatched hello = client.hubEvents("rivulet.hello").get(n);
        assertTrue(hello.id().startsWith("urn:rivulet:"), "hello has a cursor");
        return JsonParser.parseString(hello.data()).getAsJsonObject();
    }
}
