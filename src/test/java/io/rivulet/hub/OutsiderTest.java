package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static io.rivulet.hub.HubScene.grant;
import static io.rivulet.hub.HubScene.topics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where streams begin and what history shows: the same for an outsider with and without private traffic. */
class OutsiderTest {

    private static final String MEMORY = "transient.topics";

    @TempDir
    Path folder;

    private int ends;

    private HubScene scene(String name) throws Exception {
        return new HubScene(folder.resolve(name), MEMORY, "clock,members", "ring.bytes", "131072");
    }

    private static void publish(HubScene scene, boolean secrets) throws Exception {
        for (int i = 1; i <= 8; i++) {
            scene.publish(Event.on("a").topic("b").data("a" + i).id("id " + i % 3).build());
            scene.publish(Event.on("clock").data("tick " + i).id("tick " + i % 3).build());
            for (int n = 0; n < 30 && secrets; n++) {
                String topic = List.of("a", "b", "clock", "c").get(n % 4);
                scene.publish(Event.on(topic).data("secret").id("secret " + n).markPrivate(true).build());
                scene.publish(Event.on(topic).data("secret").id("id " + n % 9).markPrivate(true).build());
            }
        }
    }

    /** What comes to a stream that begins so, up to an event that is published when it stands; its ids left out. */
    private String told(HubScene scene, HubClient client) throws Exception {
        awaitHello(client, 1);
        scene.publish("a", "end");
        scene.publish("clock", "end");
        String end = "the end " + ++ends; // the others' ends come as well
        scene.publish("b", end);
        Await.until("the end", () -> client.drain().data().contains(end));
        client.cut();
        String hello = client.told("resumed") + JsonParser.parseString(client.hubEvents("rivulet.hello").get(0).data())
            .getAsJsonObject().has("transient");
        return hello + client.data() + client.hubEvents("rivulet.gap").size();
    }

    private List<String> seen(HubScene scene, Grant outsider) throws Exception {
        List<String> seen = new ArrayList<>();
        ends = 0;
        for (String since : List.of("earliest", "last", "last=1", "last=5", "last=50", "-10m", "latest")) {
            for (String[] topics : new String[][] {{"*", "b"}, {"a", "clock", "b"}, {"b"}}) {
                HubClient client = scene.client(topics).as(outsider).connect(Since.parse(since, Instant.now()));
                seen.add(since + " " + told(scene, client));
            }
        }
        for (String id : List.of("id 0", "id 1", "id 5", "secret 3", "tick 1", "secret 2", "nobody's")) {
            seen.add(id + " " + told(scene, scene.client("a", "b", "clock").as(outsider).connectAfter(id)));
            seen.add(scene.mercure("a", "b").as(outsider).after(id).connectPlaced().equals(id) ? "exact" : "earliest");
        }
        for (int limit : new int[] {1, 8, 1_000}) {
            for (String topic : List.of("*", "a", "c")) {
                seen.add(topic + " by " + limit + pages(scene, outsider, topic, limit));
            }
        }
        return seen;
    }

    /** The data of each page, and whether one more was promised. */
    private static String pages(HubScene scene, Grant outsider, String topic, int limit) throws Exception {
        StringBuilder pages = new StringBuilder();
        for (String after = null; ; ) {
            History page = scene.hub.history(TopicSelection.ofTopics(List.of(topic)), outsider, Since.EARLIEST, after,
                limit).get(20, TimeUnit.SECONDS);
            pages.append(page.events().stream().map(item -> item.event().text()).toList());
            after = page.next();
            if (after == null) {
                return pages.toString();
            }
        }
    }

    @Test
    void everythingAnOutsiderReadsIsTheSameWithPrivateTraffic() throws Exception {
        for (Grant outsider : List.of(Grant.ANONYMOUS, grant("of another topic", topics("elsewhere")))) {
            List<String> without;
            try (HubScene scene = scene("without " + outsider.subject())) {
                publish(scene, false);
                without = seen(scene, outsider);
            }
            try (HubScene scene = scene("with " + outsider.subject())) {
                publish(scene, true);
                assertEquals(String.join("\n", without), String.join("\n", seen(scene, outsider)));
            }
        }
    }

    @Test
    void aHubWithPrivateEventsOnlyLooksLikeANewOne() throws Exception {
        try (HubScene scene = scene("private")) {
            assertEquals("earliest", scene.mercure("a").connectPlaced());
            scene.publish(Event.on("a").data("secret").markPrivate(true).build());
            scene.publish(Event.on("clock").data("secret").markPrivate(true).build());
            assertEquals("earliest", scene.mercure("a").connectPlaced());
            Grant insider = grant("insider", topics("a"));
            assertTrue(scene.mercure("a").as(insider).connectPlaced().startsWith("urn:rivulet:"));
            HubClient client = awaitEvents(scene.client("a").as(insider).connect(Since.LAST), 1);
            assertEquals(List.of("secret"), client.data());
            scene.publish("clock", "tick");
            assertTrue(scene.mercure("a").connectPlaced().startsWith("urn:rivulet:"));
        }
    }

    @Test
    void ofPrivateAndPublicEventsEachSeesTheNewestOfItsOwn() throws Exception {
        try (HubScene scene = scene("newest")) {
            for (String topic : List.of("a", "clock")) {
                scene.publish(Event.on(topic).data("public " + topic).build());
                scene.publish(Event.on(topic).topic("members").data("private " + topic).markPrivate(true).build());
            }
            HubClient outside = awaitEvents(scene.client("a", "clock").connect(Since.LAST), 2);
            assertEquals(List.of("public a", "public clock"), outside.data());
            Grant member = grant("member", topics("members"));
            HubClient inside = awaitEvents(scene.client("a", "clock").as(member).connect(Since.LAST), 2);
            assertEquals(List.of("private a", "private clock"), inside.data());
        }
    }

    @Test
    void aRepeatedIdIsTheEarliestThatTheCallerMaySee() throws Exception {
        try (HubScene scene = scene("ids")) {
            scene.publish(Event.on("theirs").data("1").id("7").markPrivate(true).build());
            scene.publish(Event.on("mine").data("2").id("7").markPrivate(true).build());
            scene.publish(Event.on("mine").data("3").build());
            scene.publish(Event.on("mine").data("4").id("7").build());
            scene.publish(Event.on("mine").data("5").build());
            Grant me = grant("me", topics("mine"));
            HubClient member = scene.mercure("mine").as(me).connectAfter("7");
            assertEquals(List.of("3", "4", "5"), awaitEvents(member, 3).data(), "REC-07");
            assertEquals(List.of("5"), awaitEvents(scene.mercure("mine").connectAfter("7"), 1).data());
            HubClient all = awaitEvents(scene.client("mine").as(me).connect(Since.EARLIEST), 4);
            assertEquals(List.of("3", "4"), all.data().subList(1, 3));
            assertEquals("7", all.events().get(2).id(), "the public one is the first of its kind");
            assertEquals(List.of("5"), awaitEvents(scene.client("mine").as(me).connectAfter("7"), 1).data());
            assertEquals(List.of("5"), awaitEvents(scene.client("mine").connectAfter("7"), 1).data());
        }
    }
}
