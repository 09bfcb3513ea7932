package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser.Dispatched;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** History is finite: who is older than it is told, and nobody else. */
@OnEveryContainer
class RetentionIT {

    private static final int KEPT = 320;
    private static final int SEGMENT = KEPT / 16;

    private final Container container;
    private Server server;
    private Publisher publisher;
    private int published;

    RetentionIT(Container container) {
        this.container = container;
    }

    @BeforeEach
    void start() {
        server = Server.in(container).set("log.retain.events", Integer.toString(KEPT)).set("ring.bytes", "16k")
            .sendBuffer(4_096).start();
        publisher = Publisher.to(server);
    }

    @AfterEach
    void stop() {
        publisher.close();
        server.close();
    }

    /** Publishes numbered events in batches of a segment, and gives the id of the first. */
    private String noise(int batches, int bytes) throws IOException {
        String first = null;
        for (int i = 0; i < batches; i++) {
            String batch = IntStream.range(0, SEGMENT)
                .mapToObj(n -> "{\"topic\":\"noise\",\"data\":\"" + (published + n) + " " + "x".repeat(bytes) + "\"}")
                .collect(Collectors.joining("\n"));
            String ids = Publisher.accepted(publisher.post("", "application/x-ndjson", batch));
            first = first == null ? ids.lines().findFirst().orElseThrow() : first;
            published += SEGMENT;
        }
        return first;
    }

    private void awaitDeleted(long segments) {
        Await.until("history is trimmed", () -> Inside.of(server).count("segments_deleted") >= segments);
    }

    /** A stalled reader holds no segment open, so what retention deletes is free at once; Linux can tell. */
    private static void awaitNoDeletedFileOpen() {
        Path open = Path.of("/proc/self/fd");
        if (Files.isDirectory(open)) {
            Await.until("no deleted segment is open", () -> {
                try (Stream<Path> files = Files.list(open)) {
                    return files.map(RetentionIT::target).noneMatch(name -> name.contains("/data/")
                        && name.endsWith(" (deleted)"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static int number(Dispatched event) {
        return Integer.parseInt(event.data().substring(0, event.data().indexOf(' ')));
    }

    @Test
    void aQuietTopicsCursorStaysExactWhileOthersAreTrimmed() throws IOException {
        String quiet = publisher.publish("quiet", "1");
        noise(40, 100);
        awaitDeleted(20);
        try (EventStream stream = EventStream.to(server).topic("quiet").after(quiet).open()) {
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            publisher.publish("quiet", "2");
            stream.awaitData("2");
        }
    }

    @Test
    void whoComesTooLateIsToldOnceAndGoesOnFromTheOldest() throws IOException {
        String old = noise(40, 100);
        awaitDeleted(20);
        try (EventStream stream = EventStream.to(server).topic("noise").after(old).open()) {
            JsonObject hello = stream.awaitHello();
            assertEquals("partial", hello.get("resumed").getAsString());
            int oldest = number(stream.awaitEvent());
            assertTrue(oldest > 400, "the oldest is " + oldest);
            assertMissed(hello, oldest - 1);
            for (int i = oldest + 1; i < published; i++) {
                assertEquals(i, number(stream.awaitEvent()));
            }
        }
        try (EventStream stream = EventStream.to(server).topic("noise").after(old).cutAfter(400).open()) {
            stream.awaitEnd();
            stream.reconnect();
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString(), "told once");
            while (number(stream.awaitEvent()) < published - 1) {
                // to the end
            }
            List<Integer> numbers = stream.events().stream().map(RetentionIT::number).toList();
            assertEquals(IntStream.range(numbers.get(0), published).boxed().toList(), numbers);
        }
    }

    @Test
    void aSilentStreamGetsAFresherCursor() throws IOException {
        try (EventStream stream = EventStream.to(server).topic("quiet").open()) {
            String before = stream.awaitHelloId();
            noise(5, 100);
            String fresh = stream.awaitType("rivulet.cursor").id();
            assertNotEquals(before, fresh);
            assertEquals(fresh, stream.lastEventId());
            stream.reconnect();
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            publisher.publish("quiet", "1");
            stream.awaitData("1");
        }
    }

    @Test
    void retentionThatOvertakesAReplayIsToldWhereItHappens() throws IOException {
        noise(15, 4_000);
        try (EventStream stream = EventStream.to(server).topic("noise").since("earliest").receiveBuffer(2_048).open()) {
            stream.awaitEvent();
            stream.stall();
            noise(60, 4_000);
            awaitDeleted(40);
            awaitNoDeletedFileOpen();
            stream.resume();
            while (number(stream.awaitEvent()) < published - 1) {
                // to the end
            }
            int holes = 0;
            int last = number(stream.events().get(0)) - 1;
            JsonObject gap = null; // retention may go on while the stream reads, and be told once more
            for (Dispatched event : stream.all()) {
                if (event.type().equals("rivulet.gap")) {
                    gap = JsonParser.parseString(event.data()).getAsJsonObject();
                    assertTrue(!gap.get("transient").getAsBoolean());
                } else if (!event.type().startsWith("rivulet.")) {
                    int missing = number(event) - last - 1;
                    assertEquals(gap != null, missing > 0, "a gap is told where events are missing: after " + last);
                    if (gap != null) {
                        assertMissed(gap, missing);
                        holes++;
                    }
                    last = number(event);
                    gap = null;
                }
            }
            assertTrue(holes > 0, "retention overtook nobody");
        }
    }

    /** Who asked for some topics only cannot be told how many of those were trimmed: the count is gone with them. */
    private static void assertMissed(JsonObject told, int atLeast) {
        assertTrue(told.get("missed").isJsonNull() || told.get("missed").getAsInt() >= atLeast,
            told + " but " + atLeast + " are missing");
    }
}
