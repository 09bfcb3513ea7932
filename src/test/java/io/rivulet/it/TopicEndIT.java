package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topic that ends: what its streams, its publishers and those who ask for its end see on the wire. */
@OnEveryContainer
class TopicEndIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.plain();

    private final Server server = SHARED.server();
    private final String topic = SHARED.topic();
    private final Publisher publisher = SHARED.publisher();

    TopicEndIT(Container container) {
    }

    private String end(String data) throws IOException {
        return Publisher.accepted(publisher.form("topic", topic, "data", data, "end", ""));
    }

    private StreamRequest ask() {
        return EventStream.to(server).topic(topic);
    }

    private JsonObject problem(WireResponse answer) {
        assertEquals(409, answer.status(), answer.text());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        JsonObject problem = JsonParser.parseString(answer.text()).getAsJsonObject();
        assertEquals("urn:rivulet:problem:ended", problem.get("type").getAsString());
        return problem;
    }

    private WireResponse send(String method, String target) throws IOException {
        return WireClient.exchange(server, method + " " + server.contextPath() + target
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    private JsonObject state() throws IOException {
        WireResponse answer = send("GET", "/api/topics?topic=" + topic);
        assertEquals(200, answer.status(), answer.text());
        return JsonParser.parseString(answer.text()).getAsJsonObject();
    }

    @Test
    void aStreamEndsBehindTheLastEventAndWhoComesBackIsSentHome() throws IOException {
        String id;
        try (EventStream stream = ask().open()) {
            stream.awaitHello();
            assertEquals("?1", stream.header("Incremental"));
            publisher.publish(topic, "a");
            id = end("b");
            stream.awaitData("a", "b");
            assertEquals(new Dispatched("rivulet.end", "{\"topics\":[\"" + topic + "\"],\"reason\":\"finished\"}", id),
                stream.awaitType("rivulet.end"));
            assertTrue(stream.awaitEnd(), "the response ends as it should");
            assertEquals(id, stream.lastEventId());
        }
        WireResponse again = ask().after(id).exchange();
        assertEquals("204 ", again.status() + " " + again.text());
        assertEquals(204, ask().exchange().status(), "nothing comes any more");
        try (EventStream all = ask().since("earliest").open()) {
            all.awaitData("a", "b").awaitType("rivulet.end");
            assertTrue(all.awaitEnd());
        }
        assertEquals(204, ask().query("envelope", "json").exchange().status());
    }

    @Test
    void aClientOfMercureSeesAnUpdateUnlessItAsksForTheEnd() throws IOException {
        StreamRequest plain = EventStream.to(server).path("/.well-known/mercure").query("match", topic);
        StreamRequest ending = EventStream.to(server).path("/.well-known/mercure").query("match", topic)
            .query("end", "close");
        try (EventStream mercure = plain.open(); EventStream asking = ending.open()) {
            String id = end("last");
            mercure.awaitData("last");
            asking.awaitData("last");
            assertEquals(id, asking.awaitType("rivulet.end").id());
            assertTrue(asking.awaitEnd());
            assertFalse(mercure.isEnded());
            assertEquals(1, mercure.all().size());
            assertEquals(204, ending.after(id).exchange().status());
        }
        try (EventStream later = plain.open()) {
            assertEquals(200, later.status());
        }
    }

    @Test
    void streamsOfPatternsGoOn() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic + "{/x}").topic(topic).open()) {
            stream.awaitHello();
            end("last");
            stream.awaitData("last");
            publisher.publish(topic + "/x", "more");
            stream.awaitData("more");
        }
    }

    @Test
    void whoPublishesToWhatHasEndedIsToldTheEnd() throws IOException {
        WireResponse keyed = publisher.post("?topic=" + topic + "&end", Map.of("Idempotency-Key", topic),
            "last".getBytes());
        String id = Publisher.accepted(keyed);
        JsonObject problem = problem(publisher.form("topic", topic, "data", "late"));
        assertEquals(topic + " " + id + " finished", problem.get("topic").getAsString() + " "
            + problem.get("id").getAsString() + " " + problem.get("reason").getAsString());
        assertEquals(id, problem(publisher.form("topic", topic, "end", "")).get("id").getAsString(), "end twice");
        assertEquals(id, Publisher.accepted(publisher.post("?topic=" + topic + "&end",
            Map.of("Idempotency-Key", topic), "last".getBytes())), "the same end is its answer again");
        WireResponse mercure = WireClient.exchange(server, "POST " + server.contextPath() + "/.well-known/mercure "
            + "HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + (6 + topic.length()) + "\r\nConnection: close\r\n\r\ntopic=" + topic);
        assertEquals(409, mercure.status(), mercure.text());
        WireResponse two = publisher.post("?topic=x&topic=y&end", "text/plain", "x");
        assertEquals(400, two.status());
        assertTrue(two.text().contains("the event has end and 2 topics"), two.text());
    }

    @Test
    void aCancelIsToldOnceAndLeavesTheLastWordToThePublisher() throws IOException {
        try (EventStream stream = ask().open()) {
            stream.awaitHello();
            WireResponse first = send("POST", "/api/topics/cancel?topic=" + topic);
            assertEquals(200, first.status(), first.text());
            assertEquals(first.text(), send("POST", "/api/topics/cancel?topic=" + topic).text());
            Dispatched cancel = stream.awaitType("rivulet.cancel");
            assertEquals("{\"id\":\"" + cancel.id() + "\"}", first.text());
            JsonObject problem = problem(publisher.form("topic", topic, "data", "next piece"));
            assertTrue(problem.get("cancelled").getAsBoolean());
            assertEquals(cancel.id(), problem.get("id").getAsString());
            assertTrue(state().get("cancelled").getAsBoolean());
            end("the last word");
            stream.awaitData("the last word");
            assertTrue(stream.awaitType("rivulet.end").data().endsWith("\"reason\":\"cancelled\"}"));
            assertTrue(stream.awaitEnd());
        }
        problem(send("POST", "/api/topics/cancel?topic=" + topic));
        assertEquals(400, send("POST", "/api/topics/cancel").status());
        assertEquals(400, send("POST", "/api/topics/cancel?topic=*").status());
        assertEquals(405, send("GET", "/api/topics/cancel?topic=" + topic).status());
        assertEquals(405, send("POST", "/api/topics?topic=" + topic).status());
    }

    @Test
    void theStateOfATopicTellsItsEventsAndWhoListens() throws IOException {
        JsonObject unknown = state();
        assertEquals("{\"topic\":\"" + topic + "\",\"state\":\"open\",\"first\":null,\"last\":null,\"count\":0,"
            + "\"listeners\":0}", unknown.toString());
        try (EventStream stream = ask().open()) {
            stream.awaitHello();
            String first = publisher.publish(topic, "1");
            publisher.publish(topic, "2");
            JsonObject open = state();
            assertEquals("open 2 1", open.get("state").getAsString() + " " + open.get("count").getAsInt() + " "
                + open.get("listeners").getAsInt());
            assertEquals(first, open.getAsJsonObject("first").get("id").getAsString());
            String last = end("3");
            stream.awaitType("rivulet.end");
            JsonObject ended = state();
            assertEquals("ended finished 3", ended.get("state").getAsString() + " " + ended.get("reason").getAsString()
                + " " + ended.get("count").getAsInt());
            assertEquals(last, ended.getAsJsonObject("last").get("id").getAsString());
        }
        assertEquals(400, send("GET", "/api/topics?topic=" + topic + "&topic=b").status());
        assertEquals(400, send("GET", "/api/topics?limit=0").status());
        assertEquals(400, send("GET", "/api/topics?topik=a").status());
    }

    @Test
    void operatorsPageThroughAllTopics() throws IOException {
        List<String> mine = IntStream.range(0, 5).mapToObj(i -> topic + "/page/" + i).toList();
        for (String each : mine) {
            publisher.publish(each, "x");
        }
        StringBuilder seen = new StringBuilder();
        String after = topic + "/page/";
        for (int page = 0; page < 3; page++) {
            WireResponse answer = send("GET", "/api/topics?limit=2&after=" + Publisher.encode(after));
            assertEquals(200, answer.status(), answer.text());
            JsonObject json = JsonParser.parseString(answer.text()).getAsJsonObject();
            json.getAsJsonArray("topics").forEach(one -> seen.append(' ')
                .append(one.getAsJsonObject().get("topic").getAsString()));
            after = json.get("next").isJsonNull() ? "~" : json.get("next").getAsString();
        }
        assertTrue(seen.toString().startsWith(" " + String.join(" ", mine)), seen.toString());
    }
}
