package io.rivulet.hub.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.topic.TopicSpace;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions as JSON, of both generations. */
class SubscriptionDocumentTest {

    private static final TopicSpace SPACE = TopicSpace.of("https://example.com/app/.well-known/mercure");
    private static final String HUB = SubscriptionDocument.hubPath(SPACE);
    private static final ActiveSubscription ONE =
        new ActiveSubscription("urn:uuid:1", SPACE.exact("https://e.com/é"), "{\"a\":[1,null]}");
    private static final ActiveSubscription OTHER =
        new ActiveSubscription("urn:uuid:2", SPACE.urlPattern("/books/:id"), null);

    @Test
    void theHubsPathIsThatOfItsUrl() {
        assertEquals("/app/.well-known/mercure", HUB);
    }

    @ParameterizedTest
    @CsvSource({"a, a", "a b, a%20b", "a/b:c, a%2Fb%3Ac", "100%, 100%25", "%2F, %252F", "é, %C3%A9", "*, %2A",
        "a-._~Z9, a-._~Z9", "+, %2B", "😀, %F0%9F%98%80"})
    void act01EachVariableIsEncodedExactlyOnceAsAWhole(String text, String encoded) {
        ActiveSubscription of = new ActiveSubscription("urn:uuid:1", SPACE.exact(text), null);
        assertEquals(HUB + "/subscriptions/exact/" + encoded + "/urn%3Auuid%3A1",
            SubscriptionDocument.topic(HUB, of));
        assertEquals(HUB + "/subscriptions/" + encoded + "/urn%3Auuid%3A1", SubscriptionDocument.legacyTopic(HUB, of));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com/books/{id}", "a%b+c d", "\"quoted\\", "漢字"})
    void whatWasEncodedIsDecodedToTheSame(String text) {
        assertEquals(text, URLDecoder.decode(SubscriptionDocument.encode(text), StandardCharsets.UTF_8));
    }

    @Test
    void act03ASubscriptionOf1SaysWhoAndWhatInPlainJson() {
        assertEquals("{\"id\":\"" + HUB + "/subscriptions/exact/https%3A%2F%2Fe.com%2F%C3%A9/urn%3Auuid%3A1\","
            + "\"type\":\"subscription\",\"match_type\":\"exact\",\"match\":\"https://e.com/é\","
            + "\"subscriber\":\"urn:uuid:1\",\"active\":false,\"payload\":{\"a\":[1,null]}}",
            SubscriptionDocument.json(HUB, ONE, false));
        assertEquals("{\"id\":\"" + HUB + "/subscriptions/urlpattern/%2Fbooks%2F%3Aid/urn%3Auuid%3A2\","
            + "\"type\":\"subscription\",\"match_type\":\"urlpattern\",\"match\":\"/books/:id\","
            + "\"subscriber\":\"urn:uuid:2\",\"active\":true}", SubscriptionDocument.json(HUB, OTHER, true));
    }

    @Test
    void act08ACollectionSaysWhichItIsBeforeItsList() {
        assertEquals("\"id\":\"/x\",\"type\":\"subscriptions\",", SubscriptionDocument.head("/x"));
    }

    @Test
    void old12TheSameIn0xIsJsonLdWithTheLastIdAtItsRoot() {
        String nested = "\"id\":\"" + HUB + "/subscriptions/%2Fbooks%2F%3Aid/urn%3Auuid%3A2\","
            + "\"type\":\"Subscription\",\"topic\":\"/books/:id\",\"subscriber\":\"urn:uuid:2\",\"active\":true";
        assertEquals("{\"@context\":\"https://mercure.rocks/\"," + nested + ",\"lastEventID\":\"i\"}",
            SubscriptionDocument.legacyJson(HUB, OTHER, true, "i"));
        assertEquals("{" + nested + "}", SubscriptionDocument.legacyJson(HUB, OTHER));
        assertEquals("\"@context\":\"https://mercure.rocks/\",\"id\":\"/x\",\"type\":\"Subscriptions\","
            + "\"lastEventID\":\"i\",", SubscriptionDocument.legacyHead("/x", "i"));
    }
}
