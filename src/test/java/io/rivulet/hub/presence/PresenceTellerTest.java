package io.rivulet.hub.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.event.Position;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.feed.StreamWatcher.Watched;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicSelection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of subscriptions has a bound in bytes, and whoever has little to tell does not wait for others. */
class PresenceTellerTest {

    private static final int LARGE = 16;
    private static final int WAITING_KIB = 4 << 10;

    /** A batch that was published; it is on its way until the test says otherwise. */
    private record Sent(List<Event> events, CompletableFuture<List<String>> answer) {
    }

    private final Presence presence = new Presence(true, "/.well-known/mercure", new SetClock());
    private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
    private final List<Event> told = new ArrayList<>();
    /** From when on batches are answered at once. */
    private volatile boolean answersAtOnce;
    private volatile Thread thread;
    private final PresenceTeller teller = new PresenceTeller(presence, events -> {
        thread = Thread.currentThread();
        CompletableFuture<List<String>> answer = answersAtOnce ? CompletableFuture.completedFuture(List.of())
            : new CompletableFuture<>();
        sent.add(new Sent(events, answer));
        return answer;
    });
    private int subscribers;

    @BeforeEach
    void somebodyWatches() {
        presence.open(TailRing.of(1 << 20, Position.START, "id", gone -> { }), teller::changed);
        presence.touched();
        teller.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        teller.close(5_000);
    }

    private Watched begin(String... topics) {
        return presence.began(new SubscribeRequest(TopicSelection.ofTopics(List.of(topics)), Grant.ANONYMOUS, null,
            Since.LATEST, Duration.ofSeconds(15), false, HubScene.MERCURE, "192.0.2.1"), Grant.ANONYMOUS,
            "urn:uuid:" + subscribers++, StartPoint.LIVE);
    }

    private String[] large(int stream) {
        return IntStream.range(0, LARGE).mapToObj(i -> "/".repeat(4_000) + stream + "/" + i).toArray(String[]::new);
    }

    /** Takes the next batch; the one after it comes when this one is answered. */
    private Sent next() throws InterruptedException {
        Sent batch = sent.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertTrue(batch != null, "no batch came");
        told.addAll(batch.events());
        return batch;
    }

    private long bytes() {
        return told.stream().mapToLong(Event::weight).sum();
    }

    private boolean isTold(String topic) {
        return told.stream().anyMatch(event -> new String(event.data(), StandardCharsets.UTF_8)
            .contains("\"match\":\"" + topic + "\""));
    }

    /** Publishes what comes until this topic was told. */
    private void until(String topic) throws InterruptedException {
        while (!isTold(topic)) {
            next().answer().complete(List.of());
            teller.tick();
        }
    }

    /** They were told in 8.9 MB. */
    @Test
    void tenStreamsOfLargeSubscriptionsThatComeAndGoAreToldInFewBytes() throws Exception {
        begin("first");
        Sent first = next();
        List<Watched> strangers = IntStream.range(0, 10).mapToObj(i -> begin(large(i))).toList();
        begin("second");
        first.answer().complete(List.of());
        Sent second = next(); // each of them has had its turn at most
        strangers.forEach(Watched::ended);
        begin("last");
        second.answer().complete(List.of());
        until("last");
        while (open() > 3) { // of whatever was told to have begun the end is told as well
            next().answer().complete(List.of());
            teller.tick();
        }
        assertEquals(3, open(), "the three that have not left");
        assertTrue(bytes() < 2 << 20, bytes() + " bytes");
    }

    /** Each of them keeps its subscriptions alive as long as it waits: they would fill the heap. */
    @Test
    void ofThoseWhoComeAndGoUnseenAsManyWaitAsMayBeKeptAlive() throws Exception {
        begin("first");
        Sent first = next();
        TopicSelection wish = TopicSelection.ofTopics(List.of(large(0)));
        int enough = 2 * WAITING_KIB / wish.loadKib();
        for (int i = 0; i < enough; i++) {
            begin(large(i)).ended();
        }
        begin("last");
        first.answer().complete(List.of());
        until("last"); // each that waits has had its first turn by then
        long strangers = told.stream().map(event -> new String(event.data(), StandardCharsets.UTF_8))
            .filter(data -> data.contains("////")).map(data -> data.replaceAll(".*(urn:uuid:[0-9]+).*", "$1"))
            .distinct().count();
        assertTrue(strangers > 0, "nobody is told");
        assertTrue(strangers * wish.loadKib() <= WAITING_KIB + wish.loadKib(), strangers + " of " + enough
            + " have waited, each with " + wish.loadKib() + " KiB");
    }

    @Test
    void ofThoseWhoComeAndGoUnseenTenThousandWaitHoweverLittleEachOfThemIs() throws Exception {
        begin("first");
        Sent first = next();
        for (int i = 0; i < 10_500; i++) {
            begin("stranger").ended();
        }
        begin("last");
        CountDownLatch joined = new CountDownLatch(1);
        teller.changed(new Registration("probe", probe(joined))); // behind all of them
        assertTrue(joined.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
        answersAtOnce = true;
        first.answer().complete(List.of());
        until("last"); // each that waits has had its turn by then
        long strangers = told.stream().map(event -> new String(event.data(), StandardCharsets.UTF_8))
            .filter(data -> data.contains("\"match\":\"stranger\"") && data.contains("\"active\":true")).count();
        assertTrue(strangers > 9_000 && strangers <= 10_000, strangers + " have waited");
    }

    /** The subscriptions of a connection that says when it joins the line. */
    private static List<ActiveSubscription> probe(CountDownLatch joins) {
        return new AbstractList<>() {
            @Override
            public ActiveSubscription get(int i) {
                joins.countDown();
                return new ActiveSubscription("probe", "exact", "probe", null);
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }

    /** Else the text of strangers would push all else out of the ring. */
    @Test
    void allTogetherAreToldAMegabyteBetweenTwoTicks() throws Exception {
        begin("first");
        Sent first = next();
        for (int i = 0; i < 12; i++) {
            begin(large(i));
        }
        answersAtOnce = true;
        first.answer().complete(List.of());
        for (int tick = 0; tick < 3; tick++) {
            Await.until("it is at rest", () -> !sent.isEmpty() && thread.getState() == Thread.State.WAITING);
            long bytes = sent.stream().flatMap(batch -> batch.events().stream()).mapToLong(Event::weight).sum();
            sent.clear();
            assertTrue(bytes >= 1 << 20 && bytes < (1 << 20) + (384 << 10), bytes + " bytes before tick " + tick);
            teller.tick();
        }
    }

    /** How many of those that were told to have begun have not been told to have ended. */
    private long open() {
        return told.stream().map(event -> JsonParser.parseString(new String(event.data(), StandardCharsets.UTF_8)))
            .mapToInt(json -> json.getAsJsonObject().get("active").getAsBoolean() ? 1 : -1).sum();
    }

    @Test
    void whoHasLittleToTellDoesNotWaitForThoseWhoHaveMuch() throws Exception {
        begin("first");
        Sent first = next();
        for (int i = 0; i < 3; i++) {
            begin(large(i));
        }
        begin("small");
        first.answer().complete(List.of());
        until("small");
        assertTrue(bytes() < 1 << 20, bytes() + " bytes before it");
    }

    @Test
    void allOfALargeConnectionThatStaysIsToldInTime() throws Exception {
        begin(large(0));
        until("/".repeat(4_000) + "0/" + (LARGE - 1));
        assertEquals(LARGE, told.size());
    }
}
