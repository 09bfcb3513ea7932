package io.rivulet.http.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.http.updates.Door;
import io.rivulet.kit.Stub;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Dev mode, condition by condition: each refused request differs by one header from one that passes, so a condition
 * that is not asked makes its test fail.
 */
class DevAccessTest {

    private static final String PUBLISH = "POST /api/updates?topic=news\n";
    private static final String READ = "GET /api/events?topic=news\n";

    private static Door door;

    @BeforeAll
    static void start() throws Exception {
        door = Door.dev();
    }

    @AfterAll
    static void stop() {
        door.close();
    }

    @Test
    void aProgramOnThisMachineMayDoBoth() throws Exception {
        assertEquals(200, door.send(PUBLISH, "x").getStatus());
        assertEquals(200, door.send(READ, "").getStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.8.7", "::1"})
    void everyLoopbackAddressIsThisMachine(String peer) throws Exception {
        assertEquals(200, door.send(PUBLISH + "Test-Peer: " + peer, "x").getStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "10.0.0.1", "0.0.0.0", "2001:db8::1", "::ffff:192.0.2.7"})
    void anotherMachineIsRefused(String peer) throws Exception {
        assertRefused(PUBLISH + "Test-Peer: " + peer, "loopback");
        assertRefused(READ + "Test-Peer: " + peer, "loopback");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:1", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"})
    void everyNameOfThisMachineIsServed(String host) throws Exception {
        assertEquals(200, door.send(PUBLISH + "Host: " + host, "x").getStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
        "127.0.0.2:8080", "[::2]:8080", "notlocalhost:8080"})
    void aNameThatWasReboundIsRefused(String host) throws Exception {
        assertRefused(PUBLISH + "Host: " + host, "Host header");
        assertRefused(READ + "Host: " + host, "Host header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Forwarded: for=127.0.0.1", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: localhost",
        "X-Forwarded-Proto: http", "x-forwarded-anything: 1", "X-Real-IP: 127.0.0.1", "Via: 1.1 proxy",
        "X-Client-IP: ::1", "true-client-ip: ::1", "CF-Ray: 1", "CDN-Loop: x", "X-Envoy-External-Address: ::1",
        "X-Original-Host: localhost", "X-Varnish: 1", "X-ARR-LOG-ID: 1", "Fly-Client-IP: ::1", "fastly-ff: x"})
    void aProxyOnThisMachineIsRefusedAndToldWhatToDo(String header) throws Exception {
        assertRefused(PUBLISH + header, "proxy");
        assertRefused(READ + header, "a caller behind a proxy needs a token, which rivulet.token.key");
        assertEquals(200, door.send(PUBLISH + "X-Other: 1", "x").getStatus());
    }

    /** A proxy that sends what a person's browser sends has an account of its own. */
    @Test
    void aConnectionOfAnotherAccountIsRefusedWhateverItSends() {
        String stranger = "the connection belongs to uid 33 of this machine";
        for (String fault : new String[] {null, stranger}) {
            PeerOwner owners = new PeerOwner(Path.of("/proc/net"), 1_000, -1, false) {
                @Override
                Answer ask(Connection connection) {
                    return new Answer(true, fault);
                }
            };
            String refusal = new DevAccess(owners, Settings.with()).fault(request(), false);
            assertEquals(fault == null, refusal == null, refusal);
            assertTrue(fault == null || refusal.startsWith(stranger + "; a caller behind a proxy needs a token"),
                refusal);
        }
    }

    /** Of a person's curl, in all that it sends. */
    private static HttpServletRequest request() {
        return Stub.of(HttpServletRequest.class, (method, arguments) -> switch (method) {
            case "getRemoteAddr", "getLocalAddr" -> "127.0.0.1";
            case "getRemotePort", "getLocalPort" -> 8080;
            case "getHeader" -> "localhost";
            case "getHeaderNames" -> Collections.enumeration(List.of("Host"));
            case "getProtocol" -> "HTTP/1.1";
            default -> null;
        });
    }

    @Test
    void theOlderProtocolOfProxiesIsRefused() throws Exception {
        long before = door.published();
        HttpTester.Response answer = door.raw(java.nio.ByteBuffer.wrap(("POST /api/updates?topic=news HTTP/1.0\r\n"
            + "Host: localhost:8080\r\nContent-Length: 1\r\n\r\nx").getBytes(StandardCharsets.US_ASCII)));
        assertEquals(403, answer.getStatus());
        assertTrue(answer.getContent().contains("HTTP/1.0"), answer.getContent());
        assertEquals(before, door.published());
    }

    private static Door behindOwnProxy() throws Exception {
        return Door.dev("trusted.proxies", "127.0.0.1", "publish.origins", "http://localhost:5173");
    }

    @ParameterizedTest
    @ValueSource(strings = {"",
        "X-Forwarded-For: 127.0.0.1\nX-Forwarded-Host: localhost:5173\nX-Forwarded-Proto: http",
        "X-Forwarded-For: ::1", "Forwarded: for=127.0.0.1;host=localhost:5173", "X-Forwarded-For: 10.0.0.9, 127.0.0.2"})
    void aListedProxyOfTheDevelopersOwnMaySpeakForThisMachine(String headers) throws Exception {
        try (Door own = behindOwnProxy()) {
            String page = headers + "\nOrigin: http://localhost:5173\nSec-Fetch-Site: same-origin";
            HttpTester.Response answer = own.send(PUBLISH + page.strip(), "x");
            assertEquals(200, answer.getStatus(), answer.getContent());
            assertEquals(200, own.send(READ + headers, "").getStatus());
            assertEquals(200, own.send(PUBLISH + headers + "\nReferer: http://localhost:5173/x"
                + "\nSec-Fetch-Site: cross-site", "x").getStatus());
            assertEquals(2, own.published());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For: 192.168.1.7", "X-Forwarded-For: 127.0.0.2, 192.168.1.7",
        "X-Forwarded-Proto: http", "X-Forwarded-For: unknown", "Forwarded: for=192.168.1.7",
        "X-Forwarded-For: 127.0.0.1\nForwarded: for=192.168.1.7", "X-Forwarded-For: 127.0.0.1\nVia: 1.1 other",
        "X-Forwarded-For: 127.0.0.1\nX-Real-IP: 127.0.0.1",
        "X-Forwarded-For: 127.0.0.1\nX-Forwarded-Host: evil.example",
        "Forwarded: for=127.0.0.1;host=evil.example", "Test-Peer: 127.0.0.2\nX-Forwarded-For: 127.0.0.1"})
    void itDoesNotOpenTheHubToOthers(String headers) throws Exception {
        try (Door own = behindOwnProxy()) {
            for (String request : new String[] {PUBLISH, READ}) {
                HttpTester.Response answer = own.send(request + headers, request.equals(READ) ? "" : "x");
                assertEquals(403, answer.getStatus(), answer.getContent());
            }
            assertEquals(0, own.published());
        }
    }

    @Test
    void aPageThatIsNotListedMayNotPublishThroughItEither() throws Exception {
        try (Door own = behindOwnProxy()) {
            for (String page : new String[] {"Origin: http://localhost:5174", "Origin: http://evil.example",
                "Referer: http://evil.example/", "Sec-Fetch-Site: cross-site"}) {
                assertEquals(403, own.send(PUBLISH + page, "x").getStatus(), page);
            }
        }
    }

    @Test
    void theLogTellsWhomDevModeTrusts() {
        String told = new DevAccess(new PeerOwner(Path.of("/proc/net"), 1_000, -1, false),
            Settings.with()).trust();
        assertTrue(told.contains("uid 1000") && told.contains("same account"), told);
        String untold = new DevAccess(new PeerOwner(null, -1, -1, false), Settings.with()).trust();
        assertTrue(untold.contains("every program") && untold.contains("does not tell"), untold);
    }

    @ParameterizedTest
    @CsvSource({"localhost:8080,http://localhost:8080", "localhost,http://localhost", "localhost:80,http://localhost",
        "127.0.0.1:8080,http://127.0.0.1:8080", "[::1]:8080,http://[::1]:8080"})
    void aPageOfTheHubItselfMayPublish(String host, String origin) throws Exception {
        assertEquals(200, door.send(PUBLISH + "Host: " + host + "\nOrigin: " + origin
            + "\nSec-Fetch-Site: same-origin", "x").getStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "https://localhost:8080", "http://localhost:3000", "null",
        "http://127.0.0.1:8080", "http://localhost:8080.evil.example", "http://localhost:80800", "http://localhost"})
    void aPageOfAnotherOriginMayNot(String origin) throws Exception {
        assertRefused(PUBLISH + "Origin: " + origin, "Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080/", "http://localhost:8080/rivulet/index.html?x#y"})
    void withoutAnOriginTheRefererDecides(String own) throws Exception {
        assertEquals(200, door.send(PUBLISH + "Referer: " + own, "x").getStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example/http://localhost:8080/", "http://localhost:3000/", "about:blank",
        "not a url", "http://localhost:8080@evil.example/", ""})
    void aForeignRefererIsRefused(String referer) throws Exception {
        assertRefused(PUBLISH + "Referer: " + referer, "Referer");
    }

    @Test
    void aMatchingOriginIsEnoughWhateverTheReferer() throws Exception {
        assertEquals(200, door.send(PUBLISH + "Origin: http://localhost:8080\nReferer: about:client", "x").getStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site"})
    void aBrowserThatSaysItComesFromElsewhereIsRefused(String site) throws Exception {
        assertRefused(PUBLISH + "Sec-Fetch-Site: " + site, "Sec-Fetch-Site");
        assertEquals(200, door.send(PUBLISH + "Sec-Fetch-Site: none", "x").getStatus());
    }

    @Test
    void aPageOfAnotherPortMayRead() throws Exception {
        HttpTester.Response answer =
            door.send(READ + "Origin: http://localhost:3000\nSec-Fetch-Site: same-site", "");
        assertEquals(200, answer.getStatus());
        assertEquals("http://localhost:3000", answer.get("Access-Control-Allow-Origin"));
    }

    @Test
    void aTokenIsNeverIgnored() throws Exception {
        for (String fault : new String[] {"&access_token=x", "&authorization=x", "\nAuthorization: Bearer x"}) {
            HttpTester.Response answer = door.send(READ.strip() + fault, "");
            assertEquals(400, answer.getStatus(), fault);
            assertEquals("Bearer error=\"invalid_request\"", answer.get("WWW-Authenticate"));
        }
        HttpTester.Response answer = door.send(READ.strip() + "\nAuthorization: Bearer " + "x".repeat(50), "");
        assertEquals(401, answer.getStatus());
        assertEquals("Bearer error=\"invalid_token\"", answer.get("WWW-Authenticate"));
    }

    private static void assertRefused(String head, String part) throws Exception {
        long before = door.published();
        HttpTester.Response answer = door.send(head, head.startsWith("POST") ? "x" : "");
        assertEquals(403, answer.getStatus(), answer.getContent());
        assertEquals("application/problem+json", answer.get("Content-Type"));
        assertTrue(answer.getContent().contains("dev mode") && answer.getContent().contains(part),
            answer.getContent());
        assertEquals(before, door.published());
    }
}
