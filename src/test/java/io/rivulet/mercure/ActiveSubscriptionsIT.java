package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is subscribed to what: as events and as documents. Jetty, with encoded slashes allowed in paths. */
@Tag("once")
class ActiveSubscriptionsIT {

    private static final String BASE = PATH + "/subscriptions";
    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();
    private final String watch = "match_urlpattern=" + enc(BASE + "/*");

    @BeforeAll
    static void start() {
        hub = MercureHub.with("presence", "true", "cors.origins", "https://app.example.com");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    /** A variable of a subscription's topic: encoded once, the whole value. */
    private static String once(String value) {
        return enc(value).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    private static String reader() {
        return "Authorization: Bearer " + Token.v1().mercureDetail("\"actions\":[\"subscribe\"],\"topics\":["
            + "{\"match\":\"" + BASE + "\"},{\"match\":\"" + BASE + "/*\",\"match_type\":\"urlpattern\"}]").sign();
    }

    /** A stream that sees presence, behind its own announcement. */
    private EventStream watcher() {
        EventStream stream = hub.stream(watch, reader());
        awaitAbout(stream, BASE + "/*", true);
        return stream;
    }

    /** The next event about a subscription of this text with this state. */
    private static JsonObject awaitAbout(EventStream stream, String match, boolean active) {
        while (true) {
            JsonObject json = JsonParser.parseString(stream.awaitType("mercure").data()).getAsJsonObject();
            if (json.get("match").getAsString().equals(match) && json.get("active").getAsBoolean() == active) {
                return json;
            }
        }
    }

    private static JsonObject get(String path) {
        WireResponse answer = hub.ask("GET " + path + "\n" + reader());
        assertEquals(200, answer.status(), answer.text());
        return answer.json();
    }

    private List<JsonObject> listed(String path) {
        JsonArray array = get(path).getAsJsonArray("subscriptions");
        return StreamSupport.stream(array.spliterator(), false).map(JsonElement::getAsJsonObject).toList();
    }

    /** The same, once they are so many: a stream has its status and headers before its shard has it in the list. */
    private List<JsonObject> awaitListed(String path, String match, int n) {
        List<JsonObject> found = new ArrayList<>();
        Await.until(n + " of " + match + " are listed", () -> {
            found.clear();
            listed(path).stream().filter(one -> one.get("match").getAsString().equals(match)).forEach(found::add);
            return found.size() == n;
        });
        return found;
    }

    @Test
    void ACT01_ACT03_creationAndEndAreTold() {
        try (EventStream watcher = watcher()) {
            JsonObject begun;
            try (EventStream stream = hub.stream("match=" + enc(topic))) {
                assertEquals(200, stream.status());
                begun = awaitAbout(watcher, topic, true);
            }
            JsonObject ended = awaitAbout(watcher, topic, false);
            assertEquals("subscription", begun.get("type").getAsString());
            assertEquals("exact", begun.get("match_type").getAsString());
            assertEquals(begun.get("id"), ended.get("id"));
            assertEquals(begun.get("subscriber"), ended.get("subscriber"));
            assertEquals(BASE + "/exact/" + once(topic) + "/" + once(begun.get("subscriber").getAsString()),
                begun.get("id").getAsString());
            assertFalse(begun.has("payload") || begun.has("@context") || begun.has("topic"), begun.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"match, exact, 'a b/c%2Fd?e#f&g=h+é:;@'", "match_exact, exact, ~x'()*!", "match, exact, *",
        "match_urlpattern, urlpattern, https://example.com/:id", "match_urlpattern, urlpattern, '/x/{a}?'"})
    void ACT01_everyVariableIsEncodedOnce(String name, String type, String text) {
        try (EventStream watcher = watcher(); EventStream stream = hub.stream(name + "=" + enc(text))) {
            assertEquals(200, stream.status());
            JsonObject told = awaitAbout(watcher, text, true);
            String[] parts = told.get("id").getAsString().substring(BASE.length() + 1).split("/");
            assertEquals(3, parts.length, told.toString());
            assertEquals(type, parts[0]);
            assertEquals(once(text).toUpperCase(), parts[1].replace("'", "%27").replace("(", "%28")
                .replace(")", "%29").replace("!", "%21").replace("*", "%2A").toUpperCase());
            assertEquals(type, told.get("match_type").getAsString());
        }
    }

    @Test
    void ACT02_presenceIsPrivateAndOfTheReservedType() {
        try (EventStream outsider = hub.stream(watch + "&match=*&match=" + enc(topic)); EventStream in = watcher()) {
            try (EventStream stream = hub.stream("match=" + enc(topic))) {
                assertEquals(200, stream.status());
                awaitAbout(in, topic, true);
            }
            awaitAbout(in, topic, false);
            hub.assertNothingMore(outsider, topic);
        }
    }

    @Test
    void ACT04_theSubscriberIsTheHubsOneForEachConnection() {
        String one = MercureHub.freshTopic();
        try (EventStream watcher = watcher();
             EventStream first = hub.stream("match=" + enc(topic) + "&match_urlpattern=" + enc(one)
                 + "&subscriber=mine", "Authorization: Bearer " + Token.v1().claim("sub", "\"ann\"").sign());
             EventStream second = hub.stream("match=" + enc(topic))) {
            assertEquals(first.status(), second.status());
            List<String> subscribers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                JsonObject told = JsonParser.parseString(watcher.awaitType("mercure").data()).getAsJsonObject();
                subscribers.add(told.get("subscriber").getAsString());
            }
            assertEquals(2, subscribers.stream().distinct().count(), subscribers.toString());
            assertTrue(subscribers.stream().noneMatch(s -> s.contains("mine") || s.contains("ann")));
            assertTrue(subscribers.stream().allMatch(s -> s.length() >= 22), "they are random: " + subscribers);
        }
    }

    @Test
    void ACT05_thePayloadIsThatOfTheFirstDetailThatFits() {
        String other = MercureHub.freshTopic();
        String third = MercureHub.freshTopic();
        String detail = "\"actions\":[\"subscribe\"],\"topics\":[{\"match\":\"%s\"}]%s";
        String token = Token.v1().mercureDetail(detail.formatted(topic, ",\"payload\":{\"user\":\"ann\"}"))
            .mercureDetail(detail.formatted(topic, ",\"payload\":{\"user\":\"late\"}"))
            .mercureDetail(detail.formatted(third, ""))
            .mercureDetail("\"actions\":[\"publish\"],\"topics\":[{\"match\":\"*\"}],\"payload\":{\"user\":\"pub\"}")
            .mercureDetail(detail.formatted("*", ",\"payload\":{\"user\":\"any\"}")).sign();
        try (EventStream watcher = watcher(); EventStream stream = hub.stream("match=" + enc(topic) + "&match="
            + enc(other) + "&match=" + enc(third), "Authorization: Bearer " + token)) {
            assertEquals(200, stream.status());
            assertEquals("{\"user\":\"ann\"}", awaitAbout(watcher, topic, true).get("payload").toString());
            assertEquals("{\"user\":\"any\"}", awaitAbout(watcher, other, true).get("payload").toString());
            assertNull(awaitAbout(watcher, third, true).get("payload"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"x\"", "7", "[]", "true"})
    void AD05_aPayloadIsAnObject(String payload) {
        String detail = "\"actions\":[\"subscribe\"],\"topics\":[{\"match\":\"a\"}],\"payload\":";
        assertEquals(401, hub.subscribe("match=a", "Authorization: Bearer "
            + Token.v1().mercureDetail(detail + payload).sign()).status());
        assertEquals(200, hub.subscribe("match=a", "Authorization: Bearer "
            + Token.v1().mercureDetail(detail + "{}").sign()).status());
    }

    @Test
    void ACT06_ACT08_theThreeDocuments() {
        try (EventStream stream = hub.stream("match=" + enc(topic) + "&match_urlpattern=" + enc(topic))) {
            assertEquals(200, stream.status());
            List<JsonObject> mine = awaitListed(BASE, topic, 2);
            assertEquals(BASE, get(BASE).get("id").getAsString());
            assertEquals("subscriptions", get(BASE).get("type").getAsString());
            for (JsonObject one : mine) {
                String type = one.get("match_type").getAsString();
                String collection = BASE + "/" + type + "/" + once(topic);
                assertEquals(collection, get(collection).get("id").getAsString());
                assertEquals(List.of(one), listed(collection));
                assertEquals(one, get(one.get("id").getAsString()));
                assertTrue(one.get("active").getAsBoolean());
            }
            WireResponse answer = hub.ask("GET " + BASE + "\n" + reader());
            assertEquals("application/json", answer.header("Content-Type").replaceAll(";.*", ""));
            assertFalse(answer.text().contains("@context"));
        }
    }

    @Test
    void ACT06_anEmptyCollectionIsNoError() {
        assertEquals(List.of(), listed(BASE + "/exact/" + once(topic)));
    }

    @Test
    void ACT07_aGrantForThePathAsItIsSentIsNeeded() {
        String collection = BASE + "/exact/" + once(topic);
        WireResponse nobody = hub.ask("GET " + collection);
        assertEquals(401, nobody.status());
        assertEquals(Challenge.BARE, Challenge.of(nobody));
        WireResponse other = hub.ask("GET " + collection + "\nAuthorization: Bearer "
            + Token.v1().publish("*").subscribe(BASE, topic, BASE + "/exact/" + topic).sign());
        assertEquals(403, other.status());
        assertEquals(Challenge.INSUFFICIENT, Challenge.of(other));
        String exact = "Authorization: Bearer " + Token.v1().subscribe(collection).sign();
        assertEquals(200, hub.ask("GET " + collection + "\n" + exact).status());
        assertEquals(200, hub.ask("GET " + collection + "?query=is&not=part\n" + exact).status());
        assertEquals(403, hub.ask("GET " + BASE + "\n" + exact).status());
        assertEquals(401, hub.ask("GET " + BASE + "\nAuthorization: Bearer " + Token.v1().subscribe("*")
            .sign(new byte[32])).status());
        assertEquals(405, hub.ask("POST " + BASE + "\n" + reader()).status());
    }

    @Test
    void ACT09_anUnknownSubscriptionIs404() {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            assertEquals(200, stream.status());
            String known = awaitListed(BASE + "/exact/" + once(topic), topic, 1).get(0).get("id").getAsString();
            assertEquals(200, hub.ask("GET " + known + "\n" + reader()).status());
            for (String path : List.of(known + "x", BASE + "/exact/" + once(topic) + "/unknown",
                BASE + "/urlpattern/" + once(topic) + known.substring(known.lastIndexOf('/')))) {
                assertEquals(404, hub.ask("GET " + path + "\n" + reader()).status(), path);
            }
            assertTrue(List.of(400, 404).contains(hub.ask("GET " + BASE + "/regexp/a/b\n" + reader()).status()));
        }
    }

    @Test
    void ACT10_theLinkNamesTheHubAndTheCursor() {
        WireResponse answer = hub.ask("GET " + BASE + "\n" + reader() + "\nOrigin: https://app.example.com");
        String link = answer.header("Link");
        assertTrue(link.startsWith("<"), link);
        assertTrue(link.contains(PATH + ">; rel=\"mercure\""), link);
        assertTrue(link.matches(".*; last-event-id=\"[^\"]+\".*"), link);
        assertTrue(link.contains("type=\"mercure\""), link);
        assertTrue(link.contains("content-type=\"application/json\""), link);
        assertTrue(answer.header("Access-Control-Expose-Headers").contains("Link"));
        String cursor = link.replaceAll(".*last-event-id=\"([^\"]+)\".*", "$1");
        try (EventStream watcher = hub.stream(watch + "&last_event_id=" + enc(cursor), reader());
             EventStream stream = hub.stream("match=" + enc(topic))) {
            assertEquals(200, stream.status());
            awaitAbout(watcher, topic, true);
        }
    }

    @Test
    void ACT11_anUnchangedDocumentIs304() {
        String collection = BASE + "/exact/" + once(topic);
        String etag;
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            assertEquals(200, stream.status());
            awaitListed(collection, topic, 1);
            WireResponse answer = hub.ask("GET " + collection + "\n" + reader());
            etag = answer.header("ETag");
            assertTrue(etag.matches("(W/)?\"[^\"]+\""), etag);
            Await.until("the events of those who just came and went are told, and nothing changes any more", () -> {
                String now = hub.ask("GET " + collection + "\n" + reader()).header("ETag");
                WireResponse same = hub.ask("GET " + collection + "\n" + reader() + "\nIf-None-Match: " + now);
                return same.status() == 304 && same.text().isEmpty();
            });
            assertEquals(200, hub.ask("GET " + collection + "\n" + reader() + "\nIf-None-Match: \"x\"").status());
        }
        Await.until("the document has changed", () ->
            hub.ask("GET " + collection + "\n" + reader() + "\nIf-None-Match: " + etag).status() == 200);
    }

    @Test
    void ACT12_aSubscriberHearsOfItselfFirst() {
        try (EventStream stream = hub.stream(watch, reader())) {
            Dispatched first = stream.awaitType("mercure");
            JsonObject told = JsonParser.parseString(first.data()).getAsJsonObject();
            assertTrue(told.get("active").getAsBoolean());
            assertNotEquals("", first.id());
        }
    }

    @Test
    void ACT12_whoLeftIsNotListedWhenItsEndIsTold() {
        try (EventStream watcher = watcher()) {
            try (EventStream stream = hub.stream("match=" + enc(topic))) {
                assertEquals(200, stream.status());
                awaitAbout(watcher, topic, true);
                assertEquals(1, listed(BASE + "/exact/" + once(topic)).size());
            }
            awaitAbout(watcher, topic, false);
            assertEquals(List.of(), listed(BASE + "/exact/" + once(topic)));
        }
    }

    @Test
    void ACT06_withoutPresenceThereIsNothing() {
        try (MercureHub plain = MercureHub.with()) {
            assertEquals(404, plain.ask("GET " + BASE + "\n" + reader()).status());
        }
    }
}
