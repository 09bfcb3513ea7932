package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An open stream goes on with other topics. */
@OnEveryContainer
class StreamChangeIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.plain();

    private final Server server = SHARED.server();
    private final Publisher publisher = SHARED.publisher();
    private final String topic = SHARED.topic();
    private final String other = topic + "-other";

    StreamChangeIT(Container container) {
    }

    private WireResponse change(JsonObject hello, String body) throws IOException {
        try (WireClient client = WireClient.to(server)) {
            return client.send("PATCH", "/api/connections/" + hello.get("connection").getAsString(),
                Map.of("Rivulet-Secret", hello.get("secret").getAsString()), body.getBytes(StandardCharsets.UTF_8))
                .read();
        }
    }

    @Test
    void eventsOfAnAddedTopicComeOnTheSameStreamAndOfARemovedOneNoMore() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            JsonObject hello = stream.awaitHello();
            publisher.publish(other, "before");
            publisher.publish(topic, "marker");
            stream.awaitData("marker");
            WireResponse answer = change(hello, "{\"add\":[\"" + other + "\"]}");
            assertEquals(200, answer.status(), answer.text());
            assertEquals("[\"" + topic + "\",\"" + other + "\"]", answer.json().get("topics").toString());
            Dispatched told = stream.awaitType("rivulet.topics");
            assertEquals("{\"topics\":[\"" + topic + "\",\"" + other + "\"]}", told.data());
            assertTrue(told.id().matches("urn:rivulet:[A-Z2-7]{26}"), told.id());
            publisher.publish(other, "after");
            publisher.publish(topic, "both");
            stream.awaitData("after", "both");
            assertEquals(200, change(hello, "{\"remove\":[\"" + topic + "\"]}").status());
            publisher.publish(topic, "nobody's");
            publisher.publish(other, "last");
            stream.awaitData("last");
            assertEquals(1, stream.connections());
        }
    }

    @Test
    void aSessionComesBackWithTheChangedTopics() throws IOException {
        String session = UUID.randomUUID().toString();
        try (EventStream stream = EventStream.to(server).topic(topic).query("session", session).open()) {
            assertEquals(200, change(stream.awaitHello(), "{\"add\":[\"" + other + "\"]}").status());
            stream.awaitType("rivulet.topics");
            stream.cut();
            publisher.publish(other, "meanwhile");
            stream.reconnect().awaitData("meanwhile");
        }
    }

    @Test
    void whatCannotBeMeantIsRefusedAndTheStreamStaysAsItIs() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            JsonObject hello = stream.awaitHello();
            for (String body : new String[] {"{}", "[]", "x", "{\"add\":\"a\"}", "{\"add\":[1]}", "{\"ad\":[\"a\"]}",
                "{\"add\":[\"\"]}", "{\"add\":[\"a\\nb\"]}", "{\"add\":[\"a\"]} x", "{\"remove\":[\"" + topic + "\"]}",
                "{\"add\":[" + "\"a\",".repeat(200) + "\"b\"]}"}) {
                WireResponse answer = change(hello, body);
                assertEquals(400, answer.status(), body);
                assertEquals("application/problem+json", answer.header("Content-Type"), body);
            }
            publisher.publish(topic, "still");
            stream.awaitData("still");
            assertTrue(stream.hubEvents("rivulet.topics").isEmpty());
        }
    }
}
