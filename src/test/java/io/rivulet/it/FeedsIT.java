package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser.Dispatched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feeds as a subscriber of the running hub sees them. */
@Tag("once")
@OnEveryContainer
class FeedsIT {

    private final Container container;
    @TempDir
    private Path folder;

    FeedsIT(Container container) {
        this.container = container;
    }

    @Test
    void aStreamThatNamesNoTopicGetsTheTimeEverySecond() throws IOException {
        try (Server server = Server.in(container).start(); EventStream stream = EventStream.to(server).open()) {
            Await.until("four ticks", () -> stream.events().size() >= 4);
            List<Instant> times = new ArrayList<>();
            for (Dispatched event : stream.events()) {
                assertEquals("message", event.type());
                times.add(Instant.parse(json(event).get("time").getAsString()));
            }
            for (int i = 1; i < 4; i++) {
                long apartMs = Duration.between(times.get(i - 1), times.get(i)).toMillis();
                assertTrue(apartMs > 500 && apartMs < 3_000, times.toString());
                assertTrue(times.get(i).toEpochMilli() % 1_000 < 800, "on the second: " + times);
            }
        }
    }

    @Test
    void everyFeedOfDevModeIsThere() throws IOException {
        try (Server server = Server.in(container).start();
             EventStream stream = EventStream.to(server).topic("earthquakes").topic("quotes/ELBE").topic("host")
                 .open()) {
            assertTrue(json(stream.awaitType("earthquake")).get("happened").getAsString().startsWith("2018-"));
            assertTrue(json(stream.awaitType("quote")).get("simulated").getAsBoolean());
            assertTrue(json(stream.awaitType("host")).get("heapUsed").getAsLong() > 0);
        }
    }

    @Test
    void whatOperatorsSeeIsTrue() throws IOException {
        try (Server server = Server.in(container).set("token.key", "k".repeat(40)).set("token.issuer", "https://e.com")
            .set("resource", "https://e.com/.well-known/mercure").start();
             Publisher publisher = Publisher.to(server.awaitOpen())) {
            publisher.publish("jobs/1", "x");
            try (EventStream stream = EventStream.to(server).topic("rivulet/rates").topic("rivulet/connections")
                .topic("rivulet/topics").topic("rivulet/settings").open()) {
                assertTrue(json(stream.awaitType("rates")).getAsJsonObject("counts").get("published").getAsLong() >= 1);
                JsonObject one = json(stream.awaitType("connections")).getAsJsonArray("connections").get(0)
                    .getAsJsonObject();
                assertEquals("dev", one.get("subject").getAsString());
                assertEquals(4, one.get("topicsInAll").getAsInt());
                JsonObject topic = json(stream.awaitType("topics")).getAsJsonArray("topics").get(0).getAsJsonObject();
                assertEquals("jobs/1", topic.get("topic").getAsString());
                assertEquals(1, topic.get("count").getAsLong());
                String settings = json(stream.awaitType("settings")).toString();
                assertTrue(settings.contains("{\"key\":\"rivulet.token.key\",\"value\":\"a secret\",\"source\":"),
                    settings);
                assertFalse(settings.contains("kkkk"), settings);
            }
        }
    }

    @Test
    void theAccessLogIsFollowedWithoutQueriesAndReadingItDoesNotFeedIt() throws IOException {
        try (Server server = Server.in(container).start();
             EventStream stream = EventStream.to(server).topic("logs/access").topic("clock").open();
             Publisher publisher = Publisher.to(server)) {
            Await.until("its own start", () -> lines(stream).stream().anyMatch(line -> line.contains("stream-start")));
            publisher.post("?topic=news&id=marker-4711", "text/plain", "x");
            Await.until("the request", () -> lines(stream).stream().anyMatch(line -> line.contains("POST /api/upd")));
            int count = lines(stream).size();
            long ticks = ticks(stream);
            Await.until("the file has been looked at again and again", () -> ticks(stream) >= ticks + 3);
            assertEquals(count, lines(stream).size(), () -> "it feeds itself: " + lines(stream));
            assertFalse(String.join("\n", lines(stream)).contains("marker-4711"), () -> lines(stream).toString());
        }
    }

    @Test
    void aFileOfTheUsersIsFollowedThroughItsRotation() throws IOException {
        Path file = Files.writeString(folder.resolve("app.log"), "old\n");
        try (Server server = Server.in(container).set("dev", "false").set("feed.log.app", file.toString())
            .set("feed.logs.public", "app").start();
             EventStream stream = EventStream.to(server).topic("logs/app").open()) {
            Await.until("the last line", () -> lines(stream).equals(List.of("old")));
            Files.writeString(file, "before\n", StandardOpenOption.APPEND);
            Files.move(file, folder.resolve("app.log.1"));
            Files.writeString(file, "after\n");
            Await.until("both", () -> lines(stream).equals(List.of("old", "before", "after")));
        }
    }

    @Test
    void outsideDevModeNothingOfThisMachineIsTold() throws IOException {
        try (Server server = Server.in(container).set("dev", "false").start();
             EventStream stream = EventStream.to(server).topic("host").topic("logs/access").topic("clock").open()) {
            Await.until("three ticks", () -> stream.events().size() >= 3);
            assertTrue(stream.events().stream().allMatch(event -> event.type().equals("message")),
                () -> stream.events().toString());
        }
    }

    private static List<String> lines(EventStream stream) {
        return stream.events().stream().filter(event -> event.type().equals("log"))
            .map(event -> json(event).get("line").getAsString()).toList();
    }

    /** The seconds of the clock. */
    private static long ticks(EventStream stream) {
        return stream.events().stream().filter(event -> event.type().equals("message")).count();
    }

    private static JsonObject json(Dispatched event) {
        return new Gson().fromJson(event.data(), JsonObject.class);
    }
}
