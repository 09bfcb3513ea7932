package io.rivulet.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.WireResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How clients find out what this hub asks for (RFC 9728). */
@Tag("once")
class DiscoveryIT {

    private static final String METADATA = "/.well-known/oauth-protected-resource/.well-known/mercure";

    @Test
    void DIS03_DIS04_theMetadataSayWhoseTokensAreTaken() {
        try (MercureHub hub = MercureHub.with("presence", "true")) {
            WireResponse answer = hub.ask("GET " + METADATA);
            assertEquals(200, answer.status());
            assertEquals("application/json", answer.header("Content-Type").replaceAll(";.*", ""));
            JsonObject json = answer.json();
            assertEquals(MercureHub.URL, json.get("resource").getAsString());
            assertEquals("[\"https://localhost\"]", json.get("authorization_servers").toString());
            assertEquals("[\"" + Token.DETAIL + "\"]", json.get("authorization_details_types_supported").toString());
            assertEquals("[\"header\"]", json.get("bearer_methods_supported").toString());
            assertEquals("__Secure-mercure_access_token", json.get("mercure_cookie").getAsString());
            assertTrue(json.get("mercure_subscriptions").getAsBoolean());
            assertFalse(json.has("mercure_matcher_types_supported"), "only the two that every hub has");
        }
    }

    @Test
    void DIS03_aHubWithoutPresenceDoesNotPromiseIt() {
        try (MercureHub hub = MercureHub.with()) {
            JsonObject json = hub.ask("GET " + METADATA).json();
            assertFalse(json.has("mercure_subscriptions") && json.get("mercure_subscriptions").getAsBoolean());
        }
    }

    @Test
    void DIS03_aHubThatTakesNoTokensHasNoMetadata() {
        try (MercureHub hub = MercureHub.withoutTokens()) {
            assertEquals(404, hub.ask("GET " + METADATA).status());
        }
    }
}
