package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamParser;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Long polling, for clients and proxies that show a response only when it is complete. */
@OnEveryContainer
class PollIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.plain();

    private final Server server = SHARED.server();
    private final Publisher publisher = SHARED.publisher();
    private final String topic = SHARED.topic();
    private final List<Dispatched> received = new ArrayList<>();
    private String lastEventId = "";

    PollIT(Container container) {
    }

    private String target(String more) {
        return "/api/updates?transport=poll&topic=" + topic + more
            + (lastEventId.isEmpty() ? "" : "&last_event_id=" + Publisher.encode(lastEventId));
    }

    private static WireClient ask(WireClient client, String target) throws IOException {
        return client.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private void take(WireResponse answer) {
        assertEquals(200, answer.status(), answer.text());
        StreamParser parser = new StreamParser(lastEventId, received::add, comment -> { });
        parser.take(answer.text());
        lastEventId = parser.lastEventId();
    }

    private List<String> data() {
        return received.stream().filter(event -> !event.type().startsWith("rivulet.")).map(Dispatched::data).toList();
    }

    @Test
    void pollsOfOneConnectionGetEachEventOnceWhateverComesBetweenThem() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                ask(client, target("&timeout=60"));
                Await.until("it waits", () -> Inside.of(server).streams() == 1);
                publisher.publish(topic, "during " + i);
                all.add("during " + i);
                take(client.read());
                Await.until("it is over", () -> Inside.of(server).streams() == 0);
                publisher.publish(topic, "between " + i);
                all.add("between " + i);
                ask(client, target(""));
                take(client.read());
            }
            assertEquals(all, data());
        }
    }

    @Test
    void aPollWithoutAnEventEndsByItselfAndLeavesACursor() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            ask(client, target("&timeout=1"));
            take(client.read());
            assertTrue(lastEventId.matches("urn:rivulet:[A-Z2-7]{26}"), lastEventId);
            publisher.publish(topic, "meanwhile");
            ask(client, target("&padding=2048"));
            take(client.read());
            assertEquals(List.of("meanwhile"), data());
        }
    }

    @Test
    void aLookSeesWhatWasPublishedBeforeItAndWaitsForNothing() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String last = "";
                do { // a socket that is full gets its cursor with the next look
                    ask(client, target("&timeout=0"));
                    take(client.read());
                    last = received.get(received.size() - 1).type();
                } while (!last.equals("rivulet.cursor"));
                assertEquals(all, data());
                publisher.publish(topic, "event " + i);
                all.add("event " + i);
            }
        }
    }

    @Test
    void pollsOfATopicGetAllThenItsEndThenNothing() throws IOException {
        publisher.publish(topic, "first");
        Publisher.accepted(publisher.form("topic", topic, "data", "last", "end", ""));
        try (WireClient client = WireClient.to(server)) {
            ask(client, target("&since=earliest"));
            WireResponse answer = client.read();
            for (int polls = 1; answer.status() == 200; polls++) {
                take(answer);
                assertTrue(polls < 4, "it goes on after " + received);
                ask(client, target("&timeout=60"));
                answer = client.read();
            }
            assertEquals("204 ", answer.status() + " " + answer.text());
        }
        assertEquals(List.of("first", "last"), data());
        assertEquals(1, received.stream().filter(event -> event.type().equals("rivulet.end")).count());
    }

    @Test
    void whatCannotBeMeantIsRefused() throws IOException {
        for (String query : List.of("transport=websocket", "transport=", "timeout=5", "transport=poll&timeout=-1",
            "transport=poll&timeout=121", "transport=poll&hello=false", "padding=0", "padding=65537", "max=0",
            "max=x")) {
            WireResponse answer = WireClient.exchange(server, "GET /api/updates?topic=a&" + query
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertEquals(400, answer.status(), query);
            assertTrue(answer.text().contains(query.substring(query.lastIndexOf('&') + 1).split("=")[0]),
                answer.text());
        }
    }
}
