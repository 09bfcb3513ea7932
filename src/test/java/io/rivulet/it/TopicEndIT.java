package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.LineSender;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.StreamRequest;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topic that ends: what its streams, its publishers and those who ask for its end see on the wire. */
@OnEveryContainer
class TopicEndIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> builder
        .set("transient.topics", "{topic}/page/{n}/passing"));

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
            assertEquals("?1 ?1", mercure.header("Incremental") + " " + asking.header("Incremental"));
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
    void aTopicOfMemoryAloneEndsInTheSameWay() throws IOException {
        String passing = topic + "/page/1/passing";
        StreamRequest asked = EventStream.to(server).topic(passing);
        String id;
        try (EventStream stream = asked.open()) {
            stream.awaitHello();
            publisher.publish(passing, "a");
            id = Publisher.accepted(publisher.form("topic", passing, "data", "b", "end", ""));
            stream.awaitData("a", "b");
            assertEquals(id, stream.awaitType("rivulet.end").id());
            assertTrue(stream.awaitEnd());
        }
        assertEquals(204, asked.exchange().status());
        assertEquals(id, problem(publisher.form("topic", passing, "data", "late")).get("id").getAsString());
        assertEquals(id, problem(send("POST", "/api/topics/cancel?topic=" + passing)).get("id").getAsString());
        String other = topic + "/page/2/passing";
        assertEquals(200, send("POST", "/api/topics/cancel?topic=" + other).status());
        assertTrue(problem(publisher.form("topic", other, "data", "late")).get("cancelled").getAsBoolean());
        Publisher.accepted(publisher.form("topic", other, "data", "the last word", "end", ""));
        assertEquals("cancelled", problem(publisher.form("topic", other, "data", "late")).get("reason").getAsString());
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
    void aTopicWhosePublisherIsSilentForLongerThanItsLeaseIsAbandoned() throws IOException {
        StreamRequest all = EventStream.to(server).topic(topic + "/form").topic(topic + "/json").topic(topic + "/lines")
            .topic(topic + "/ndjson");
        try (EventStream stream = all.open();
             LineSender lines = LineSender.to(server, "lease=1s&topic=" + topic + "/lines", "");
             LineSender json = LineSender.to(server, "", "Content-Type: application/x-ndjson\r\n")) {
            stream.awaitHello();
            Publisher.accepted(publisher.form("topic", topic + "/form", "data", "a", "lease", "1s"));
            assertEquals(200, publisher.post("", "application/json", "{\"topic\":\"" + topic
                + "/json\",\"data\":\"b\",\"lease\":\"1s\"}").status());
            lines.send("c\n");
            json.send("{\"topic\":\"" + topic + "/ndjson\",\"data\":\"d\",\"lease\":\"1s\"}\n");
            assertTrue(stream.awaitType("rivulet.end").data().endsWith("\"reason\":\"abandoned\"}"));
            assertTrue(stream.awaitEnd());
            assertEquals(4, stream.events().size(), stream.events().toString());
            assertEquals("abandoned", problem(lines.send("late\n").answer()).get("reason").getAsString());
        }
        assertEquals("abandoned", problem(publisher.form("topic", topic + "/form", "data", "late")).get("reason")
            .getAsString());
        WireResponse bad = publisher.form("topic", topic, "data", "x", "lease", "soon");
        assertEquals(400, bad.status());
        assertTrue(bad.text().contains("it must be a time such as"), bad.text());
    }

    @Test
    void aCancelAndAnEndAtTheSameMomentLeaveOneEnd() throws Exception {
        for (int round = 0; round < 10; round++) {
            String run = topic + "/" + round;
            try (EventStream stream = EventStream.to(server).topic(run).open();
                 Publisher other = Publisher.to(server)) {
                stream.awaitHello();
                publisher.publish(run, "a");
                CompletableFuture<WireResponse> ended = CompletableFuture.supplyAsync(() -> {
                    try {
                        return other.form("topic", run, "data", "last", "end", "");
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                WireResponse cancelled = send("POST", "/api/topics/cancel?topic=" + run);
                Publisher.accepted(ended.get(20, TimeUnit.SECONDS));
                String reason = stream.awaitType("rivulet.end").data();
                if (cancelled.status() == 200) {
                    assertTrue(reason.endsWith("\"reason\":\"cancelled\"}"), reason);
                } else {
                    assertEquals("finished", problem(cancelled).get("reason").getAsString());
                    assertTrue(reason.endsWith("\"reason\":\"finished\"}"), reason);
                }
                assertTrue(stream.awaitEnd());
                assertEquals(List.of("a", "last"), stream.events().stream().filter(e -> e.type().equals("message"))
                    .map(Dispatched::data).toList());
            }
        }
    }

    @Test
    void aTopicMayBeCancelledBeforeItsFirstPiece() throws IOException {
        WireResponse cancelled = send("POST", "/api/topics/cancel?topic=" + topic);
        assertEquals(200, cancelled.status(), cancelled.text());
        String id = JsonParser.parseString(cancelled.text()).getAsJsonObject().get("id").getAsString();
        assertEquals(id, problem(publisher.form("topic", topic, "data", "first")).get("id").getAsString());
        try (LineSender lines = LineSender.to(server, "topic=" + topic, "")) {
            JsonObject problem = problem(lines.send("first\n").answer());
            assertEquals("true 0", problem.get("cancelled").getAsBoolean() + " " + problem.get("taken").getAsInt());
        }
        end("the only word");
        try (EventStream all = ask().since("earliest").open()) {
            assertEquals(id, all.awaitType("rivulet.cancel").id());
            all.awaitData("the only word");
            assertTrue(all.awaitType("rivulet.end").data().endsWith("\"reason\":\"cancelled\"}"));
            assertTrue(all.awaitEnd());
        }
    }

    @Test
    void ofTenThousandEndedTopicsAStreamMayAskForAsManyAsOfOthers() throws IOException {
        int many = 10_000;
        int most = 100; // matchers.max
        try (LineSender ends = LineSender.to(server, "", "Content-Type: application/x-ndjson\r\n")) {
            for (int from = 0; from < many; from += most) {
                StringBuilder lines = new StringBuilder();
                for (int i = from; i < from + most; i++) {
                    lines.append("{\"topic\":\"").append(topic).append('-').append(i).append("\",\"data\":\"")
                        .append(i).append("\",\"end\":true}\n");
                }
                ends.send(lines.toString());
            }
            assertEquals(many, ends.end().answer(200).get("count").getAsInt());
        }
        for (int from = 0; from < many; from += most) {
            assertEquals(204, askFor(from, most).exchange().status());
        }
        for (int from : new int[] {0, many - most}) {
            try (EventStream stream = askFor(from, most).since("earliest").open()) {
                JsonObject end = JsonParser.parseString(stream.awaitType("rivulet.end").data()).getAsJsonObject();
                assertEquals(most, end.getAsJsonArray("topics").size());
                assertTrue(stream.awaitEnd());
                assertEquals(most, stream.events().size());
            }
        }
        assertEquals(400, askFor(0, most + 1).exchange().status());
    }

    private StreamRequest askFor(int from, int topics) {
        StreamRequest asked = EventStream.to(server);
        IntStream.range(from, from + topics).forEach(i -> asked.topic(topic + "-" + i));
        return asked;
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
        List<String> mine = new ArrayList<>(IntStream.range(0, 5).mapToObj(i -> topic + "/page/" + i).toList());
        String passing = topic + "/page/3/passing";
        for (String each : mine) {
            publisher.publish(each, "x");
        }
        publisher.publish(passing, "in memory alone");
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
        mine.add(4, passing);
        assertTrue(seen.toString().startsWith(" " + String.join(" ", mine)), seen.toString());
    }
}
