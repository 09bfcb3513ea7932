package io.rivulet.http.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.auth.token.TokenCommand;
import io.rivulet.config.Settings;
import io.rivulet.http.updates.Door;
import io.rivulet.mercure.Token;
import java.time.Instant;
import java.util.List;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** {@code /api/tokens}: a token for whom dev mode trusts, and for nobody else. */
class TokensServletTest {

    private static final String RESOURCE = "http://localhost/.well-known/mercure";
    private static final String[] BELIEVING = {"resource", RESOURCE, "token.issuer", Token.ISSUER, "token.key",
        Token.SECRET};
    private static final String FORM = "POST /api/tokens\nContent-Type: application/x-www-form-urlencoded";

    @Test
    void aTokenThatIsMadeGrantsWhatWasWishedAndNoMore() throws Exception {
        try (Door door = Door.dev(BELIEVING)) {
            HttpTester.Response made = door.send(FORM, "publish=news&publish=jobs/*&subject=ann&ttl=5m");
            assertEquals(200, made.getStatus(), made.getContent());
            assertEquals("no-store", made.get("Cache-Control"));
            String bearer = "\nAuthorization: Bearer " + token(made);
            assertEquals(200, publish(door, "news", bearer), "of the topic");
            assertEquals(200, publish(door, "jobs/7", bearer), "of the other");
            assertEquals(403, publish(door, "sports", bearer));
            assertEquals(403, door.send("GET /api/connections" + bearer, "").getStatus());
            String operator = token(door.send(FORM, "operate=true"));
            assertEquals(200, door.send("GET /api/connections\nAuthorization: Bearer " + operator, "").getStatus());
        }
    }

    @Test
    void outsideOfDevModeThereIsNoSuchPath() throws Exception {
        try (Door door = Door.with(BELIEVING)) {
            String operator = "\nAuthorization: Bearer " + TokenCommand.run(List.of("--operate"),
                Settings.with(BELIEVING), Instant.now(), warning -> { });
            assertEquals(200, door.send("GET /api/connections" + operator, "").getStatus());
            int status = door.send(FORM + operator, "publish=news").getStatus();
            assertTrue(status == 404 || status == 405, "as of a file that is not there: " + status);
            assertEquals(404, door.get("/api/tokens").getStatus());
        }
    }

    @Test
    void inDevModeNoTokenMakesAnotherAndNoPageOfElsewhere() throws Exception {
        try (Door door = Door.dev(BELIEVING)) {
            String operator = token(door.send(FORM, "operate=true"));
            assertEquals(403, door.send(FORM + "\nAuthorization: Bearer " + operator, "publish=*").getStatus());
            assertEquals(403, door.send(FORM + "\nTest-Peer: 192.0.2.7", "publish=*").getStatus());
            assertEquals(403, door.send(FORM + "\nOrigin: https://evil.example", "publish=*").getStatus());
        }
    }

    @Test
    void aFieldNamesNoKeyAndBecomesNoOption() throws Exception {
        try (Door door = Door.dev(BELIEVING)) {
            for (String wish : new String[] {"publish=news&key=@/etc/passwd", "publish=--key&subject=@/etc/passwd",
                "subject=--legacy&publish=news", "publish=news&ttl=never", "subject=ann"}) {
                HttpTester.Response refused = door.send(FORM, wish);
                assertEquals(400, refused.getStatus(), wish + ": " + refused.getContent());
                assertFalse(refused.getContent().contains("root:"), wish);
                assertFalse(refused.getContent().contains(Token.SECRET), wish);
            }
        }
    }

    @Test
    void aHubWithoutAKeySaysWhichSettingIsMissing() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response refused = door.send(FORM, "publish=news");
            assertEquals(404, refused.getStatus());
            assertTrue(refused.getContent().contains("rivulet.token.key is missing"), refused.getContent());
        }
    }

    private static int publish(Door door, String topic, String bearer) throws Exception {
        return door.send("POST /api/updates?topic=" + topic + bearer, "x").getStatus();
    }

    private static String token(HttpTester.Response made) {
        return JsonParser.parseString(made.getContent()).getAsJsonObject().get("token").getAsString();
    }
}
