package io.rivulet.http.updates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.event.TopicEnd;
import io.rivulet.event.Variant;
import io.rivulet.http.subscribe.EnvelopeParameter;
import io.rivulet.hub.resume.History;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** History over HTTP: pages, forms, and what is refused. */
class EventsServletTest {

    private static final EnvelopeParameter PLAIN = new EnvelopeParameter(false, false);

    private static Door door;

    @BeforeAll
    static void start() throws Exception {
        door = Door.dev();
        for (int i = 1; i <= 5; i++) {
            door.form("topic=news&topic=alt&data=d" + i + "&id=n" + i + "&type=t");
        }
        door.form("topic=other&data=line%0Atwo%C2%85&id=o1&private");
    }

    @AfterAll
    static void stop() {
        door.close();
    }

    @Test
    void aPageHoldsEventsOldestFirstWithAllTheirFields() throws Exception {
        JsonObject page = json("/api/events?topic=news");
        JsonArray events = page.getAsJsonArray("events");
        assertEquals(5, events.size());
        JsonObject first = events.get(0).getAsJsonObject();
        assertEquals("n1", first.get("id").getAsString());
        assertEquals("[\"news\",\"alt\"]", first.get("topics").toString());
        assertEquals("t", first.get("type").getAsString());
        assertEquals("d1", first.get("data").getAsString());
        assertTrue(first.get("time").getAsString().matches("\\d{4}-\\d\\d-\\d\\dT.*Z"));
        assertNull(first.get("private"));
        assertTrue(page.get("next").isJsonNull());
    }

    @Test
    void topicsThatAreInMemoryOnlyAreNamed() throws Exception {
        assertEquals("[\"clock\",\"quotes/*\",\"quotes/a*\",\"quotes/ACME\"]", json("/api/events?topic=clock"
            + "&topic=news&match=quotes/ACME&topic=quotes/*&topic=quotes/a*&topic=q*&topic=quotes/{x}").get("transient")
            .toString());
        assertNull(json("/api/events?topic=news&topic=*").get("transient"));
        assertEquals("2", door.get("/api/events?topic=clock&topic=host&format=ndjson").get("Rivulet-Transient"));
        assertNull(door.get("/api/events?topic=news&format=ndjson").get("Rivulet-Transient"));
    }

    @Test
    void aRefusalIsAnsweredAtOnceAndEndsTheRequest() throws Exception {
        try (Door closed = Door.opening()) {
            assertTimeout(Duration.ofSeconds(15), // a request that nobody completes ends after 30 s
                () -> assertEquals(503, closed.get("/api/events?topic=news").getStatus()));
        }
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrRepeat() throws Exception {
        StringBuilder seen = new StringBuilder();
        String after = "";
        do {
            JsonObject page = json("/api/events?topic=news&limit=2" + after);
            page.getAsJsonArray("events").forEach(e -> seen.append(e.getAsJsonObject().get("data").getAsString()));
            after = page.get("next").isJsonNull() ? null : "&after=" + page.get("next").getAsString();
        } while (after != null);
        assertEquals("d1d2d3d4d5", seen.toString());
    }

    /** Publishers' ids may repeat at Mercure's path, so no page may tell the next one to begin after such an id. */
    @Test
    void pagesOfLargeEventsWhoseIdsRepeatComeToAnEnd() throws Exception {
        try (Door hub = Door.dev()) {
            for (int i = 0; i < 6; i++) {
                assertEquals(200, hub.send("POST /.well-known/mercure\nContent-Type: application/x-www-form-urlencoded",
                    "topic=large&id=same&data=" + i + "x".repeat(1_000_000)).getStatus());
            }
            StringBuilder seen = new StringBuilder();
            String after = "";
            for (int pages = 0; after != null && pages < 6; pages++) {
                JsonObject page = json(hub, "/api/events?topic=large" + after);
                page.getAsJsonArray("events").forEach(e -> seen.append(e.getAsJsonObject().get("data").getAsString()
                    .charAt(0)));
                after = page.get("next").isJsonNull() ? null : "&after=" + page.get("next").getAsString();
            }
            assertEquals("012345", seen.toString());
        }
    }

    @Test
    void sinceChoosesTheBeginning() throws Exception {
        assertEquals(2, json("/api/events?topic=news&since=last%3D2").getAsJsonArray("events").size());
        assertEquals(0, json("/api/events?topic=news&since=2999-01-01T00:00:00Z").getAsJsonArray("events").size());
        assertEquals(6, json("/api/events?topic=*&since=-10m").getAsJsonArray("events").size());
    }

    @Test
    void linesAreOneEventEachWhateverTheDataHold() throws Exception {
        for (String ask : List.of("GET /api/events?topic=other&format=ndjson",
            "GET /api/events?topic=other\nAccept: application/x-ndjson")) {
            HttpTester.Response answer = door.send(ask, "");
            assertEquals("application/x-ndjson", answer.get("Content-Type"));
            assertEquals(1, answer.getContent().chars().filter(c -> c == '\n').count());
            assertTrue(answer.getContent().contains("line\\ntwo\\u0085"), answer.getContent());
            assertTrue(answer.getContent().contains("\"private\":true"), answer.getContent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic=%7Bx%7D", "match=other", "match_urlpattern=oth%2A"})
    void historyIsAskedForAsStreamsAre(String query) throws Exception {
        assertTrue(door.get("/api/events?" + query).getContent().contains("o1"), query);
    }

    @Test
    void headHasNoBody() throws Exception {
        String answer = door.head("/api/events?topic=news");
        assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\n"), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"limit=0|1 to 1000", "limit=1001|1 to 1000", "limit=x|1 to 1000",
        "limit=1&limit=2|2 times", "since=yesterday|since is", "format=xml|json or ndjson",
        "rate=1|rate is for streams", "conflate=topic|conflate is for streams", "session=1|session is unknown",
        "envelope=xml|envelope is xml; it must be json", "envelope.data=json|ask for envelope=json",
        "envelope=json&envelope=json|2 times", "envelop=json|perhaps envelope is meant",
        "Match=a|Match is no matcher", "topic=|empty", "topic=%FF|UTF-8"})
    void whatCannotBeMeantIsRefused(String query, String part) throws Exception {
        HttpTester.Response answer = door.get("/api/events?" + query);
        assertEquals(400, answer.getStatus(), answer.getContent());
        assertTrue(answer.getContent().contains(part), answer.getContent());
    }

    @Test
    void aPageOfLargeEventsEndsEarlyAndSaysWhereToGoOn() throws Exception {
        try (Door hub = Door.dev("flight.bytes", "64m")) {
            for (int i = 0; i < 6; i++) {
                hub.send("POST /api/updates?topic=large&id=e" + i, "x".repeat(1_000_000));
            }
            JsonObject page = json(hub, "/api/events?topic=large");
            assertEquals(4, page.getAsJsonArray("events").size());
            assertEquals("e4", json(hub, "/api/events?topic=large&limit=1&after=" + page.get("next").getAsString())
                .getAsJsonArray("events").get(0).getAsJsonObject().get("id").getAsString());
        }
    }

    /** Strangers may hold the rest: what is left for a page of one small event is less than a large piece takes. */
    @Test
    void aSmallPageNeedsLittleMemory() throws Exception {
        try (Door hub = Door.dev("flight.bytes", "64k", "body.max", "10k")) { // a part has 24 KiB
            for (int i = 0; i < 4; i++) {
                assertEquals(200, hub.send("POST /api/updates?topic=news", "x".repeat(4_000)).getStatus());
            }
            assertEquals(200, hub.send("POST /api/updates?topic=news", "small").getStatus());
            for (int i = 0; i < 30; i++) { // each gives back what it took
                assertEquals(1, json(hub, "/api/events?topic=news&since=last=1").getAsJsonArray("events").size());
            }
            JsonObject page = json(hub, "/api/events?topic=news&limit=2");
            assertEquals(1, page.getAsJsonArray("events").size(), "a second one has no room");
        }
    }

    /** All that JSON escapes, and what takes two to four bytes, at the edges of the slices that are written. */
    @Test
    void dataIsEscapedAsAWholeTextWouldBe() throws Exception {
        StringBuilder all = new StringBuilder("\"\\\u0085\u2028\u2029\u2027ä€🌊\u007f/<>&'");
        for (char c = 0; c < 0x20; c++) {
            all.append(c);
        }
        for (int shift = 0; shift < 8; shift++) {
            String data = "y".repeat(3_990 + shift) + all + "z".repeat(4_000) + all;
            Event event = Event.on("a").topic("b\u2028\"").type("t").markPrivate(true).data(data).build();
            History history = new History(List.of(new History.Item("i", 5, event, event.topics()),
                new History.Item("j", 6, event, event.topics())), "j");
            JsonObject page = JsonParser.parseString(text(history, false)).getAsJsonObject();
            assertEquals("j", page.get("next").getAsString());
            for (com.google.gson.JsonElement one : page.getAsJsonArray("events")) {
                assertEquals(data, one.getAsJsonObject().get("data").getAsString());
                assertEquals("b\u2028\"", one.getAsJsonObject().getAsJsonArray("topics").get(1).getAsString());
                assertTrue(one.getAsJsonObject().get("private").getAsBoolean());
            }
            assertEquals(2, text(history, true).lines().count(), "U+0085 and its like are line breaks to String.lines");
        }
    }

    /** A page has the same lines as a stream, whatever the slices in which it is written. */
    @Test
    void inEnvelopesAnEventIsTheSameInAPageAsInAStream() {
        for (String data : List.of("line\r\ntwo\u0085\u2028", " {\"a\":\n[1]} ", "{no json}", "",
            "[\"" + "ä\u2028".repeat(2_000) + "\",\r\n\"" + "x".repeat(9_000) + "\"]")) {
            for (String type : List.of("", "alert")) {
                Event.Builder of = Event.on("a").type(type).id("i").markPrivate(true).data(data);
                Event event = (type.isEmpty() ? of.topic("b\u2028\"") : of.end(TopicEnd.CANCELLED)).build();
                EventFrame frame = new EventFrame(event, Position.ofDurable(1), false, "place", 5);
                History page = new History(List.of(new History.Item("i", 5, event, List.of("a")),
                    new History.Item("i", 5, event, event.topics())), null);
                for (Variant variant : List.of(Variant.ENVELOPE, Variant.ENVELOPE_OF_JSON)) {
                    String one = data(frame.live(variant, List.of("a")));
                    String all = data(frame.live(variant, event.topics()));
                    var asked = new EnvelopeParameter(true, variant == Variant.ENVELOPE_OF_JSON);
                    assertEquals(one + "\n" + all + "\n", text(new HistoryJson(page, List.of(), true, asked)));
                    assertEquals("{\"events\":[" + one + "," + all + "],\"next\":null}",
                        text(new HistoryJson(page, List.of(), false, asked)));
                }
            }
        }
    }

    private static String data(byte[] wire) {
        return new String(wire, java.nio.charset.StandardCharsets.UTF_8)
            .replaceAll("(?s)^(event: alert\n)?data: |\nid: i\n\n$", "");
    }

    /** Strangers may ask for many large pages: to tell how long one is, none of its bytes is made. */
    @Test
    void theLengthOfAPageIsCountedAndNotMade() {
        com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        byte[] data = new byte[1 << 20];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i & 0x7f);
        }
        String breaks = "\u0085\u2028\u2029\u2027ä€🌊".repeat(2_000);
        History history = new History(List.of(item(Event.on("a\u2028").data(data).build()),
            item(Event.on("b").type("t").markPrivate(true).data(breaks).build()),
            item(Event.on("c").data(" [1,\r\n\"" + breaks + "\"]\n").build()),
            item(Event.on("d").data("{}").build())), "j");
        for (boolean lines : new boolean[] {true, false}) {
            for (EnvelopeParameter envelope : List.of(PLAIN, new EnvelopeParameter(true, true))) {
                HistoryJson page = new HistoryJson(history, List.of("clock", "host"), lines, envelope);
                page.length(); // loads what it needs
                long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                long length = page.length();
                long made = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
                String text = text(page);
                assertEquals(text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length, length);
                assertEquals(text, text(new HistoryJson(history, List.of("clock", "host"), lines, envelope)));
                assertTrue(made < 32_768, () -> made + " bytes were made to count " + length);
            }
        }
    }

    private static History.Item item(Event event) {
        return new History.Item("i", 5, event, event.topics());
    }

    @Test
    void aShortPageTakesNoMoreMemoryThanItIsLong() {
        com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        History history = new History(List.of(item(Event.on("a").data("small").build())), null);
        for (int i = 0; i < 2; i++) { // the first loads what it needs
            HistoryJson page = new HistoryJson(history, List.of(), false, PLAIN);
            page.length();
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            byte[] piece = page.get();
            long made = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertTrue(i == 0 || made < 4_096, () -> made + " bytes were made for a page of " + piece.length);
            assertNull(page.get());
        }
    }

    /** A client that reads slowly holds one piece beside the events, however much JSON has to escape. */
    @Test
    void aPageIsMadeInSmallPieces() {
        Event event = Event.on("a").data(new byte[1 << 20]).build();
        HistoryJson page = new HistoryJson(new History(List.of(new History.Item("i", 5, event, event.topics())),
            null), List.of(), false, PLAIN);
        long sum = 0;
        for (byte[] piece = page.get(); piece != null; piece = page.get()) {
            sum += piece.length;
            assertTrue(piece.length <= 32_768, () -> "a piece is larger than what is charged for it");
        }
        assertTrue(sum > 6 << 20);
    }

    private static String text(History history, boolean lines) {
        return text(new HistoryJson(history, List.of(), lines, PLAIN));
    }

    private static String text(HistoryJson page) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (byte[] piece = page.get(); piece != null; piece = page.get()) {
            all.writeBytes(piece);
        }
        return all.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static JsonObject json(String target) throws Exception {
        return json(door, target);
    }

    private static JsonObject json(Door hub, String target) throws Exception {
        HttpTester.Response answer = hub.get(target);
        assertEquals(200, answer.getStatus(), answer.getContent());
        return JsonParser.parseString(answer.getContent()).getAsJsonObject();
    }
}
