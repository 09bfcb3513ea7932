package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.StreamRequest;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a stream begins: at a cursor, whatever its spelling, or where {@code since} says. */
@OnEveryContainer
class ResumeIT {

    /** In the order in which they count; the header before all of them. */
    private static final List<String> SPELLINGS =
        List.of("last_event_id", "lastEventID", "lastEventId", "Last-Event-ID", "evs_last_event_id");
    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(Token::believedBy);

    private final Server server = SHARED.server();
    private final String topic = SHARED.topic();
    private final Publisher publisher = SHARED.publisher();

    ResumeIT(Container container) {
    }

    private String[] publish(String... data) throws IOException {
        String[] ids = new String[data.length];
        for (int i = 0; i < data.length; i++) {
            ids[i] = publisher.publish(topic, data[i]);
        }
        return ids;
    }

    private StreamRequest ask() {
        return EventStream.to(server).topic(topic);
    }

    @Test
    void whoComesBackGetsWhatItMissedThenWhatIsNew() throws IOException {
        String[] ids = publish("1", "2", "3");
        try (EventStream stream = ask().after(ids[0]).open()) {
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            assertEquals(ids[0], stream.awaitHelloId());
            stream.awaitData("2", "3");
            publish("4");
            stream.awaitData("4");
        }
    }

    @Test
    void everySpellingOfTheCursorIsRead() throws IOException {
        String[] ids = publish("1", "2");
        for (String spelling : SPELLINGS) {
            try (EventStream stream = ask().query(spelling, ids[0]).open()) {
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString(), spelling);
                stream.awaitData("2");
            }
        }
    }

    @Test
    void theHeaderComesFirstThenTheSpellingsInTheirOrder() throws IOException {
        String[] ids = publish("1", "2", "3", "4", "5", "6", "7");
        for (int first = 0; first < SPELLINGS.size(); first++) {
            StreamRequest request = ask();
            for (int i = SPELLINGS.size() - 1; i >= first; i--) {
                request.query(SPELLINGS.get(i), ids[i + 1]);
            }
            try (EventStream stream = request.open()) {
                assertEquals(ids[first + 1], stream.awaitHelloId(), SPELLINGS.get(first) + " is the strongest");
            }
            try (EventStream stream = request.after(ids[0]).open()) {
                assertEquals(ids[0], stream.awaitHelloId(), "the header beats the query");
            }
        }
    }

    @Test
    void anEmptyCursorIsAFirstConnect() throws IOException {
        publish("1");
        for (String spelling : SPELLINGS) {
            try (EventStream stream = ask().query(spelling, "").open()) {
                assertEquals("live", stream.awaitHello().get("resumed").getAsString(), spelling);
                stream.assertNothingMore(publisher, topic);
            }
        }
    }

    @Test
    void aPublishersOwnIdIsACursorToo() throws IOException {
        publish("1");
        Publisher.accepted(publisher.form("topic", topic, "data", "2", "id", topic + "-own id"));
        publish("3");
        try (EventStream stream = ask().after(topic + "-own id").open()) {
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            stream.awaitData("3");
        }
    }

    @Test
    void theIdOfAnEventOfAnotherTopicIsACursorToo() throws IOException {
        publish("1");
        String id = publisher.publish(topic + "/other", "x");
        publish("2");
        try (EventStream stream = ask().after(id).open()) {
            stream.awaitData("2");
        }
    }

    @Test
    void aStreamCutBeforeItsFirstEventLosesNothing() throws IOException {
        publish("before");
        try (EventStream stream = ask().open()) {
            stream.awaitHello();
            stream.cut();
            publish("while away");
            stream.reconnect();
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            stream.awaitData("while away");
        }
    }

    @Test
    void aStreamCutAtAnyByteLosesAndDoublesNothing() throws IOException {
        publish("one", "two\nlines", "three");
        boolean whole = false;
        for (int cut = 1; !whole; cut += 7) {
            try (EventStream stream = ask().since("earliest").cutAfter(cut).open()) {
                Await.until("cut or whole", () -> stream.isEnded() || stream.events().size() == 3);
                whole = !stream.isEnded();
                stream.reconnect();
                stream.awaitData("one", "two\nlines", "three");
                stream.cut();
                assertEquals(3, stream.events().size(), "cut after " + cut);
            }
        }
    }

    @Test
    void anUnknownCursorIsResetOnce() throws IOException {
        publish("1");
        for (String unknown : List.of("never published", "urn:rivulet:AAAAAAAAAAAAAAAAAAAAAAAAAA", "0", "\u00e9",
            "urn:rivulet:short")) {
            try (EventStream stream = ask().after(unknown).open()) {
                JsonObject hello = stream.awaitHello();
                assertEquals("reset", hello.get("resumed").getAsString(), unknown);
                assertTrue(hello.get("missed").isJsonNull(), "nobody knows how many: " + hello);
                stream.reconnect();
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
                publish("after " + unknown);
                stream.awaitData("after " + unknown);
            }
        }
    }

    @Test
    void aForgedCursorNeverSkipsSilently() throws IOException {
        String[] ids = publish("1", "2");
        char last = ids[0].charAt(20);
        String forged = ids[0].substring(0, 20) + (last == 'a' ? 'b' : 'a') + ids[0].substring(21);
        try (EventStream stream = ask().after(forged).open()) {
            assertEquals("reset", stream.awaitHello().get("resumed").getAsString());
        }
    }

    @Test
    void sinceEarliestIsEverythingThereIs() throws IOException {
        publish("1", "2", "3");
        try (EventStream stream = ask().since("earliest").open()) {
            stream.awaitData("1", "2", "3");
            stream.assertNothingMore(publisher, topic);
        }
    }

    @Test
    void sinceLatestIsNothingOfThePast() throws IOException {
        publish("1", "2");
        try (EventStream stream = ask().since("latest").open()) {
            assertEquals("live", stream.awaitHello().get("resumed").getAsString());
            stream.assertNothingMore(publisher, topic);
        }
    }

    @Test
    void sinceLastIsTheNewestOfEachTopicInTheirOrder() throws IOException {
        publish("1", "2");
        publisher.publish(topic + "/b", "b1");
        publisher.publish(topic + "/c", "c1");
        publisher.publish(topic + "/b", "b2");
        try (EventStream stream = ask().topic(topic + "/b").topic(topic + "/c").topic(topic + "/d").since("last")
            .open()) {
            stream.awaitData("2", "c1", "b2");
            stream.assertNothingMore(publisher, topic);
        }
    }

    @Test
    void sinceLastCutAnywhereAndResumedShowsTheNewestOfEach() throws IOException {
        publish("1");
        publisher.publish(topic + "/b", "b1");
        publish("2");
        for (int cut : new int[] {1, 40, 200, 330, 380, 420}) {
            try (EventStream stream = ask().topic(topic + "/b").since("last").cutAfter(cut).open()) {
                Await.until("cut or whole", () -> stream.isEnded() || stream.events().size() == 2);
                stream.reconnect();
                stream.awaitHello();
                publisher.publish(topic + "/end", "not asked for");
                String end = publisher.publish(topic, "end " + cut);
                List<Dispatched> seen = new java.util.ArrayList<>();
                do {
                    seen.add(stream.awaitEvent());
                } while (!seen.get(seen.size() - 1).id().equals(end));
                assertEquals(seen.size(), seen.stream().map(Dispatched::id).distinct().count(), "doubled: " + seen);
                assertTrue(seen.stream().anyMatch(e -> e.data().equals("b1")), "cut after " + cut + ": " + seen);
            }
        }
    }

    @Test
    void sinceLastNIsTheNewestN() throws IOException {
        publish("1", "2");
        publisher.publish(topic + "/b", "b1");
        publish("3");
        try (EventStream stream = ask().since("last=2").open()) {
            stream.awaitData("2", "3");
            stream.assertNothingMore(publisher, topic);
        }
        try (EventStream stream = ask().topic(topic + "/b").since("last=500").open()) {
            stream.awaitData("1", "2", "b1", "3");
        }
    }

    @Test
    void sinceATimeIsWhatCameAfterIt() throws IOException {
        publish("1");
        try (EventStream stream = ask().since("-10m").open()) {
            stream.awaitData("1");
        }
        try (EventStream stream = ask().since(Instant.now().minusSeconds(600).toString()).open()) {
            stream.awaitData("1");
        }
        try (EventStream stream = ask().since(Instant.now().plusSeconds(600).toString()).open()) {
            stream.assertNothingMore(publisher, topic);
        }
    }

    @Test
    void aCursorBeatsSince() throws IOException {
        String[] ids = publish("1", "2", "3");
        try (EventStream stream = ask().since("earliest").after(ids[1]).open()) {
            stream.awaitData("3");
        }
    }

    @Test
    void aReplayIsByteForByteWhatWasLive() throws IOException {
        String id;
        String live;
        try (WireClient client = WireClient.to(server)) {
            client.send("GET /api/updates?heartbeat=300&topic=" + topic + " HTTP/1.0\r\n" + Token.header()
                + "Host: localhost\r\n\r\n");
            client.readHead();
            readBlock(client);
            id = publisher.form("topic", topic, "data", "a\nb", "type", "t").text().strip();
            live = readBlock(client);
            client.reset(); // by which the hub learns at the next event, without a heartbeat, that it has left
        }
        WireResponse unused = publisher.form("topic", topic, "data", "next");
        assertEquals(200, unused.status());
        try (WireClient client = WireClient.to(server)) {
            client.send("GET /api/updates?since=earliest&topic=" + topic + " HTTP/1.0\r\n" + Token.header()
                + "Host: localhost\r\n\r\n");
            client.readHead();
            readBlock(client);
            assertEquals(live, readBlock(client));
            assertEquals("event: t\ndata: a\ndata: b\nid: " + id.trim() + "\n\n", live);
        }
    }

    @Test
    void whatIsTransientIsReplayedWhileItIsInMemory() throws IOException {
        try (EventStream stream = EventStream.to(server).topic("host-like").topic("quotes/x").open()) {
            stream.awaitHello();
            publisher.publish("quotes/x", "1");
            stream.awaitData("1");
            stream.cut();
            publisher.publish("quotes/x", "2");
            publisher.publish("quotes/x", "3");
            stream.reconnect();
            JsonObject hello = stream.awaitHello();
            assertEquals("exact", hello.get("resumed").getAsString());
            assertTrue(!hello.has("transient"), hello.toString());
            stream.awaitData("2", "3");
        }
    }

    @Test
    void durableAndTransientEventsKeepOneOrder() throws IOException {
        try (EventStream live = ask().topic("quotes/y").open()) {
            live.awaitHello();
            for (int i = 0; i < 20; i++) {
                publisher.publish(i % 3 == 0 ? topic : "quotes/y", Integer.toString(i));
            }
            String[] all = java.util.stream.IntStream.range(0, 20).mapToObj(Integer::toString).toArray(String[]::new);
            live.awaitData(all);
            String first = live.events().get(0).id();
            try (EventStream replay = ask().topic("quotes/y").after(first).open()) {
                replay.awaitData(java.util.Arrays.copyOfRange(all, 1, 20));
            }
            assertNotEquals(first, live.lastEventId());
        }
    }

    private static String readBlock(WireClient client) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < 2 || !text.substring(text.length() - 2).equals("\n\n")) {
            text.append(new String(new byte[] {(byte) client.readByte()}, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }
}
