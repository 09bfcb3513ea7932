package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import java.io.Closeable;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators and owners of streams do: look, go on, close, ban, explain a token. */
class OperatingTest {

    private static final String PATH = "/api/connections";
    private static final String OPERATOR = Tokens.bearer(Tokens.operator());
    private static final String ANN = Tokens.of("ann", "a");

    private Door door;

    @BeforeEach
    void open() throws Exception {
        door = Tokens.door();
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void onlyOperatorsLook() throws Exception {
        for (String path : new String[] {PATH, PATH + "/nobody", "/api/bans"}) {
            assertEquals(401, door.get(path).getStatus());
            assertEquals(403, door.send("GET " + path + Tokens.bearer(ANN), "").getStatus());
            assertEquals(path.endsWith("nobody") ? 404 : 200, door.send("GET " + path + OPERATOR, "").getStatus());
        }
        assertEquals(401, door.send("POST /api/tokens/explain", ANN).getStatus());
        assertEquals(403, door.send("POST /api/tokens/explain" + Tokens.bearer(ANN), ANN).getStatus());
    }

    @Test
    void aStreamIsSeenWithItsSubjectTopicsAndEndAndClosed() throws Exception {
        try (Closeable stream = stream(ANN)) {
            JsonObject one = only(stream);
            assertEquals("ann", one.get("subject").getAsString());
            assertEquals("[\"a\"]", one.get("topics").toString());
            assertEquals("rivulet", one.get("dialect").getAsString());
            assertTrue(one.get("expires").getAsString().endsWith("Z"));
            assertTrue(!one.toString().contains(ANN) && !one.has("secret"), one.toString());
            String path = PATH + "/" + one.get("connection").getAsString();
            assertEquals(403, door.send("DELETE " + path + Tokens.bearer(ANN), "").getStatus());
            assertEquals(204, door.send("DELETE " + path + OPERATOR, "").getStatus());
            Await.until("it is gone", () -> door.hub.connections().list().size() == 0);
            assertEquals(404, door.send("DELETE " + path + OPERATOR, "").getStatus());
        }
    }

    @Test
    void whoDoesNotKnowTheSecretNeitherGoesOnNorCloses() throws Exception {
        try (Closeable stream = stream(ANN)) {
            String path = PATH + "/" + only(stream).get("connection").getAsString();
            for (String method : new String[] {"PATCH ", "DELETE "}) {
                assertEquals(404, door.send(method + path + "\nRivulet-Secret: guess" + Tokens.bearer(ANN), "")
                    .getStatus());
                assertEquals(404, door.send(method + PATH + "/other\nRivulet-Secret: x" + Tokens.bearer(ANN), "")
                    .getStatus());
            }
            assertEquals(1, door.hub.connections().list().size());
        }
    }

    @Test
    void theOwnerGoesOnWithAFreshTokenOfTheSameSubjectAndCloses() throws Exception {
        try (Door.Reading stream = door.reading("GET /api/updates?topic=a" + Tokens.bearer(ANN))) {
            JsonObject hello = JsonParser.parseString(stream.awaitLine("data: ").substring(6)).getAsJsonObject();
            String path = PATH + "/" + hello.get("connection").getAsString();
            String secret = "\nRivulet-Secret: " + hello.get("secret").getAsString();
            HttpTester.Response went = door.send("PATCH " + path + secret + Tokens.bearer(Tokens.of("ann", "b")), "");
            assertEquals(200, went.getStatus(), went.getContent());
            assertTrue(went.getContent().contains("expires"));
            assertEquals(403, door.send("PATCH " + path + secret + Tokens.bearer(Tokens.of("bob", "a")), "")
                .getStatus());
            assertEquals(401, door.send("PATCH " + path + secret + Tokens.bearer(Tokens.expired()), "").getStatus());
            HttpTester.Response changed = door.send("PATCH " + path + secret + Tokens.bearer(ANN),
                "{\"add\":[\"b\"],\"remove\":[\"a\"]}");
            assertEquals(200, changed.getStatus(), changed.getContent());
            assertTrue(changed.getContent().endsWith("\"topics\":[\"b\"]}"), changed.getContent());
            assertEquals(403, door.send("PATCH " + path + secret + Tokens.bearer(Tokens.of("bob", "a")),
                "{\"add\":[\"c\"]}").getStatus());
            assertEquals(404, door.send("DELETE " + path + secret + Tokens.bearer(Tokens.of("bob", "a")), "")
                .getStatus());
            assertEquals(1, door.hub.connections().list().size());
            assertEquals(204, door.send("DELETE " + path + secret + Tokens.bearer(ANN), "").getStatus());
            Await.until("it is gone", () -> door.hub.connections().list().size() == 0);
        }
    }

    @Test
    void whoIsBannedIsCutAndStaysOutUntilLetInAgain() throws Exception {
        try (Closeable stream = stream(ANN)) {
            String path = PATH + "/" + only(stream).get("connection").getAsString();
            assertEquals(400, door.send("DELETE " + path + "?ban=address" + OPERATOR, "").getStatus());
            assertEquals(400, door.send("DELETE " + path + "?ban=subject&for=ever" + OPERATOR, "").getStatus());
            assertEquals(1, door.hub.connections().list().size());
            assertEquals(204, door.send("DELETE " + path + "?ban=subject&for=1h" + OPERATOR, "").getStatus());
            Await.until("it is gone", () -> door.hub.connections().list().size() == 0);
        }
        String head = "\nContent-Type: application/x-www-form-urlencoded" + Tokens.bearer(ANN);
        for (String target : new String[] {"/api/updates?topic=a", "/.well-known/mercure?match=a"}) {
            assertEquals(204, door.send("GET " + target + Tokens.bearer(ANN), "").getStatus());
        }
        assertEquals(403, door.send("POST /.well-known/mercure" + head, "topic=a").getStatus());
        assertEquals(200, door.send("POST /.well-known/mercure\nContent-Type: application/x-www-form-urlencoded"
            + Tokens.bearer(Tokens.of("bob", "a")), "topic=a").getStatus());
        String ban = "?kind=subject&issuer=https://issuer.example&value=ann";
        assertTrue(door.send("GET /api/bans" + OPERATOR, "").getContent().contains("\"value\":\"ann\""));
        assertEquals(204, door.send("DELETE /api/bans" + ban + OPERATOR, "").getStatus());
        assertEquals(404, door.send("DELETE /api/bans" + ban + OPERATOR, "").getStatus());
        assertEquals(200, door.send("POST /.well-known/mercure" + head, "topic=a").getStatus());
        assertEquals(204, door.send("POST /api/bans" + ban + "&for=5m" + OPERATOR, "").getStatus());
        assertEquals(403, door.send("POST /.well-known/mercure" + head, "topic=a").getStatus());
    }

    /** A part that has no room for the piece of a list, and one that has room for a single one. */
    @Test
    void listsAreWrittenWithinTheBudgetOfBytesInFlightAndGiveItBack() throws Exception {
        String[] lists = {PATH, "/api/bans", "/.well-known/mercure/subscriptions"};
        try (Door none = Tokens.door("flight.bytes", "64k", "body.max", "10k", "presence", "true")) {
            for (String list : lists) {
                HttpTester.Response answer = none.send("GET " + list + OPERATOR, "");
                assertEquals(503, answer.getStatus(), list + answer.getContent());
                assertTrue(answer.getContent().contains("(rivulet.flight.bytes)"), answer.getContent());
            }
        }
        try (Door one = Tokens.door("flight.bytes", "128k", "body.max", "10k", "presence", "true")) {
            for (int i = 0; i < 30; i++) {
                HttpTester.Response answer = one.send("GET " + lists[i % lists.length] + OPERATOR, "");
                assertEquals(200, answer.getStatus(), answer.getContent());
                JsonParser.parseString(answer.getContent());
            }
        }
    }

    @Test
    void aTokenIsExplainedToOperatorsOnly() throws Exception {
        HttpTester.Response plain = door.send("POST /api/tokens/explain\nContent-Type: text/plain" + OPERATOR,
            Tokens.expired());
        assertEquals(200, plain.getStatus(), plain.getContent());
        assertEquals("application/json", plain.get("Content-Type"));
        assertTrue(plain.getContent().contains("Mercure 1.0"), plain.getContent());
        assertTrue(!plain.getContent().contains(Tokens.expired()));
        assertEquals(200, door.send("POST /api/tokens/explain\nContent-Type: application/x-www-form-urlencoded"
            + OPERATOR, "token=" + ANN).getStatus());
        String asCurlSendsAFile = "POST /api/tokens/explain\nContent-Type: application/x-www-form-urlencoded"
            + OPERATOR;
        String explained = door.send(asCurlSendsAFile, ANN + "\n").getContent();
        assertTrue(explained.contains("\"sub\":\"ann\"") && explained.contains("\"accepted\":true"), explained);
        assertEquals(400, door.send(asCurlSendsAFile, "tokn=" + ANN).getStatus());
        assertEquals(400, door.send("POST /api/tokens/explain" + OPERATOR, " ").getStatus());
        assertEquals(413, door.send("POST /api/tokens/explain" + OPERATOR, "x".repeat(65_537)).getStatus());
    }

    private Closeable stream(String token) {
        return door.begin("GET /api/updates?topic=a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
            + "\r\n\r\n");
    }

    /** What operators see of the only stream, while it is open. */
    private JsonObject only(Closeable stream) throws Exception {
        assertNotNull(stream);
        Await.until("the stream is open", () -> door.hub.connections().list().size() == 1);
        JsonArray all = JsonParser.parseString(door.send("GET " + PATH + OPERATOR, "").getContent())
            .getAsJsonObject().getAsJsonArray("connections");
        assertEquals(1, all.size());
        return all.get(0).getAsJsonObject();
    }
}
