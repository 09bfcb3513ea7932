package io.rivulet.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.management.ThreadMXBean;
import io.rivulet.kit.StreamParser;
import io.rivulet.kit.StreamParser.Dispatched;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An event in, wire text out. */
class EventFrameTest {

    private static final Position PLACE = Position.ofDurable(7);

    @Test
    void theFieldsComeInTheOrderThatMakesACutHarmless() {
        assertEquals("event: greeting\nretry: 3000\ndata: hello\nid: place\n\n",
            live(Event.on("news").type("greeting").retryMs(3_000).data("hello").build()));
    }

    @Test
    void whatIsNotSetIsNotWritten() {
        assertEquals("data: hello\nid: place\n\n", live(Event.on("news").data("hello").build()));
    }

    @Test
    void thePublishersIdComesBeforeThePlace() {
        EventFrame frame = frame(Event.on("news").id("mine").data("x").build());
        assertEquals("data: x\nid: mine\n\n", text(frame.live()));
        assertEquals("mine", frame.id());
        assertEquals("place", frame.placeId());
    }

    @Test
    void everyLineEndingInTheDataMakesALine() {
        assertEquals("data: a\ndata: b\ndata: c\ndata: d\nid: place\n\n",
            live(Event.on("t").data("a\nb\rc\r\nd").build()));
        assertEquals("data: \ndata: \nid: place\n\n", live(Event.on("t").data("\n").build()));
        assertEquals("data: \ndata: \ndata: \nid: place\n\n", live(Event.on("t").data("\n\r").build()));
        assertEquals("data: a\ndata: \nid: place\n\n", live(Event.on("t").data("a\r\n").build()));
    }

    @Test
    void dataCannotForgeAField() {
        assertEquals("data: x\ndata: id: 9\ndata: \ndata: event: rivulet.hello\nid: place\n\n",
            live(Event.on("t").data("x\rid: 9\r\revent: rivulet.hello").build()));
    }

    @Test
    void emptyDataIsAnEventStill() {
        assertEquals("data: \nid: place\n\n", live(Event.on("t").build()));
    }

    @Test
    void anEndWithoutAWordGivesItsIdAndNoEvent() {
        assertEquals("id: place\n\n", live(Event.on("run").end(TopicEnd.FINISHED).build()));
        assertEquals("event: done\ndata: \nid: place\n\n",
            live(Event.on("run").type("done").end(TopicEnd.FINISHED).build()));
        assertEquals("data: last\nid: place\n\n", live(Event.on("run").data("last").end(TopicEnd.FINISHED).build()));
        EventFrame frame = frame(Event.on("run").retryMs(700).end(TopicEnd.FINISHED).build());
        assertEquals("id: place\n\n", text(frame.replay()));
        for (EventFrame bare : List.of(frame, frame(Event.on("run").end(TopicEnd.FINISHED).build()))) {
            assertTrue(text(bare.live(Variant.ENVELOPE, List.of("run")))
                .contains(",\"data\":\"\",\"end\":\"finished\"}\nid: place\n\n"), "an envelope says of which topic");
        }
    }

    @Test
    void forAnotherProtocolThereIsThePublishersWordAndNothingOfTheHubs() {
        EventFrame frame = frame(Event.on("run").type("a").retryMs(700).data("x").id("mine").build());
        assertEquals("event: a\nretry: 700\ndata: x\nid: mine\n\n", text(frame.live(Variant.BARE, List.of())));
        assertEquals("event: a\ndata: x\nid: mine\n\n", text(frame.replay(Variant.BARE, List.of())));
        assertEquals("event: a\nretry: 700\ndata: x\n\n", text(frame.live(Variant.NAMELESS, List.of())));
        assertEquals("event: a\ndata: x\n\n", text(frame.replay(Variant.NAMELESS, List.of())));
        EventFrame again = frame(Event.on("run").data("x").id("mine").build().asRepeated());
        assertEquals("data: x\nid: place\n\n", text(again.live(Variant.BARE, List.of())));
        assertEquals("data: x\nid: place\n\n", text(again.replay(Variant.BARE, List.of())));
        assertEquals("data: x\n\n", text(again.live(Variant.NAMELESS, List.of())));
        for (Event silent : List.of(Event.on("run").end(TopicEnd.FINISHED).build(), Event.cancel("run", false))) {
            for (Variant variant : List.of(Variant.BARE, Variant.NAMELESS)) {
                assertEquals(":\n", text(frame(silent).live(variant, List.of())));
                assertEquals(":\n", text(frame(silent).replay(variant, List.of())));
            }
        }
        assertEquals("data: a\ndata: b\n\n", text(EventFrame.bare("a\nb")));
    }

    @Test
    void aSpaceAtTheBeginningOfTheDataSurvives() {
        assertEquals("data:  x\nid: place\n\n", live(Event.on("t").data(" x").build()));
    }

    @Test
    void aByteOrderMarkInTheDataIsNeverFirstOnTheWire() {
        assertEquals("data: \uFEFFx\nid: place\n\n", live(Event.on("t").data("\uFEFFx").build()));
    }

    @Test
    void aReplayLeavesOutTheRetryAndNothingElse() {
        EventFrame frame = frame(Event.on("t").type("a").retryMs(500).data("x\ny").build());
        assertEquals("event: a\ndata: x\ndata: y\nid: place\n\n", text(frame.replay()));
        EventFrame plain = frame(Event.on("t").type("a").data("retry: 1").build());
        assertEquals(text(plain.live()), text(plain.replay()));
    }

    @Test
    void aReplayWithoutItsRetryIsRenderedOnceForAllAndItsMemoryCountsFromTheBeginning() {
        EventFrame frame = frame(Event.on("t").type("a").retryMs(500).data("x\ny").build());
        EventFrame plain = frame(Event.on("t").type("a").data("x\ny").build());
        int more = frame.weight() - plain.weight();
        assertSame(frame.replay(), frame.replay());
        assertSame(frame.replay(), frame.replay(Variant.PLAIN, List.of()));
        assertTrue(more >= frame.length(), more + " bytes more for a second array");
        assertSame(plain.live(), plain.replay(), "there is nothing to leave out");
    }

    @Test
    void withTopicsTheyStandBeforeTheDataAndNothingElseChanges() {
        EventFrame frame = frame(Event.on("t").type("a").retryMs(500).data("x\ny").build());
        List<String> told = List.of("t", "é");
        assertEquals("event: a\nretry: 500\ntopics: t\ntopics: é\ndata: x\ndata: y\nid: place\n\n",
            text(frame.live(Variant.TOPICS, told)));
        assertEquals("event: a\ntopics: t\ntopics: é\ndata: x\ndata: y\nid: place\n\n",
            text(frame.replay(Variant.TOPICS, told)));
        assertEquals(text(frame.live()), text(frame.live(Variant.TOPICS, List.of())));
    }

    @Test
    void anEventWhoseIdAnEarlierOneHasIsToldByItsPlaceWhereAClientWantsThat() {
        Event event = Event.on("t").retryMs(500).data("x").id("\u00e9").build();
        EventFrame frame = frame(event.asRepeated());
        assertEquals("retry: 500\ndata: x\nid: \u00e9\n\n", text(frame.live(Variant.PLAIN, List.of())));
        assertEquals("retry: 500\ndata: x\nid: place\n\n", text(frame.live(Variant.PLACED, List.of())));
        assertEquals("data: x\nid: place\n\n", text(frame.replay(Variant.PLACED, List.of())));
        assertSame(frame.live(Variant.PLACED, List.of()), frame.live(Variant.PLACED, List.of()), "shared");
        assertTrue(frame.weight() >= 2 * frame(event).length() + 2 * frame(event).replay().length);
        String envelope = text(frame.live(Variant.ENVELOPE, List.of("t")));
        assertTrue(envelope.contains("\"id\":\"place\"") && envelope.endsWith("}\nid: place\n\n"), envelope);
        EventFrame first = frame(event);
        assertSame(first.live(), first.live(Variant.PLACED, List.of()), "nothing is made for the others");
        assertSame(first.replay(), first.replay(Variant.PLACED, List.of()));
    }

    @Test
    void anEventOfTheHubsOwnHasATwinForMercure0x() {
        EventFrame own = frame(Event.on("t").type("mercure").data("new").legacyData("old\nx").build());
        assertTrue(own.isPresence());
        assertEquals("event: mercure\ndata: new\nid: place\n\n", text(own.live(Variant.PLAIN, List.of())));
        assertEquals("data: old\ndata: x\nid: place\n\n", text(own.live(Variant.LEGACY, List.of())));
        assertEquals("data: old\ndata: x\nid: place\n\n", text(own.replay(Variant.LEGACY, List.of())));
        EventFrame other = frame(Event.on("t").type("a").retryMs(500).data("x").build());
        assertFalse(other.isPresence());
        assertEquals(text(other.live()), text(other.live(Variant.LEGACY, List.of())));
        assertEquals(text(other.replay()), text(other.replay(Variant.LEGACY, List.of())));
    }

    private static final String LINE = "data: {\"topics\":[%s],\"type\":%s,\"id\":\"place\","
        + "\"time\":\"1970-01-01T00:00:01.234Z\",\"data\":%s}\nid: place\n\n";

    private static String enveloped(Event event, Variant variant) {
        EventFrame frame = new EventFrame(event, PLACE, false, "place", 1_234);
        assertEquals(text(frame.live(variant, event.topics())), text(frame.replay(variant, event.topics())));
        return text(frame.live(variant, event.topics()));
    }

    @Test
    void anEnvelopeIsOneLineThatNamesTheTopicsAndTheOtherFieldsStay() {
        assertEquals("event: a\n" + LINE.formatted("\"t\",\"u\\\"é\"", "\"a\"", "\"x\\ny\\\\\""),
            enveloped(Event.on("t").topic("u\"é").type("a").data("x\ny\\").build(), Variant.ENVELOPE));
        assertEquals(LINE.formatted("\"t\"", "null", "\"\""), enveloped(Event.on("t").build(), Variant.ENVELOPE));
    }

    @Test
    void theDataIsWhatWasPublishedAndNoClientSeesALineEndInIt() {
        String data = "a\nb\rc\r\nd\n\n\0\u0001\t\u0085\u2028\u2029\u2027é🌊";
        String line = enveloped(Event.on("t").data(data).build(), Variant.ENVELOPE);
        assertEquals(LINE.formatted("\"t\"", "null", "\"a\\nb\\rc\\r\\nd\\n\\n\\u0000\\u0001\\t\\u0085\\u2028\\u2029"
            + "\u2027é🌊\""), line);
        assertEquals(data, com.google.gson.JsonParser.parseString(line.lines().findFirst().get().substring(6))
            .getAsJsonObject().get("data").getAsString());
    }

    @Test
    void dataThatIsJsonStandsAsSuchWhereThatIsAskedForAndOnOneLine() {
        Event json = Event.on("t").data("{\"a\":\r\n [1,\n\"\u2028\"]}").build();
        assertEquals(LINE.formatted("\"t\"", "null", "{\"a\":   [1, \"\\u2028\"]}"),
            enveloped(json, Variant.ENVELOPE_OF_JSON));
        assertEquals(LINE.formatted("\"t\"", "null", "\"{\\\"a\\\":\\r\\n [1,\\n\\\"\\u2028\\\"]}\""),
            enveloped(json, Variant.ENVELOPE));
        assertEquals(LINE.formatted("\"t\"", "null", "\"{'a':1}\""),
            enveloped(Event.on("t").data("{'a':1}").build(), Variant.ENVELOPE_OF_JSON));
    }

    @Test
    void anEnvelopeIsRenderedOnceForAllWhoMayBeToldAllAndForOthersWithTheirTopics() {
        List<String> topics = List.of("t", "u");
        EventFrame frame = frame(Event.on("t").topic("u").type("a").retryMs(500).data("x").build());
        byte[] live = frame.live(Variant.ENVELOPE, topics);
        assertSame(live, frame.live(Variant.ENVELOPE, topics));
        assertEquals(text(live).replace("retry: 500\n", ""), text(frame.replay(Variant.ENVELOPE, topics)));
        assertEquals(text(live).replace("\"t\",", ""), text(frame.live(Variant.ENVELOPE, List.of("u"))));
        assertEquals(text(live).replace(",\"u\"", "").replace("retry: 500\n", ""),
            text(frame.replay(Variant.ENVELOPE, List.of("t"))));
        EventFrame plain = frame(Event.on("t").data("x").build());
        byte[] kept = plain.live(Variant.ENVELOPE, List.of("t"));
        assertSame(kept, plain.replay(Variant.ENVELOPE, List.of("t")));
    }

    @Test
    void whoeverDoesNotAskPaysNothing() {
        EventFrame frame = frame(Event.on("t").data("x").build());
        assertSame(frame.live(), frame.live(Variant.PLAIN, List.of("t")));
        int more = frame(Event.on("t").data("x\r\ny").build()).weight()
            - frame(Event.on("t").data("x\ny").build()).weight();
        assertEquals("x\r\ny".length(), more, "only data that its lines do not tell is held twice, and counts so");
    }

    @Test
    void allReadersShareTheSameBytes() {
        EventFrame frame = frame(Event.on("t").data("x").build());
        assertSame(frame.live(), frame.live());
        assertSame(frame.live(), frame.replay());
    }

    @Test
    void aControlEventMayHaveAnIdOrNone() {
        assertEquals("event: rivulet.gap\ndata: {\"missed\":3}\nid: c\n\n",
            new String(EventFrame.control("rivulet.gap", "{\"missed\":3}", "c"), StandardCharsets.UTF_8));
        assertEquals("event: rivulet.heartbeat\ndata: {}\n\n",
            new String(EventFrame.control("rivulet.heartbeat", "{}", null), StandardCharsets.UTF_8));
    }

    @Test
    void whatIsReadIsWhatWasWrittenWithLineEndingsAsOne() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            String data = randomText(random, "a: \r\n\uFEFF\0é✓\t{}id".toCharArray());
            String type = random.nextBoolean() ? null : "t" + random.nextInt(99);
            Event event = Event.on("t").type(type).data(data).retryMs(random.nextInt(3) * 1_000).build();
            EventFrame frame = new EventFrame(event, PLACE, false, "id-" + i, 0);
            List<Dispatched> read = new ArrayList<>();
            StreamParser parser = new StreamParser("", read::add, c -> { });
            for (byte[] bytes : List.of(frame.live(), frame.replay())) {
                parser.take(text(bytes));
                Dispatched expected = new Dispatched(type == null ? "message" : type, normalise(data), "id-" + i);
                assertEquals(List.of(expected), read, "seed " + seed + ", data " + data);
                read.clear();
            }
        }
    }

    @Test
    void aCutAnywhereInsideAnEventLeavesItsIdBehind() {
        byte[] bytes = live(Event.on("t").type("a").retryMs(700).data("x\ny").build()).getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut < bytes.length; cut++) {
            StreamParser parser = new StreamParser("before", e -> { }, c -> { }).take(bytes, 0, cut);
            assertEquals("before", parser.lastEventId(), "cut after " + cut);
        }
        assertEquals("place", new StreamParser("before", e -> { }, c -> { }).take(bytes, 0, bytes.length)
            .lastEventId());
    }

    /** What the grammar can carry: CR and CR LF arrive as LF. */
    private static String normalise(String data) {
        return data.replace("\r\n", "\n").replace('\r', '\n');
    }

    private static String randomText(Random random, char[] alphabet) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
            text.append(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }

    private static EventFrame frame(Event event) {
        return new EventFrame(event, PLACE, false, "place", 0);
    }

    private static String live(Event event) {
        return text(frame(event).live());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The committer and each look-up make them: a second array for each would be a third of their garbage. */
    @Test
    void anEventIsRenderedIntoOneArray() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Event event = Event.on("t").type("much").data("x".repeat(199).concat("\n").repeat(100)).retryMs(5_000).build();
        for (int i = 0; i < 2; i++) { // the first loads what it needs
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            EventFrame frame = new EventFrame(event, Position.ofDurable(1), false, "id", 0);
            long made = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            boolean first = i == 0;
            assertTrue(first || made < frame.live().length + 400, () -> made + " bytes for " + frame.live().length);
        }
    }
}
