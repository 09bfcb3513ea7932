package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OwnProcess;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.StreamRequest;
import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server is a process, and is killed without a warning, again and again, while many publish and listen. No event
 * that was acknowledged is lost, doubled or out of order for anybody. {@code -Dkill.rounds=30} for the long run.
 */
@Tag("once")
class KillIT {

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 4);
    private static final int PUBLISHERS = 8;
    private static final int IMPATIENT = 1;
    private static final int SUBSCRIBERS = 20;
    private static final int ACKNOWLEDGED_A_ROUND = 500;
    private static final List<String> TOPICS = List.of("news/a", "news/b", "news/c");

    @TempDir
    private Path folder;
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    /** Data to id. */
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger hungUp = new AtomicInteger();
    private final AtomicLong numbers = new AtomicLong();
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    private final Map<EventStream, Set<String>> streams = new HashMap<>();
    private volatile OwnProcess server;
    private volatile boolean over;

    private OwnProcess start(int port) throws IOException {
        return OwnProcess.start(folder.resolve("server.log"), "port=" + port, "data=" + folder.resolve("data"),
            "acceptQueue=512", "rivulet.retry.min=500ms", "rivulet.retry.max=500ms");
    }

    @Test
    void noAcknowledgedEventIsLostDoubledOrReorderedForAnybody() throws Exception {
        System.out.println("kill test, " + ROUNDS + " rounds, seed " + seed);
        server = start(0);
        List<Thread> publishers = new ArrayList<>();
        try {
            for (int i = 0; i < SUBSCRIBERS; i++) {
                listen(i);
            }
            for (int p = 0; p < PUBLISHERS + IMPATIENT; p++) {
                int number = p;
                publishers.add(new Thread(() -> publish(number, number >= PUBLISHERS), "test-publisher-" + p));
                publishers.get(p).start();
            }
            List<Integer> perRound = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                int before = acknowledged.size();
                Await.until("500 acknowledgements", Duration.ofSeconds(60),
                    () -> acknowledged.size() - before >= ACKNOWLEDGED_A_ROUND || !failures.isEmpty());
                Await.pass(Duration.ofMillis(random.nextInt(300)));
                server.kill();
                perRound.add(acknowledged.size() - before);
                server = start(server.port());
            }
            over = true;
            for (Thread publisher : publishers) {
                publisher.join(Await.LIMIT.toMillis());
            }
            assertEquals(List.of(), failures);
            check(perRound);
        } finally {
            over = true;
            streams.keySet().forEach(EventStream::close);
            server.close();
        }
    }

    private void listen(int number) throws IOException {
        Set<String> topics = number % 4 == 0 ? Set.of("*")
            : number % 4 == 1 ? Set.of("news/a", "end") : Set.of("news/b", "news/c", "clock", "end");
        StreamRequest request = EventStream.to(server.port()).reconnecting(Duration.ofMillis(500));
        topics.forEach(request::topic);
        EventStream stream = request.open();
        streams.put(stream, topics);
        stream.awaitHello();
    }

    /** Publishes until it is over; an event without an answer is never sent again. */
    private void publish(int number, boolean hangsUp) {
        while (!over) {
            try (Publisher publisher = Publisher.to(server.port())) {
                while (!over) {
                    String data = number + "/" + numbers.incrementAndGet();
                    String topic = TOPICS.get((number + data.length()) % TOPICS.size());
                    if (hangsUp) {
                        hangUp(topic, data);
                    } else {
                        acknowledged.put(data, publisher.publish(topic, data));
                    }
                }
            } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
                Await.pass(Duration.ofMillis(20)); // it is down; what was under way is unknown
            } catch (AssertionError e) {
                if (!e.getMessage().contains("503")) { // not open yet: a precise no
                    failures.add(e);
                    return;
                }
                Await.pass(Duration.ofMillis(20));
            }
        }
    }

    private void hangUp(String topic, String data) throws IOException {
        try (WireClient client = WireClient.to(server.port(), 0)) {
            client.send("POST", "/api/updates?topic=" + topic, Map.of(), data.getBytes());
            hungUp.incrementAndGet();
        }
        Await.pass(Duration.ofMillis(50));
    }

    private void check(List<Integer> perRound) throws IOException {
        String end;
        try (Publisher publisher = Publisher.to(server.port())) {
            end = publisher.publish("end", "end");
        }
        List<Dispatched> log = new ArrayList<>();
        StreamRequest everything = EventStream.to(server.port()).since("earliest").topic("end");
        TOPICS.forEach(everything::topic);
        Map<String, String> topicOf = new HashMap<>();
        try (EventStream replay = everything.open()) {
            for (Dispatched event = replay.awaitEvent(); !event.id().equals(end); event = replay.awaitEvent()) {
                log.add(event);
            }
        }
        Map<String, String> stored = new HashMap<>();
        for (Dispatched event : log) {
            assertEquals(null, stored.put(event.data(), event.id()), event.data() + " is stored twice, seed " + seed);
            int number = Integer.parseInt(event.data().substring(0, event.data().indexOf('/')));
            topicOf.put(event.data(), TOPICS.get((number + event.data().length()) % TOPICS.size()));
        }
        acknowledged.forEach((data, id) -> assertEquals(id, stored.get(data), data + " was acknowledged, seed "
            + seed));
        for (Map.Entry<EventStream, Set<String>> stream : streams.entrySet()) {
            Set<String> topics = stream.getValue();
            Await.until("the end at " + topics,
                () -> stream.getKey().events().stream().anyMatch(e -> e.id().equals(end)));
            List<String> expected = log.stream().map(Dispatched::data)
                .filter(d -> topics.contains("*") || topics.contains(topicOf.get(d))).collect(Collectors.toList());
            List<String> seen = stream.getKey().events().stream().map(Dispatched::data).filter(topicOf::containsKey)
                .toList();
            assertEquals(expected, seen, "subscriber of " + topics + ", seed " + seed);
            stream.getKey().hubEvents("hello").forEach(hello -> assertTrue(
                hello.data().matches(".*\"resumed\":\"(live|exact)\".*"), hello.data()));
            assertTrue(stream.getKey().connections() > ROUNDS, "it came back each time");
        }
        long unacknowledged = stored.keySet().stream().filter(d -> !acknowledged.containsKey(d)).count();
        long inFlight = stored.keySet().stream().filter(d -> !acknowledged.containsKey(d)
            && Integer.parseInt(d.substring(0, d.indexOf('/'))) < PUBLISHERS).count();
        System.out.println("  killed " + ROUNDS + " times; acknowledged " + acknowledged.size() + " (a round "
            + perRound + "), stored but unacknowledged " + unacknowledged + " (" + inFlight
            + " in flight at a kill, the others of " + hungUp.get() + " whose publisher hung up); " + SUBSCRIBERS
            + " subscribers came back " + streams.keySet().stream().mapToInt(EventStream::connections).sum()
            + " times, none lost, none doubled, none out of order");
        assertTrue(unacknowledged > 0, "no event was ever stored without an answer: the kill comes too late");
        perRound.forEach(n -> assertTrue(n >= ACKNOWLEDGED_A_ROUND));
    }

    @Test
    void whatHasEndedHasEndedAfterAKill() throws Exception {
        server = start(0);
        try (EventStream stream = EventStream.to(server.port()).topic("run/1").topic("run/2").open()) {
            stream.awaitHello();
            String first;
            try (Publisher publisher = Publisher.to(server.port())) {
                first = Publisher.accepted(publisher.form("topic", "run/1", "data", "1", "end", ""));
            }
            stream.awaitData("1");
            server.kill();
            stream.awaitEnd();
            server = start(server.port());
            stream.reconnect();
            stream.awaitHello();
            try (Publisher publisher = Publisher.to(server.port())) {
                var refused = publisher.form("topic", "run/1", "data", "more");
                assertTrue(refused.status() == 409 && refused.text().contains(first), refused.text());
                String second = Publisher.accepted(publisher.form("topic", "run/2", "data", "2", "end", ""));
                stream.awaitData("2");
                assertEquals(second, stream.awaitType("rivulet.end").id(), "the end of before the kill counts");
            }
            assertTrue(stream.awaitEnd());
            assertEquals(204, EventStream.to(server.port()).topic("run/1").exchange().status());
        } finally {
            server.close();
        }
    }

    @Test
    void aClientWhoseLastIdIsATickGetsTheNewsItMissed() throws Exception {
        server = start(0);
        try (EventStream stream = EventStream.to(server.port()).topic("clock").topic("news").open()) {
            String tick = stream.awaitEvent().id();
            server.kill();
            assertTrue(!stream.awaitEnd(), "killed, not ended");
            assertTrue(!tick.isEmpty() && stream.events().stream().allMatch(e -> e.data().contains("time")));
            server = start(server.port());
            try (Publisher publisher = Publisher.to(server.port())) {
                for (String news : List.of("one", "two", "three")) {
                    publisher.publish("news", news);
                }
            }
            stream.reconnect();
            JsonObject hello = stream.awaitHello();
            assertEquals("exact", hello.get("resumed").getAsString());
            assertEquals("lost", hello.get("transient").getAsString(), "ticks were missed, and it is told");
            Await.until("three", () -> news(stream).size() >= 3);
            assertEquals(List.of("one", "two", "three"), news(stream));
        } finally {
            server.close();
        }
    }

    private static List<String> news(EventStream stream) {
        return stream.events().stream().map(Dispatched::data).filter(d -> !d.contains("time")).toList();
    }
}
