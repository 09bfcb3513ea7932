package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code conflate=topic} and {@code rate=}, over the wire. */
@OnEveryContainer
class ConflationIT {

    private static final int TOPICS = 20;
    private static final String TEXT = "x".repeat(2_000);
    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> builder
        .set("transient.topics", "t/*").set("ring.bytes", "1m").sendBuffer(4_096));

    private final Server server = SHARED.server();
    private final Publisher publisher = SHARED.publisher();
    private final Map<String, String> last = new HashMap<>();
    private int published;

    ConflationIT(Container container) {
    }

    /** A batch: each topic once. */
    private void publishEach(String prefix, String text) throws IOException {
        StringBuilder batch = new StringBuilder("[");
        for (int t = 0; t < TOPICS; t++) {
            String topic = prefix + t;
            String data = topic + " " + published++ + " " + text;
            last.put(topic, data);
            batch.append(t == 0 ? "" : ",").append("{\"topic\":\"" + topic + "\",\"data\":\"" + data + "\"}");
        }
        Publisher.accepted(publisher.post("", "application/json", batch.append("]").toString()));
    }

    private EventStream open(String prefix, String name, String value) throws IOException {
        var request = EventStream.to(server).receiveBuffer(2_048).query(name, value);
        for (int t = 0; t < TOPICS; t++) {
            request.topic(prefix + t);
        }
        EventStream stream = request.open();
        stream.awaitHello();
        return stream;
    }

    private void awaitTheLastValues(EventStream stream) {
        Await.until("the last value of every topic", () -> got(stream).equals(last));
        int before = -1;
        for (Dispatched event : stream.events()) {
            int number = Integer.parseInt(event.data().split(" ")[1]);
            assertTrue(number > before, number + " came after " + before);
            before = number;
        }
        assertEquals(List.of(), stream.hubEvents("gap"));
    }

    private static Map<String, String> got(EventStream stream) {
        Map<String, String> got = new HashMap<>();
        stream.events().forEach(e -> got.put(e.data().split(" ")[0], e.data()));
        return got;
    }

    @Test
    void whoReadsSlowlyGetsTheNewestOfEachTopicAndNoneOfTheRest() throws IOException {
        for (String prefix : List.of("t/", "d/")) {
            last.clear();
            try (EventStream stream = open(prefix, "conflate", "topic")) {
                stream.stall();
                for (int i = 0; i < 40; i++) { // 1.6 MB: more than what the ring holds and the kernel takes together
                    publishEach(prefix, TEXT);
                }
                stream.resume();
                awaitTheLastValues(stream);
                int events = stream.events().size();
                assertTrue(events < 30 * TOPICS, events + " of " + 40 * TOPICS + " events came");
                publishEach(prefix, "live again");
                awaitTheLastValues(stream);
            }
        }
    }

    @Test
    void whoIsCutInAPassGoesOnBehindTheLastEventThatCame() throws IOException {
        try (EventStream stream = open("t/", "conflate", "topic")) {
            stream.stall();
            for (int i = 0; i < 40; i++) {
                publishEach("t/", TEXT);
            }
            for (int cut = 0; cut < 4; cut++) {
                stream.reconnect(7_001 + cut); // three events, and some of the next
                stream.awaitEnd();
            }
            stream.reconnect();
            awaitTheLastValues(stream);
            stream.hubEvents("hello").forEach(hello -> assertTrue(hello.data().matches(
                ".*\"resumed\":\"(live|exact)\".*") && !hello.data().contains("\"transient\""), hello.data()));
        }
    }

    @Test
    void aRateIsKeptAndTheLastValuesCome() throws IOException {
        try (EventStream stream = open("t/", "rate", "20")) {
            long startNs = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                publishEach("t/", "short");
                int before = stream.events().size();
                Await.until("two more, which take a tenth of a second", () -> stream.events().size() >= before + 2);
                int events = stream.events().size();
                double seconds = (System.nanoTime() - startNs) / 1e9;
                assertTrue(events <= 20 * seconds + 2, events + " events in " + seconds + " s");
            }
            assertTrue(stream.events().size() > 20, stream.events().size() + " events in two seconds");
            awaitTheLastValues(stream);
        }
    }

    /** A page is filled with all there is at once, and only then at the rate that it asked for. */
    @Test
    void whatAStreamBeginsWithIsAllTopicsAndIsNotCounted() throws IOException {
        for (int from = 0; from < 1_200; from += 400) {
            StringBuilder batch = new StringBuilder("[");
            for (int i = from; i < from + 400; i++) {
                batch.append(i == from ? "" : ",").append("{\"topic\":\"fill/" + i + "\",\"data\":\"" + i + "\"}");
            }
            Publisher.accepted(publisher.post("", "application/json", batch.append("]").toString()));
        }
        try (EventStream stream = EventStream.to(server).topic("fill/{n}").query("since", "last").query("rate", "1")
            .query("topic.rate", "1").open()) {
            Await.until("all of them", () -> stream.events().size() >= 1_200);
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            publisher.publish("fill/7", "live");
            Await.until("the next", () -> stream.events().size() == 1_201);
            assertEquals("live", stream.events().get(1_200).data());
        }
    }

    @Test
    void headChecksThemAsGetDoes() throws IOException {
        for (Map.Entry<String, Integer> one : Map.of("rate=5", 200, "conflate=topic", 200, "rate=0", 400,
            "topic.rate=5&rate=9", 200, "topic.rate=101", 400).entrySet()) {
            try (WireClient client = WireClient.to(server)) {
                assertEquals(one.getValue(), client.send("HEAD /api/updates?topic=t&" + one.getKey()
                    + " HTTP/1.1\r\nHost: localhost\r\n\r\n").readHead().status(), one.getKey());
            }
        }
    }
}
