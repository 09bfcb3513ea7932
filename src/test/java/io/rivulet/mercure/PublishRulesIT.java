package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.FORM;
import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.bearer;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.EventStream;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publish of Mercure 1.0 may say, and how it is refused. */
@Tag("once")
class PublishRulesIT {

    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();
    private final String form = "topic=" + enc(topic);

    @BeforeAll
    static void start() {
        hub = MercureHub.with();
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    /** Refused, and nothing of it was published; without the fault it is. */
    private void assertRefused(int status, String bad, String good) {
        try (EventStream all = hub.stream("match=*")) {
            WireResponse answer = hub.publish(Token.all(), bad);
            assertEquals(status, answer.status(), () -> bad + ": " + answer.text());
            hub.assertNothingMore(all, topic);
        }
        hub.published(good);
    }

    @Test
    void PUB01_aFormInUtf8IsPublished() {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            hub.published(form + "&data=%C3%A9%E2%9C%93%F0%9F%98%80");
            stream.awaitData("é✓😀");
            WireResponse answer = hub.ask("POST " + PATH + "\n" + FORM + "; charset=UTF-8" + bearer(Token.all()),
                form + "&data=é");
            assertEquals(200, answer.status(), answer.text());
            stream.awaitData("é");
        }
    }

    @Test
    void PUB02_aPublishWithoutATopicIs400() {
        assertRefused(400, "data=x", form + "&data=x");
        assertEquals(400, hub.publish(Token.all(), "").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/json", "multipart/form-data; boundary=x"})
    void PUB02_anotherContentTypeIsRefused(String type) {
        WireResponse answer = hub.ask("POST " + PATH + "\nContent-Type: " + type + bearer(Token.all()), form);
        assertEquals(400, answer.status(), answer.text());
        assertEquals(200, hub.ask("POST " + PATH + "\n" + FORM + bearer(Token.all()), form).status());
    }

    @Test
    void PUB03_theOtherTopicsReachTheirSubscribersAndNobodyTwice() {
        String other = MercureHub.freshTopic();
        try (EventStream first = hub.stream("match=" + enc(topic));
             EventStream second = hub.stream("match=" + enc(other));
             EventStream both = hub.stream("match=" + enc(topic) + "&match_urlpattern=" + enc(other))) {
            hub.published(form + "&topic=" + enc(other) + "&data=x");
            hub.assertOnly(first, topic, "x");
            hub.assertOnly(second, other, "x");
            both.awaitData("x");
            assertTrue(both.awaitEvent().data().startsWith("marker"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "%0A", "%0D", "%1F", "%7F", "%C2%85", "%E2%80%8B", "%EF%BB%BF", "%E2%80%AE", "%FF",
        "%ED%A0%80"})
    void PUB04_aTopicWithAControlOrFormatCharacterOrNoUtf8Is400(String character) {
        assertRefused(400, form + character, form);
        assertRefused(400, form + "&topic=b" + character, form + "&topic=b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/mercure", "/.well-known/mercure/x", "/.well-known/mercure/",
        "https://other/.well-known/mercure", "https://other.example:8443/.well-known/mercure/subscriptions/exact/a/b",
        "mercure", "mercure/subscriptions/x", "./mercure", "/.well-known/%6Dercure", "/%2Ewell-known/mercure",
        "/.well-known/mercur%65/x", "https:\\\\e\\.well-known\\mercure", "\\.well-known\\mercure\\x",
        "https://e/.well-known/x/../mercure", "https://e/a/%2e%2e/.well-known/mercure", "",
        "https://e/.well-known/mercure?a=b", "https://e/.well-known/mercure#a", "?x", "#x", "/.well-known/./mercure/x",
        "http://e/.well-known/mercure/x", "HTTPS://e/.well-known/mercure", "//e/.well-known/mercure/x",
        "https:/.well-known/mercure", "ws://e/.well-known/mercure", "ftp://e/.well-known/mercure/a",
        "foo://e/.well-known/mercure", "subscriptions/../mercure/a"})
    void PUB05_aTopicInTheHubsOwnNamespaceIs400WhateverTheToken(String reserved) {
        assertRefused(400, "topic=" + enc(reserved) + "&data=x", form + "&data=x");
        assertRefused(400, form + "&topic=" + enc(reserved), form + "&topic=b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../mercure/x", "https://e/.well-known/mercure-dashboard", "/.well-known/mercure-dashboard",
        "https://e/foo/.well-known/mercure/bar", "urn:example:mercure", "a topic with spaces",
        "/.well-known/Mercure/x", "/well-known/mercure", "https://e/.well-known/mercur", "/.well-known%2Fmercure",
        "https://e/x?/.well-known/mercure"})
    void PUB05_aTopicBesideTheHubsNamespaceIsPublished(String beside) {
        hub.published("topic=" + enc(beside) + "&data=x");
    }

    @Test
    void PUB06_aTopicThatIsAStarIs400() {
        assertRefused(400, "topic=*&data=x", "topic=**&data=x");
    }

    @ParameterizedTest
    @CsvSource({"one%0Atwo, one|two", "one%0Dtwo, one|two", "one%0D%0Atwo, one|two", "%0Aa%0A, |a|",
        "a%0Aid: x, a|id: x", "a%0D%0Devent: x%0D, a||event: x|", "a%0A%0Adata: y, a||data: y", "%3A, :", "+x, ' x'"})
    void PUB07_everyLineOfTheDataIsADataLine(String sent, String lines) {
        String id = hub.published(form + "&data=" + sent);
        String wire = hub.firstEvent("match=" + enc(topic) + "&last_event_id=earliest");
        String expected = List.of(lines.split("\\|", -1)).stream().map(l -> "data: " + l + "\n")
            .collect(Collectors.joining());
        assertTrue(wire.endsWith("\n" + expected + "id: " + id + "\n\n"), wire);
    }

    @Test
    void PUB07_dataMayBeMissingAndMustBeUtf8() {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            String id = hub.published(form);
            assertEquals(new Dispatched("message", "", id), stream.awaitEvent());
        }
        assertRefused(400, form + "&data=%FF", form + "&data=%C3%BF");
        assertRefused(400, form + "&data=a%C3", form + "&data=a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "private=", "private=on", "private=0", "private=off", "private=false"})
    void PUB08_theNamePrivateMakesItPrivateWhateverItsValue(String field) {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            hub.published(form + "&data=hidden&" + field);
            hub.assertNothingMore(stream, topic);
            hub.published(form + "&data=shown&x" + field);
            stream.awaitData("shown");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"#x", "#", "earliest", "a\u0000", "a\nb", "a\rb", "\u007f", "a\u0085", "a\u200bb",
        "\ufeffa", "\u202e"})
    void PUB09_anIdThatIsReservedOrHasAControlOrFormatCharacterIs400(String id) {
        assertRefused(400, form + "&id=" + enc(id), form + "&id=" + enc("x" + topic));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a b c", "é✓😀", "Earliest", "a#b", "urn:uuid:5e94c686-2c0b-4f9b-958c-92ccc3bbb4eb",
        "0", "http://e/?a=b&c=d", "100%", " leading", "trailing ", "a:b", "urn:rivulet:AAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void PUB09_PUB11_anyOtherIdIsKeptVerbatimAndMayRepeat(String id) {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            for (String data : List.of("1", "2", "1")) {
                assertEquals(id, hub.published(form + "&data=" + data + "&id=" + enc(id)));
                assertEquals(new Dispatched("message", data, id), stream.awaitEvent());
            }
        }
    }

    @Test
    void PUB10_withoutAnIdTheHubMakesAnIri() {
        String one = hub.published(form + "&data=x");
        String two = hub.published(form + "&data=x");
        assertTrue(one.matches("urn:rivulet:[A-Z2-7]{26}"), one);
        assertNotEquals(one, two);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mercure", "a%0Ab", "a%0Db", "a%00", "%7F", "%C2%85", "%E2%80%8B", "%EF%BB%BF", "%FF"})
    void PUB12_aTypeThatIsReservedOrHasAControlOrFormatCharacterIs400(String type) {
        assertRefused(400, form + "&type=" + type, form + "&type=x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mercure", "mercure2", "open", "error", "message", "é", "a b"})
    void PUB12_anyOtherTypeArrives(String type) {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            hub.published(form + "&type=" + enc(type) + "&data=x");
            assertEquals(type, stream.awaitEvent().type());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rivulet.hello", "rivulet.", "rivulet.gap"})
    void PUB12_typesOfTheHubsOwnAre400_aDeviation(String type) {
        assertRefused(400, form + "&type=" + type, form + "&type=x" + type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x", "-1", "%201", "1.0", "1e3", "%D9%A1", "0x10", "%2B1"})
    void PUB13_aRetryThatIsNotDigitsIs400(String retry) {
        assertRefused(400, form + "&retry=" + retry, form + "&retry=1000");
    }

    @Test
    void PUB14_unknownFieldsAreIgnored() {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            hub.published(form + "&data=x&colour=red&Topic=other&target=y&DATA=z&DATA=z");
            hub.assertOnly(stream, topic, "x");
        }
    }

    @Test
    void PUB15_theAnswerIs200WithTheIdAsPlainText() {
        WireResponse answer = hub.publish(Token.all(), form + "&id=the-id&data=x");
        assertEquals(200, answer.status());
        assertEquals("the-id", answer.text());
        assertEquals("text/plain;charset=utf-8", answer.header("Content-Type").replace(" ", "").toLowerCase());
    }

    @Test
    void PUB16_everyTopicMustBeGrantedElseNothingIsDispatched() {
        String token = Token.v1().publish(topic).sign();
        try (EventStream all = hub.stream("match=*")) {
            WireResponse answer = hub.publish(token, form + "&topic=" + enc(topic + "/b") + "&data=x");
            assertEquals(403, answer.status());
            assertTrue(answer.header("WWW-Authenticate").contains("error=\"insufficient_scope\""));
            hub.assertNothingMore(all, topic);
            assertEquals(200, hub.publish(token, form + "&data=x").status());
            assertEquals("x", MercureHub.next(all).data());
        }
    }

    @Test
    void PUB17_aBodyOfMoreThanAMebibyteIs413() {
        int room = (1 << 20) - (form + "&data=").length();
        assertRefused(413, form + "&data=" + "x".repeat(room + 1), form + "&data=" + "x".repeat(room));
    }

    @Test
    void PUB17_moreThan100TopicsAre413() {
        String hundred = IntStream.range(0, 100).mapToObj(i -> "topic=t" + i).collect(Collectors.joining("&"));
        assertRefused(413, hundred + "&topic=one-more", hundred);
    }

    @ParameterizedTest
    @CsvSource({"topic, 4096", "id, 128", "type, 128"})
    void PUB17_aFieldThatIsTooLongIs413(String field, int limit) {
        assertRefused(413, form + "&" + field + "=" + "x".repeat(limit + 1),
            form + "&" + field + "=" + "x".repeat(limit));
    }

    @Test
    void PUB18_withoutATokenNothingIsPublished() {
        try (EventStream all = hub.stream("match=*")) {
            assertEquals(401, hub.publish(null, form + "&data=x").status());
            hub.assertNothingMore(all, topic);
        }
        try (MercureHub open = MercureHub.withoutTokens()) {
            assertTrue(List.of(401, 403).contains(open.publish(null, form + "&data=x").status()));
            assertEquals(200, open.subscribe("match=a").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data=y", "id=y", "type=y", "private", "retry=9000", "x=y"})
    void PUB19_fieldsComeFromTheBodyOnly(String query) {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            WireResponse answer = hub.ask("POST " + PATH + "?" + query + "\n" + FORM + bearer(Token.all()),
                form + "&data=x");
            assertEquals(200, answer.status(), answer.text());
            assertEquals(new Dispatched("message", "x", answer.text()), stream.awaitEvent());
        }
        assertEquals(400, hub.ask("POST " + PATH + "?" + form + "\n" + FORM + bearer(Token.all()), "data=x").status());
    }
}
