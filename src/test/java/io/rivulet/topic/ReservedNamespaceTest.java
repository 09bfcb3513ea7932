package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mercure's reserved namespace: what a URL parser would lead to the hub's own path. */
class ReservedNamespaceTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "/.well-known/mercure", "/.well-known/mercure/x", "/.well-known/mercure?x",
        "/.well-known/mercure#x", "?x", "#x", "https://other/.well-known/mercure", "http://other/.well-known/mercure/a",
        "HTTPS://user:secret@other:99/.well-known/mercure", "ftp://h/.well-known/mercure",
        "wss://h/.well-known/mercure", "file:///.well-known/mercure", "file:/.well-known/mercure",
        "file://host/.well-known/mercure", "coap://h/.well-known/mercure/x", "app:/.well-known/mercure",
        "mercure", "mercure/subscriptions/x", "./mercure", "x/../mercure", "%6Dercure", "%6d%65rcure/x", " mercure ",
        "..\\.well-known\\mercure", "\\.well-known\\mercure", "//other/.well-known/mercure",
        "\\\\other\\.well-known\\mercure", "https:\\\\other\\.well-known\\mercure", "https:mercure", "http:mercure/x",
        "https:/.well-known/mercure", "https:////other/.well-known/mercure", "/%2Ewell-known/mercure",
        "/a/../.well-known/mercure", "/a/%2e%2E/.well-known/mercure", "/./.well-known/mercure", "mercure/",
        "/../../.well-known/mercure", "/.well-known/x/..\\mercure", "/.well-known/mercure/../mercure"})
    void leadsToTheHub(String topic) {
        assertTrue(ReservedNamespace.holds(topic), topic);
    }

    @ParameterizedTest
    @ValueSource(strings = {"news", "../mercure/x", "/mercure", "mercure-dashboard", "/.well-known/mercure-dashboard",
        "https://e/foo/.well-known/mercure/bar", "urn:example:mercure", "a topic with spaces", "MERCURE",
        "/.well-known/Mercure", "https://e/mercure", "https:///.well-known/mercure", "x:mercure", "mercure:x",
        "urn:.well-known/mercure", "coap://h\\.well-known\\mercure", "app:/x/.well-known/mercure", "https://mercure",
        "/.well-known//mercure", "/.well-known/%256Dercure", "/.well-known%2Fmercure", "/.well-known/mercure/..",
        "quotes/ACME", "1mercure:x", "%", "%6", "/a/..", "mercure%2Fx", "x?/.well-known/mercure",
        "x#/.well-known/mercure", "https://example.com?/.well-known/mercure",
        "https://[bad/x/.well-known/mercure", "https://[bad?/.well-known/mercure", "https://[bad//.well-known/mercure",
        "https://[bad/.well-known/mercure", "//a:b/.well-known/mercure", "coap://[bad/.well-known/mercure/x",
        "http://h:99999/.well-known/mercure"})
    void leadsElsewhere(String topic) {
        assertFalse(ReservedNamespace.holds(topic), topic);
    }
}
