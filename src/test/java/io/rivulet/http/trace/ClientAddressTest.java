package io.rivulet.http.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.config.Settings;
import io.rivulet.kit.Stub;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a client is: what proxies say counts from those alone that are trusted. Peer and header in, address out. */
class ClientAddressTest {

    private static final String PROXY = "10.0.0.5";
    private static final String X = "X-Forwarded-For: ";
    private static final String STANDARD = "Forwarded: ";

    private static String of(String trusted, String peer, String... headers) {
        HttpServletRequest request = Stub.of(HttpServletRequest.class, (method, arguments) -> switch (method) {
            case "getRemoteAddr" -> peer;
            case "getHeaders" -> Collections.enumeration(List.of(headers).stream()
                .filter(h -> h.startsWith(arguments[0] + ": ")).map(h -> h.substring(h.indexOf(' ') + 1)).toList());
            default -> throw new AssertionError(method);
        });
        return new ClientAddress(Settings.with("trusted.proxies", trusted)).of(request);
    }

    /** From the proxy 10.0.0.5, which is trusted with all of 10/8. */
    private static String behindProxy(String... headers) {
        return of("10.0.0.0/8, fd00::/8", PROXY, headers);
    }

    @Test
    void whatAnUntrustedPeerSaysIsNotLookedAt() {
        for (String header : new String[] {X + "192.0.2.1", STANDARD + "for=192.0.2.1"}) {
            assertEquals("203.0.113.9", of("", "203.0.113.9", header));
            assertEquals("203.0.113.9", of("10.0.0.0/8", "203.0.113.9", header));
            assertEquals("127.0.0.1", of("10.0.0.0/8", "127.0.0.1", header));
        }
    }

    @Test
    void theLastThatIsNoProxyOfOursIsTheClientAndWhatItSaidItselfIsNot() {
        assertEquals("192.0.2.1", behindProxy(X + "192.0.2.1"));
        assertEquals("192.0.2.1", behindProxy(X + "198.51.100.7, 192.0.2.1"));
        assertEquals("192.0.2.1", behindProxy(X + "junk, 192.0.2.1, 10.9.9.9"));
        assertEquals("192.0.2.1", behindProxy(X + "198.51.100.7", X + "192.0.2.1, 10.1.1.1"));
        assertEquals("2001:db8:0:0:0:0:0:17", behindProxy(X + "1.2.3.4,2001:db8::17,fd00::2"));
        assertEquals("10.3.3.3", behindProxy(X + "10.3.3.3, 10.1.1.1"), "all are proxies: the first one asks");
        assertEquals("192.0.2.1", of("::1", "0:0:0:0:0:0:0:1", X + "192.0.2.1"), "as Tomcat writes the peer");
        assertEquals("192.0.2.1", of("::1", "[0:0:0:0:0:0:0:1]", X + "192.0.2.1"), "as Jetty writes the peer");
        assertEquals("192.0.2.1", of("127.0.0.0/8", "::ffff:127.0.0.1", X + "192.0.2.1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "192.0.2.1:4711|192.0.2.1", "[2001:db8::1]:4711|2001:db8:0:0:0:0:0:1", "[2001:db8::1]|2001:db8:0:0:0:0:0:1"})
    void aPortBehindAnAddressIsNoPartOfIt(String node, String address) {
        assertEquals(address, behindProxy(X + "9.9.9.9, " + node));
        assertEquals(address, behindProxy(STANDARD + "for=9.9.9.9, for=\"" + node + "\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"for=192.0.2.1", "For=\"192.0.2.1\";proto=https;by=10.0.0.5",
        "for=1.1.1.1, proto=http;for=192.0.2.1, for=10.2.2.2", "for=\"a, for=b\";host=x, for=192.0.2.1",
        "for=_hidden,FOR=192.0.2.1"})
    void theStandardsHeaderSaysTheSame(String header) {
        assertEquals("192.0.2.1", behindProxy(STANDARD + header));
    }

    @ParameterizedTest
    @ValueSource(strings = {X + "", X + "unknown", X + "192.0.2.1,", X + "192.0.2.1, localhost", X + "192.0.2.1, 10.1",
        X + "192.0.2.1 10.1.1.1", X + "a.example, 10.1.1.1", STANDARD + "for=unknown", STANDARD + "for=_hidden",
        STANDARD + "proto=https", STANDARD + "for=\"192.0.2.1", STANDARD + "for=\"x, for=192.0.2.1",
        STANDARD + "192.0.2.1", STANDARD + "for=192.0.2.1, proto=https", STANDARD + "for=192.0.2.1;=",
        STANDARD + ""})
    void whatCannotBeReadLeavesThePeersOwnAddress(String header) {
        assertEquals(PROXY, behindProxy(header));
    }

    /** A proxy sets one of the two and lets the other one through as the client sent it: nobody knows which. */
    @Test
    void twoHeadersThatDisagreeLeaveThePeersOwnAddress() {
        assertEquals(PROXY, behindProxy(X + "192.0.2.1", STANDARD + "for=198.51.100.7"));
        assertEquals(PROXY, behindProxy(X + "192.0.2.1", STANDARD + "for=unknown"));
        assertEquals(PROXY, behindProxy(X + "junk", STANDARD + "for=198.51.100.7"));
        assertEquals("192.0.2.1", behindProxy(X + "192.0.2.1", STANDARD + "for=\"192.0.2.1:80\""));
    }

    @Test
    void withoutAHeaderItIsThePeer() {
        assertEquals(PROXY, behindProxy());
        assertEquals("null", of("10.0.0.0/8", null, X + "192.0.2.1"), "a socket without addresses");
    }
}
