package io.rivulet.http.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.http.Tokens;
import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is subscribed to what: paths of both generations, rights, validators, headers. */
class SubscriptionsServletTest {

    private static final String PATH = "/.well-known/mercure/subscriptions";
    private static final String ALL = Tokens.bearer(Tokens.of("ann", "*"));
    private static final String OLD = Tokens.bearer(Tokens.legacy("*"));

    private static Door door;
    private static Door.Reading modern;
    private static Door.Reading old;

    @BeforeAll
    static void open() throws Exception {
        door = Tokens.door("presence", "true", "mercure.legacy", "true");
        modern = door.reading("GET /.well-known/mercure?match=a%2Fb&match_urlpattern=%2Fbooks%2F:id");
        old = door.reading("GET /.well-known/mercure?topic=a%2Fb&topic=%2Fbooks%2F%7Bid%7D");
        Await.until("both are there", () -> door.hub.presence().list(one -> true).size() == 4);
    }

    @AfterAll
    static void close() {
        modern.close();
        old.close();
        door.close();
    }

    @Test
    void aListHasAllAndEachOfItsPathsLeadsToTheSameDocument_ACT_06_08() throws Exception {
        JsonObject list = json(door.send("GET " + PATH + ALL, ""), "application/json");
        assertEquals(PATH, list.get("id").getAsString());
        assertEquals("subscriptions", list.get("type").getAsString());
        JsonArray all = list.getAsJsonArray("subscriptions");
        assertEquals(4, all.size());
        for (int i = 0; i < all.size(); i++) {
            JsonObject one = all.get(i).getAsJsonObject();
            String id = one.get("id").getAsString();
            assertEquals(one, json(door.send("GET " + id + ALL, ""), "application/json"));
            JsonObject few = json(door.send("GET " + id.substring(0, id.lastIndexOf('/')) + ALL, ""),
                "application/json");
            assertTrue(few.getAsJsonArray("subscriptions").contains(one), few.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"/exact/a%2Fb,2", "/exact/a%2fb,2", "/urlpattern/%2Fbooks%2F%3Aid,1", "/urlpattern/%2Fbooks%2F:id,1",
        "/exact/nothing,0", "/urlpattern/a%2Fb,0", "/uritemplate/%2Fbooks%2F%7Bid%7D,1"})
    void ofOneMatcherAreThoseWhoseTextIsTheDecodedPath_ACT_06(String path, int count) throws Exception {
        assertEquals(count, json(door.send("GET " + PATH + path + ALL, ""), "application/json")
            .getAsJsonArray("subscriptions").size());
    }

    @Test
    void clientsOf0xGetTheirOwnDocuments_OLD_12() throws Exception {
        for (String target : new String[] {PATH + OLD, PATH + ALL + "\nAccept: application/ld+json",
            PATH + "/a%2Fb" + OLD, PATH + "/a%2Fb" + ALL}) {
            HttpTester.Response answer = door.send("GET " + target, "");
            JsonObject list = json(answer, "application/ld+json");
            assertEquals("https://mercure.rocks/", list.get("@context").getAsString());
            assertEquals("Subscriptions", list.get("type").getAsString());
            assertEquals(answer.get("ETag"), list.get("lastEventID").getAsString());
            JsonObject one = list.getAsJsonArray("subscriptions").get(0).getAsJsonObject();
            JsonObject single = json(door.send("GET " + one.get("id").getAsString() + OLD, ""), "application/ld+json");
            assertEquals("Subscription", single.get("type").getAsString());
            assertEquals(one.get("subscriber"), single.get("subscriber"));
            assertTrue(single.has("lastEventID"));
        }
    }

    @Test
    void theRightIsToSubscribeToThePathAsItWasSent_ACT_07() throws Exception {
        String path = PATH + "/exact/a%2Fb";
        assertEquals(401, door.get(path).getStatus());
        assertEquals(403, door.send("GET " + path + Tokens.bearer(Tokens.of("bob", PATH)), "").getStatus());
        assertEquals(200, door.send("GET " + path + Tokens.bearer(Tokens.of("bob", path)), "").getStatus());
        assertEquals(200, door.send("GET " + path + "?x=1" + Tokens.bearer(Tokens.of("bob", path)), "").getStatus());
        assertEquals(403, door.send("GET " + PATH + "/exact/a%2fb" + Tokens.bearer(Tokens.of("bob", path)), "")
            .getStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {";exact/a%2Fb", "/exact/a%2Fb/urn:uuid:nobody", "/exact/a/b/c", "/regexp/a/b",
        "/a%2Fb/nobody"})
    void whatIsNotThereIs404_ACT_09(String path) throws Exception {
        assertEquals(404, door.send("GET " + PATH + path + ALL, "").getStatus());
    }

    @Test
    void aValidatorSavesTheBodyUntilSomethingIsPublished_ACT_10_11() throws Exception {
        HttpTester.Response first = door.send("GET " + PATH + ALL, "");
        String etag = first.get("ETag");
        assertTrue(etag.startsWith("\"") && etag.endsWith("\""), etag);
        assertTrue(first.get("Cache-Control").contains("must-revalidate"));
        assertTrue(first.get("Link").matches("</.well-known/mercure>; rel=\"mercure\"; last-event-id=\"[^\"]+\"; "
            + "content-type=\"application/json\"; type=\"mercure\""), first.get("Link"));
        for (String known : new String[] {etag, "\"x\", W/" + etag, "*"}) {
            HttpTester.Response again = door.send("GET " + PATH + ALL + "\nIf-None-Match: " + known, "");
            assertEquals(304, again.getStatus());
            assertEquals(etag, again.get("ETag"));
            assertTrue(again.getContent() == null || again.getContent().isEmpty());
        }
        assertEquals(200, door.send("GET " + PATH + ALL + "\nIf-None-Match: \"x\"", "").getStatus());
        assertEquals(200, door.send("POST /.well-known/mercure\nContent-Type: application/x-www-form-urlencoded" + ALL,
            "topic=z").getStatus());
        assertEquals(200, door.send("GET " + PATH + ALL + "\nIf-None-Match: " + etag, "").getStatus());
        String raw = door.send("GET " + PATH + OLD, "").get("ETag");
        assertFalse(raw.contains("\""));
        assertEquals(304, door.send("GET " + PATH + OLD + "\nIf-None-Match: " + raw, "").getStatus());
    }

    @Test
    void wherePresenceIsOffThereIsNothingAndTheSettingIsNamed() throws Exception {
        try (Door off = Tokens.door()) {
            HttpTester.Response answer = off.send("GET " + PATH + ALL, "");
            assertEquals(404, answer.getStatus());
            assertTrue(answer.getContent().contains("rivulet.presence"), answer.getContent());
        }
    }

    @Test
    void without0xItsPathsAreNone() throws Exception {
        try (Door plain = Tokens.door("presence", "true")) {
            assertEquals(404, plain.send("GET " + PATH + "/a%2Fb" + ALL, "").getStatus());
            assertEquals(200, plain.send("GET " + PATH + "/exact/a%2Fb" + ALL, "").getStatus());
            json(plain.send("GET " + PATH + ALL + "\nAccept: application/ld+json", ""), "application/json");
        }
    }

    private static JsonObject json(HttpTester.Response answer, String type) {
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals(type, answer.get("Content-Type"));
        return JsonParser.parseString(answer.getContent()).getAsJsonObject();
    }
}
