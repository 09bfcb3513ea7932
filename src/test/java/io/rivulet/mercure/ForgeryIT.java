package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.FORM;
import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.bearer;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.WireResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An attacker with a token for everything cannot speak as the hub does: not its types, ids, lines or topics. */
@Tag("once")
class ForgeryIT {

    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();

    @BeforeAll
    static void start() {
        hub = MercureHub.with("presence", "true", "cors.origins", "https://app.example.com");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    /** Every way to publish. The first two take a form; the others say the same in their own words. */
    enum Way {
        MERCURE_FORM, UPDATES_FORM, RAW_POST, RAW_PUT, BATCH, LINES;

        /** Publishes one event with these fields, whose values are plain text. */
        WireResponse send(String topic, String field, String value) {
            String token = bearer(Token.all());
            String pairs = "topic=" + enc(topic) + (field == null ? "" : "&" + field + "=" + enc(value));
            JsonObject json = new JsonObject();
            json.addProperty("topic", topic);
            if (field != null && field.equals("retry")) {
                json.add(field, new com.google.gson.JsonPrimitive(value));
            } else if (field != null) {
                json.addProperty(field, value);
            }
            return switch (this) {
                case MERCURE_FORM -> hub.ask("POST " + PATH + "\n" + FORM + token, pairs);
                case UPDATES_FORM -> hub.ask("POST /api/updates\n" + FORM + token, pairs);
                case RAW_POST -> hub.ask("POST /api/updates?" + pairs + "\nContent-Type: text/plain" + token, "x");
                case RAW_PUT -> hub.ask("PUT /api/updates?" + pairs + "\nContent-Type: text/plain" + token, "x");
                case BATCH -> hub.ask("POST /api/updates\nContent-Type: application/json" + token, "[" + json + "]");
                case LINES -> hub.ask("POST /api/updates\nContent-Type: application/x-ndjson" + token, json + "\n");
            };
        }
    }

    private void assertRefused(Way way, String topic, String field, String value) {
        try (EventStream all = hub.stream("match=*")) {
            WireResponse answer = way.send(topic, field, value);
            assertEquals(400, answer.status(), way + " " + field + "=" + value + ": " + answer.text());
            hub.assertNothingMore(all, this.topic);
        }
    }

    @ParameterizedTest
    @EnumSource
    void PUB12_typesOfTheHubAndTheProtocolAreNobodysElse(Way way) {
        for (String type : List.of("mercure", "rivulet.hello", "rivulet.gap", "rivulet.cursor", "rivulet.")) {
            assertRefused(way, topic, "type", type);
        }
        assertEquals(200, way.send(topic, "type", "hello").status());
    }

    @ParameterizedTest
    @EnumSource
    void PUB04_PUB09_PUB12_noFieldHoldsALineBreakOrNul(Way way) {
        for (String bad : List.of("a\nid: forged", "a\rdata: forged", "a\r\n\r\nevent: forged", "a\u0000b", "\n")) {
            for (String field : List.of("id", "type", "retry")) {
                assertRefused(way, topic, field, bad);
            }
            assertRefused(way, topic + bad, null, null);
        }
        assertEquals(200, way.send(topic, "id", topic + way).status());
    }

    @ParameterizedTest
    @EnumSource(names = {"MERCURE_FORM", "UPDATES_FORM", "BATCH", "LINES"})
    void PUB07_dataCannotBreakOutOfItsLines(Way way) {
        String attack = "a\n\nevent: mercure\nid: forged\rdata: b\r\n\r\nretry: 1";
        assertEquals(200, way.send(topic, "data", attack).status());
        String wire = hub.firstEvent("match=" + enc(topic) + "&last_event_id=earliest");
        assertTrue(wire.contains("data: a\ndata: \ndata: event: mercure\ndata: id: forged\ndata: data: b\ndata: \n"
            + "data: retry: 1\n"), wire);
        assertEquals(-1, wire.indexOf('\r'));
    }

    @ParameterizedTest
    @EnumSource
    void PUB05_theHubsNamespaceIsNobodysElse(Way way) {
        for (String reserved : List.of(PATH + "/subscriptions/exact/a/b", "mercure", "https://evil.example" + PATH,
            "/.well-known/%6Dercure/x", "https:\\\\e\\.well-known\\mercure", "/a/../.well-known/./mercure/x", "*")) {
            assertRefused(way, reserved, null, null);
        }
        assertEquals(200, way.send(PATH + "-other", null, null).status());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MERCURE_FORM")
    void PUB09_idsOfTheHubAreNobodysElse(Way way) {
        String real = hub.published(topic, "x");
        for (String id : List.of(real, "urn:rivulet:AAAAAAAAAAAAAAAAAAAAAAAAAA", "urn:rivulet:", "earliest", "#x")) {
            assertRefused(way, topic, "id", id);
        }
        assertEquals(200, way.send(topic, "id", "x" + real).status());
    }

    @Test
    void REC07_anIdThatLooksLikeTheHubsMovesNobodysCursor() {
        String real = hub.published(topic, "1");
        hub.published(topic, "2");
        assertEquals(real, hub.published("topic=" + enc(topic) + "&data=3&id=" + enc(real)));
        String invented = "urn:rivulet:BBBBBBBBBBBBBBBBBBBBBBBBBB";
        assertEquals(invented, hub.published("topic=" + enc(topic) + "&data=4&id=" + invented));
        try (EventStream stream = hub.stream("match=" + enc(topic) + "&last_event_id=" + enc(real));
             EventStream own = hub.stream("match=" + enc(topic) + "&last_event_id=" + invented)) {
            assertEquals(real, stream.header("Mercure-Last-Event-ID"));
            assertEquals(invented, own.header("Mercure-Last-Event-ID"));
            hub.assertOnly(stream, topic, "2", "3", "4");
            assertTrue(own.awaitEvent().data().startsWith("marker"));
        }
    }

    @Test
    void REC09_aCursorThatWasChangedIsUnknown() {
        String real = hub.published(topic, "1");
        hub.published(topic, "2");
        for (int at : new int[] {12, 20, 37}) {
            char other = real.charAt(at) == 'A' ? 'B' : 'A';
            String forged = real.substring(0, at) + other + real.substring(at + 1);
            assertEquals("earliest", hub.subscribe("match=a&last_event_id=" + forged)
                .header("Mercure-Last-Event-ID"), forged);
            try (EventStream stream = hub.streamAt("/api/updates", "topic=a&last_event_id=" + forged)) {
                assertEquals("reset", stream.awaitHello().get("resumed").getAsString());
            }
        }
        assertEquals(real, hub.subscribe("match=a&last_event_id=" + real).header("Mercure-Last-Event-ID"));
    }

    @Test
    void SUB21_noAnswerReflectsAForeignOrigin() {
        for (String head : List.of("GET " + PATH + "?match=a", "GET " + PATH, "POST " + PATH + "\n" + FORM,
            "OPTIONS " + PATH, "GET /api/updates?topic=a", "GET /api/events?topic=a", "GET " + PATH + "/subscriptions",
            "GET /nothing", "GET /.well-known/oauth-protected-resource" + PATH)) {
            for (String origin : List.of("https://evil.example", "null", "https://app.example.com.evil.example")) {
                WireResponse answer = hub.ask(head + "\nOrigin: " + origin);
                String allowed = answer.header("Access-Control-Allow-Origin");
                assertTrue(allowed == null || allowed.equals("*") && head.contains("oauth"), head + ": " + allowed);
                assertNull(answer.header("Access-Control-Allow-Credentials"), head);
            }
            assertEquals("https://app.example.com", hub.ask(head + "\nOrigin: https://app.example.com")
                .header("Access-Control-Allow-Origin").replace("*", "https://app.example.com"), head);
        }
    }
}
