package io.rivulet.http.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.http.Tokens;
import io.rivulet.http.updates.Door;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages of other origins get at answers, and what a preflight is told. */
class CorsTest {

    private static final String APP = "https://app.example.com";

    @Test
    void aListedOriginReadsEveryAnswerRefusalsToo() throws Exception {
        try (Door door = Door.with("cors.origins", APP + ",capacitor://localhost")) {
            for (String target : new String[] {"/api/events?topic=a", "/api/events?limit=0", "/nothing", "/broken",
                "/health/live"}) {
                HttpTester.Response answer = door.send("GET " + target + "\nOrigin: " + APP, "");
                assertEquals(APP, answer.get("Access-Control-Allow-Origin"), target);
                assertEquals("true", answer.get("Access-Control-Allow-Credentials"), target);
                assertEquals("Origin", answer.get("Vary"), target);
                assertTrue(answer.get("Access-Control-Expose-Headers").contains("Retry-After"));
            }
            assertEquals("capacitor://localhost", door.send("GET /health/live\nOrigin: capacitor://localhost", "")
                .get("Access-Control-Allow-Origin"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example.com.evil.example", "https://APP.example.com", "http://app.example.com",
        "https://app.example.com:8443", "null", "http://localhost:3000"})
    void anotherOriginGetsNothingButVary(String origin) throws Exception {
        try (Door door = Door.with("cors.origins", APP)) {
            HttpTester.Response answer = door.send("GET /api/events?topic=a\nOrigin: " + origin, "");
            assertNull(answer.get("Access-Control-Allow-Origin"));
            assertNull(answer.get("Access-Control-Allow-Credentials"));
            assertEquals("Origin", answer.get("Vary"));
        }
    }

    @Test
    void anOriginThatIsListedWhileTheHubRunsCountsAtOnce() throws Exception {
        Settings settings = Settings.with();
        try (Door door = Door.with(settings)) {
            assertNull(door.send("GET /health/live\nOrigin: " + APP, "").get("Access-Control-Allow-Origin"));
            settings.change(Settings.with("cors.origins", APP));
            assertEquals(APP, door.send("GET /health/live\nOrigin: " + APP, "").get("Access-Control-Allow-Origin"));
            assertThrows(BadSetting.class, () -> settings.change(Settings.with("cors.origins", "*")));
            assertEquals(APP, door.send("GET /health/live\nOrigin: " + APP, "").get("Access-Control-Allow-Origin"));
        }
    }

    @Test
    void aStarStandsForOneLabel() throws Exception {
        try (Door door = Door.with("cors.origins", "https://*.example.com,http://*.shop.co.uk:8080," + APP)) {
            for (String origin : new String[] {"https://a.example.com", "https://my-app_2.example.com", APP,
                "http://x.shop.co.uk:8080"}) {
                HttpTester.Response answer = door.send("OPTIONS /api/updates\nOrigin: " + origin, "");
                assertEquals(origin, answer.get("Access-Control-Allow-Origin"));
                assertEquals("GET, HEAD, POST, PUT, OPTIONS", answer.get("Access-Control-Allow-Methods"));
            }
            for (String origin : new String[] {"https://example.com", "https://.example.com", "https://a.b.example.com",
                "http://a.example.com", "https://a.example.com:8443", "https://a.example.com.evil.example", "null",
                "https://evil.example/.example.com", "https://aexample.com", "https://A.example.com",
                "http://x.shop.co.uk", "https://*.example.com"}) {
                assertNull(door.send("GET /health/live\nOrigin: " + origin, "").get("Access-Control-Allow-Origin"),
                    origin);
            }
        }
    }

    @Test
    void inDevModeEveryPortOfThisMachineMayRead() throws Exception {
        try (Door door = Door.dev()) {
            for (String origin : new String[] {"http://localhost:3000", "https://127.0.0.1:1", "http://[::1]:9"}) {
                assertEquals(origin, door.send("GET /api/events?topic=a\nOrigin: " + origin, "")
                    .get("Access-Control-Allow-Origin"));
            }
            for (String origin : new String[] {"http://localhost.evil.example", "ftp://localhost:1", "null",
                "http://localhost:3000/"}) {
                assertNull(door.send("GET /api/events?topic=a\nOrigin: " + origin, "")
                    .get("Access-Control-Allow-Origin"), origin);
            }
        }
    }

    @Test
    void aPreflightOfAListedOriginIsToldWhatItMaySend() throws Exception {
        try (Door door = Door.with("cors.origins", APP)) {
            HttpTester.Response answer = door.send("OPTIONS /api/updates\nOrigin: " + APP
                + "\nAccess-Control-Request-Method: GET\nAccess-Control-Request-Headers: last-event-id", "");
            assertEquals(204, answer.getStatus());
            assertEquals("GET, HEAD, POST, PUT, OPTIONS", answer.get("Access-Control-Allow-Methods"));
            for (String header : new String[] {"Last-Event-ID", "Authorization", "Content-Type", "Cache-Control",
                "Accept", "X-Requested-With", "Idempotency-Key"}) {
                assertTrue(answer.get("Access-Control-Allow-Headers").contains(header), header);
            }
            assertTrue(Integer.parseInt(answer.get("Access-Control-Max-Age")) > 0);
            assertEquals(APP, answer.get("Access-Control-Allow-Origin"));
        }
    }

    @Test
    void theProtocolsMethodsAndHeadersGetThrough_SUB_21() throws Exception {
        try (Door door = Tokens.door("cors.origins", APP)) {
            String origin = "\nOrigin: " + APP;
            assertEquals("GET, HEAD, POST, QUERY, OPTIONS", door.send("OPTIONS /.well-known/mercure" + origin, "")
                .get("Access-Control-Allow-Methods"));
            HttpTester.Response answer = door.send("OPTIONS /api/connections/x" + origin, "");
            assertTrue(answer.get("Access-Control-Allow-Methods").contains("PATCH, DELETE"));
            for (String header : new String[] {"Rivulet-Secret", "If-None-Match", "Idempotency-Key"}) {
                assertTrue(answer.get("Access-Control-Allow-Headers").contains(header), header);
            }
            for (String header : new String[] {"Mercure-Last-Event-ID", "Last-Event-ID", "Link", "ETag", "Retry-After",
                "X-Request-Id"}) {
                assertTrue(answer.get("Access-Control-Expose-Headers").contains(header), header);
            }
            String bad = Tokens.bearer(Tokens.expired());
            assertEquals(APP, door.send("GET /.well-known/mercure?match=a" + origin + bad, "")
                .get("Access-Control-Allow-Origin"));
            assertNull(door.send("GET /.well-known/mercure?match=a\nOrigin: https://evil.example" + bad, "")
                .get("Access-Control-Allow-Origin"));
        }
    }

    @Test
    void aPreflightOfALocalPageInDevModeIsToldThatItMayRead() throws Exception {
        try (Door door = Door.dev()) {
            assertEquals("GET, HEAD", door.send("OPTIONS /api/updates\nOrigin: http://localhost:3000", "")
                .get("Access-Control-Allow-Methods"));
        }
    }

    @Test
    void aForeignPreflightIsToldTheMethodsOnly() throws Exception {
        try (Door door = Door.with("cors.origins", APP)) {
            HttpTester.Response answer = door.send("OPTIONS /api/updates\nOrigin: https://evil.example", "");
            assertEquals(204, answer.getStatus());
            assertEquals("GET, HEAD, POST, PUT, OPTIONS", answer.get("Allow"));
            assertNull(answer.get("Access-Control-Allow-Origin"));
            assertNull(answer.get("Access-Control-Allow-Methods"));
        }
    }

    @Test
    void whereNobodyMayThereIsNoVary() throws Exception {
        try (Door door = Door.with()) {
            assertNull(door.send("GET /health/live\nOrigin: " + APP, "").get("Vary"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "null", "app.example.com", "https://app.example.com/", "https://APP.example.com",
        "https://app.example.com:443", "http://app.example.com:80", "https://u@app.example",
        "https://*.com", "https://*.co.uk", "https://*.github.io", "https://*", "https://*.", "https://*.*.example.com",
        "https://a*.example.com", "https://*.example.com:443", "https://*.0.0.1", "*://*.example.com"})
    void whatNoBrowserSendsStopsTheStart(String origin) {
        BadSetting bad = assertThrows(BadSetting.class, () -> new Cors(Settings.with("cors.origins", origin)));
        assertTrue(bad.getMessage().startsWith("rivulet.cors.origins "), bad.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example.com", "http://app.example.com:443", "http://[2001:db8::1]:8080",
        "capacitor://localhost", "http://127.0.0.1:3000"})
    void whatABrowserSendsIsTaken(String origin) {
        assertDoesNotThrow(() -> new Cors(Settings.with("cors.origins", origin)));
    }
}
