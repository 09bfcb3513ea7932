package io.rivulet.http.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.http.Tokens;
import io.rivulet.http.updates.Door;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients learn about tokens (RFC 9728, DIS-03). */
class MetadataServletTest {

    private static final String PATH = "/.well-known/oauth-protected-resource/.well-known/mercure";

    @Test
    void whereTokensAreConfiguredItSaysWhoIssuesThemAndHowTheyAreShown() throws Exception {
        try (Door door = Tokens.door("presence", "true", "token.cookie", "mine")) {
            HttpTester.Response answer = door.get(PATH);
            assertEquals(200, answer.getStatus());
            assertEquals("application/json", answer.get("Content-Type"));
            JsonObject json = JsonParser.parseString(answer.getContent()).getAsJsonObject();
            assertEquals(Tokens.HUB, json.get("resource").getAsString());
            assertEquals("[\"https://issuer.example\"]", json.get("authorization_servers").toString());
            assertEquals("[\"header\"]", json.get("bearer_methods_supported").toString());
            assertEquals("mine", json.get("mercure_cookie").getAsString());
            assertTrue(json.get("mercure_subscriptions").getAsBoolean());
            assertTrue(json.get("authorization_details_types_supported").toString()
                .contains("https://mercure.rocks/authorization-detail"));
        }
    }

    @Test
    void withoutTokensItIsNotThereAndChallengesDoNotNameIt() throws Exception {
        try (Door door = Door.with("anonymous", "false")) {
            assertEquals(404, door.get(PATH).getStatus());
            assertEquals("Bearer", door.get("/.well-known/mercure?match=a").get("WWW-Authenticate"));
        }
        try (Door door = Tokens.door()) {
            assertFalse(door.get(PATH).getContent().contains("mercure_subscriptions"));
        }
    }

    @ParameterizedTest
    @CsvSource({"https://a.example,/.well-known/mercure", "http://a:8080,/x/hub"})
    void itsAddressIsMadeOfTheHubsOwn(String origin, String path) {
        assertEquals(origin + "/.well-known/oauth-protected-resource" + path, MetadataServlet.url(origin + path, ""));
    }

    @ParameterizedTest
    @CsvSource({"/live,/live,/live/.well-known/oauth-protected-resource/.well-known/mercure",
        "/live,/app/live,/app/live/.well-known/oauth-protected-resource/.well-known/mercure",
        "/live,/elsewhere,/.well-known/oauth-protected-resource/elsewhere/.well-known/mercure"})
    void belowAPrefixItIsBelowThePrefixToo(String prefix, String path, String document) {
        assertEquals("https://a.example" + document,
            MetadataServlet.url("https://a.example" + path + "/.well-known/mercure", prefix));
    }
}
