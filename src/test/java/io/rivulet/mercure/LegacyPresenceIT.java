package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Active subscriptions as clients of Mercure 0.x know them: JSON-LD, as ordinary events. */
@Tag("once")
class LegacyPresenceIT {

    private static final String BASE = PATH + "/subscriptions";
    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();

    @BeforeAll
    static void start() {
        hub = MercureHub.with("mercure.legacy", "true", "presence", "true");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static String reader() {
        return "Authorization: Bearer " + Token.v0().subscribe(BASE, BASE + "{/topic}{/subscriber}").sign();
    }

    private JsonObject awaitAbout(EventStream stream, boolean active) {
        while (true) {
            Dispatched event = stream.awaitEvent();
            assertEquals("message", event.type(), "old clients listen to messages");
            JsonObject json = JsonParser.parseString(event.data()).getAsJsonObject();
            if (json.get("topic").getAsString().equals(topic) && json.get("active").getAsBoolean() == active) {
                return json;
            }
        }
    }

    @Test
    void OLD11_subscriptionsAreToldAsPlainEventsInJsonLd() {
        String token = Token.v0().claim("mercure", "{\"subscribe\":[\"*\"],\"payload\":{\"user\":\"ann\"}}").sign();
        try (EventStream watcher = hub.stream("topic=" + enc(BASE + "{/topic}{/subscriber}"), reader())) {
            JsonObject begun;
            try (EventStream stream = hub.stream("topic=" + enc(topic), "Authorization: Bearer " + token)) {
                assertEquals(200, stream.status());
                begun = awaitAbout(watcher, true);
            }
            JsonObject ended = awaitAbout(watcher, false);
            assertEquals("https://mercure.rocks/", begun.get("@context").getAsString());
            assertEquals("Subscription", begun.get("type").getAsString());
            assertEquals("{\"user\":\"ann\"}", begun.get("payload").toString());
            assertEquals(BASE + "/" + enc(topic) + "/" + enc(begun.get("subscriber").getAsString()),
                begun.get("id").getAsString());
            assertEquals(begun.get("id"), ended.get("id"));
            assertFalse(begun.has("match") || begun.has("match_type"), begun.toString());
        }
    }

    @Test
    void OLD11_presenceIsPrivate() {
        try (EventStream watcher = hub.stream("topic=" + enc(BASE + "{/topic}{/subscriber}"), reader());
             EventStream outsider = hub.stream("topic=*&topic=" + enc(topic))) {
            try (EventStream stream = hub.stream("topic=" + enc(topic))) {
                assertEquals(200, stream.status());
                awaitAbout(watcher, true);
            }
            awaitAbout(watcher, false);
            hub.assertNothingMore(outsider, topic);
        }
    }

    /** A stream has its status and headers before its shard has it in the list. */
    private void awaitListed() {
        Await.until("it is listed", () -> hub.ask("GET " + BASE + "\n" + reader()).text().contains(topic + '"'));
    }

    @Test
    void OLD12_theThreeDocumentsAreJsonLdWithTheCursorInside() {
        try (EventStream stream = hub.stream("topic=" + enc(topic))) {
            assertEquals(200, stream.status());
            awaitListed();
            WireResponse all = hub.ask("GET " + BASE + "\n" + reader());
            assertEquals(200, all.status(), all.text());
            assertEquals("application/ld+json", all.header("Content-Type").replaceAll(";.*", ""));
            JsonObject document = all.json();
            assertEquals("https://mercure.rocks/", document.get("@context").getAsString());
            assertEquals("Subscriptions", document.get("type").getAsString());
            assertEquals(BASE, document.get("id").getAsString());
            assertTrue(document.has("lastEventID"));
            assertEquals(document.get("lastEventID").getAsString(), all.header("ETag"), "raw and unquoted");
            JsonObject collection = hub.ask("GET " + BASE + "/" + enc(topic) + "\n" + reader()).json();
            JsonObject one = collection.getAsJsonArray("subscriptions").get(0).getAsJsonObject();
            assertEquals(topic, one.get("topic").getAsString());
            assertEquals("Subscription", one.get("type").getAsString());
            JsonObject single = hub.ask("GET " + one.get("id").getAsString() + "\n" + reader()).json();
            assertEquals(one.get("subscriber"), single.get("subscriber"));
            assertTrue(single.has("lastEventID"));
        }
    }

    @Test
    void OLD12_refusalsAndUnknownOnes() {
        String collection = BASE + "/" + enc(topic);
        assertEquals(401, hub.ask("GET " + collection).status());
        assertEquals(403, hub.ask("GET " + collection + "\nAuthorization: Bearer " + Token.v0().subscribe("a").sign())
            .status());
        assertEquals(404, hub.ask("GET " + collection + "/unknown\n" + reader()).status());
        assertEquals(200, hub.ask("GET " + collection + "\n" + reader()).status());
        String etag = hub.ask("GET " + collection + "\n" + reader()).header("ETag");
        assertEquals(304, hub.ask("GET " + collection + "\n" + reader() + "\nIf-None-Match: " + etag).status());
    }

    @Test
    void OLD12_bothGenerationsAreToldOfTheSameConnections() {
        String modern = "Authorization: Bearer " + Token.v1().subscribe("*").sign();
        try (EventStream stream = hub.stream("topic=" + enc(topic))) {
            assertEquals(200, stream.status());
            awaitListed();
            WireResponse answer = hub.ask("GET " + BASE + "\n" + modern);
            assertEquals("application/json", answer.header("Content-Type").replaceAll(";.*", ""));
            assertTrue(answer.text().contains(topic), answer.text());
            assertEquals(List.of(false), List.of(answer.text().contains("@context")));
        }
    }
}
