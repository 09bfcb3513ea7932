package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.StreamParser.Dispatched;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reconnection: which cursor counts, what is sent again, and what the header says about it. */
@Tag("once")
class ReplayRulesIT {

    private static final String HEADER = "Mercure-Last-Event-ID";
    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();
    private final String match = "match=" + enc(topic);

    @BeforeAll
    static void start() {
        hub = MercureHub.with();
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static String cursor(String id) {
        return "&last_event_id=" + enc(id);
    }

    @Test
    void REC01_everyEventHasAnId() {
        try (EventStream stream = hub.stream(match)) {
            String made = hub.published(topic, "x");
            assertEquals(made, stream.awaitEvent().id());
            assertEquals("own", hub.published("topic=" + enc(topic) + "&id=own"));
            assertEquals("own", stream.awaitEvent().id());
        }
    }

    @Test
    void REC02_theHeaderWinsOverTheQuery() {
        String one = hub.published(topic, "1");
        String two = hub.published(topic, "2");
        hub.published(topic, "3");
        try (EventStream byHeader = hub.stream(match, "Last-Event-ID: " + one);
             EventStream byQuery = hub.stream(match + cursor(two));
             EventStream byBoth = hub.stream(match + cursor(one), "Last-Event-ID: " + two);
             EventStream byNone = hub.stream(match)) {
            hub.assertOnly(byHeader, topic, "2", "3");
            byQuery.awaitData("3");
            byBoth.awaitData("3");
            assertTrue(byNone.awaitEvent().data().startsWith("marker"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lastEventID", "Last-Event-ID", "LAST_EVENT_ID"})
    void REC02_otherNamesOfTheCursorAreNotOfThisProtocol(String name) {
        String one = hub.published(topic, "1");
        hub.published(topic, "2");
        try (EventStream stream = hub.stream(match + "&" + name + "=" + enc(one))) {
            assertNull(stream.header(HEADER), name);
            hub.assertNothingMore(stream, topic);
        }
    }

    /** A polyfill for old browsers sends it; nothing else is meant by it, and it would lose events in silence. */
    @Test
    void REC02_thePolyfillsNameOfTheCursorIsOneToo() {
        String one = hub.published(topic, "1");
        hub.published(topic, "2");
        try (EventStream stream = hub.stream(match + "&lastEventId=" + enc(one))) {
            hub.assertOnly(stream, topic, "2");
        }
    }

    @Test
    void REC03_whatWasMissedIsSentAndThenTheStreamIsLiveWithoutGapOrDouble() {
        String first = hub.published(topic, "0");
        for (int i = 1; i <= 200; i++) {
            hub.published(topic, Integer.toString(i));
        }
        try (EventStream stream = hub.stream(match + cursor(first))) {
            for (int i = 201; i <= 230; i++) {
                hub.published(topic, Integer.toString(i));
            }
            for (int i = 1; i <= 230; i++) {
                assertEquals(Integer.toString(i), stream.awaitEvent().data());
            }
            hub.assertNothingMore(stream, topic);
        }
    }

    @Test
    void REC04_replayIsUnderTheRightsOfTodaysToken() {
        String first = hub.published(topic, "0");
        hub.publishedPrivately(topic, "secret");
        String token = "Authorization: Bearer " + Token.v1().subscribe(topic).sign();
        String shrunk = "Authorization: Bearer " + Token.v1().subscribe(topic + "/other").sign();
        try (EventStream granted = hub.stream(match + cursor(first), token);
             EventStream less = hub.stream(match + cursor(first), shrunk);
             EventStream nobody = hub.stream(match + cursor(first))) {
            hub.assertOnly(granted, topic, "secret");
            assertTrue(less.awaitEvent().data().startsWith("marker"));
            assertTrue(nobody.awaitEvent().data().startsWith("marker"));
        }
    }

    @Test
    void REC05_earliestIsAllThereIs() {
        hub.published(topic, "1");
        hub.published(topic, "2");
        try (EventStream byQuery = hub.stream(match + cursor("earliest"));
             EventStream byHeader = hub.stream(match, "Last-Event-ID: earliest")) {
            assertEquals("earliest", byQuery.header(HEADER));
            assertEquals("earliest", byHeader.header(HEADER));
            hub.assertOnly(byQuery, topic, "1", "2");
            byHeader.awaitData("1", "2");
        }
    }

    @Test
    void REC06_theHeaderIsTheCursorWhenItIsKnown() {
        String one = hub.published(topic, "1");
        String own = hub.published("topic=" + enc(topic) + "&data=2&id=" + enc("é " + topic));
        assertEquals(one, hub.subscribe(match + cursor(one)).header(HEADER));
        assertEquals(one, hub.subscribe(match, "Last-Event-ID: " + one).header(HEADER));
        assertEquals(own, hub.subscribe(match, "Last-Event-ID: " + own).header(HEADER));
        assertEquals(own, hub.subscribe(match + cursor(own)).header(HEADER));
        assertNull(hub.subscribe(match).header(HEADER), "it was not asked for");
        assertNull(hub.subscribe(match + cursor(one)).header("Last-Event-ID"), "that is the old protocol's");
    }

    @ParameterizedTest
    @CsvSource({"&last_event_id=, ''", "&last_event_id, ''", "'', Last-Event-ID:"})
    void REC06_anEmptyCursorReplaysNothingAndIsAnsweredWithThePlace(String query, String header) {
        hub.published(topic, "1");
        String[] headers = header.isEmpty() ? new String[0] : new String[] {header};
        String place;
        try (EventStream stream = hub.stream(match + query, headers)) {
            place = stream.header(HEADER);
            assertFalse(place == null || place.isEmpty() || place.equals("earliest"), place);
            hub.assertNothingMore(stream, topic);
        }
        try (EventStream onwards = hub.stream(match + cursor(place))) {
            assertEquals(place, onwards.header(HEADER));
            assertTrue(onwards.awaitEvent().data().startsWith("marker"), "the place is a cursor");
        }
    }

    @Test
    void REC06_anEmptyCursorOfAnEmptyHistoryIsAnsweredEarliest() {
        try (MercureHub empty = MercureHub.with()) {
            assertEquals("earliest", empty.subscribe(match + cursor("")).header(HEADER));
            empty.published(topic, "x");
            assertFalse("earliest".equals(empty.subscribe(match + cursor("")).header(HEADER)));
        }
    }

    @Test
    void REC07_anIdThatRepeatsIsItsEarliestCopy() {
        String twice = "twice " + topic;
        hub.published("topic=" + enc(topic) + "&data=0");
        hub.published("topic=" + enc(topic) + "&data=1&id=" + enc(twice));
        hub.published("topic=" + enc(topic) + "&data=2");
        hub.published("topic=" + enc(topic) + "&data=3&id=" + enc(twice));
        hub.published("topic=" + enc(topic) + "&data=4");
        try (EventStream stream = hub.stream(match + cursor(twice))) {
            assertEquals(twice, stream.header(HEADER));
            assertEquals("2", stream.awaitEvent().data());
            assertEquals(new Dispatched("message", "3", twice), stream.awaitEvent());
            hub.assertOnly(stream, topic, "4");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "urn:rivulet:AAAAAAAAAAAAAAAAAAAAAAAAAA", "urn:rivulet:", "#x", "EARLIEST", "é",
        "urn:uuid:5e94c686-2c0b-4f9b-958c-92ccc3bbb4eb"})
    void REC09_anUnknownCursorReplaysNothingAndIsAnsweredEarliest(String unknown) {
        hub.published(topic, "1");
        try (EventStream stream = hub.stream(match + cursor(unknown))) {
            assertEquals("earliest", stream.header(HEADER));
            hub.assertNothingMore(stream, topic);
        }
        try (EventStream stream = hub.stream(match, "Last-Event-ID: " + unknown)) {
            assertEquals("earliest", stream.header(HEADER));
            hub.assertNothingMore(stream, topic);
        }
    }

    @Test
    void REC10_theCursorMayBeAnEventThatTheReaderMayNotRead() {
        String secret = hub.publishedPrivately(topic, "secret");
        hub.published(topic, "public");
        try (EventStream stream = hub.stream(match + cursor(secret))) {
            assertEquals(secret, stream.header(HEADER));
            hub.assertOnly(stream, topic, "public");
        }
    }

    @Test
    void REC10_theCursorMayBeAnEventOfAnotherTopic() {
        String other = hub.published(MercureHub.freshTopic(), "x");
        hub.published(topic, "1");
        try (EventStream stream = hub.stream(match + cursor(other))) {
            assertEquals(other, stream.header(HEADER));
            hub.assertOnly(stream, topic, "1");
        }
    }

    @Test
    void REC11_theHubSetsATimeToComeBack() {
        assertTrue(hub.firstEvent(match + cursor(before())).matches("(?s)retry: [0-9]+\n:?\n.*"));
    }

    /** The id before an event of this topic, so that a stream from there has something to send. */
    private String before() {
        String id = hub.published(topic, "0");
        hub.published(topic, "1");
        return id;
    }

    @Test
    void REC08_whatWasDiscardedIsAnsweredEarliest() {
        try (MercureHub brief = MercureHub.with("log.retain.events", "160", "ring.bytes", "16k")) {
            String one = brief.published(topic, "1");
            assertEquals(one, brief.subscribe(match + cursor(one)).header(HEADER));
            String event = "{\"topic\":\"" + topic + "\",\"data\":\"" + "x".repeat(100) + "\"}";
            String batch = "[" + String.join(",", Collections.nCopies(200, event)) + "]";
            Await.until("the event is discarded", () -> {
                assertEquals(200, brief.ask("POST /api/updates\nContent-Type: application/json"
                    + MercureHub.bearer(Token.all()), batch).status());
                return "earliest".equals(brief.subscribe(match + cursor(one)).header(HEADER));
            });
        }
    }

    @Test
    void REC06_theFirstEventAfterARestartStillFollowsTheCursor() {
        try (MercureHub again = MercureHub.with()) {
            String one = again.published(topic, "1");
            again.published(topic, "2");
            again.server.restart();
            again.server.awaitOpen();
            try (EventStream stream = again.stream(match + cursor(one))) {
                assertEquals(one, stream.header(HEADER));
                again.assertOnly(stream, topic, "2");
            }
        }
    }
}
