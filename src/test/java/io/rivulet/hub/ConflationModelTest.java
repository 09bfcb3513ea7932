package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.event.Position;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Shard;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a client that conflates asks for, may see, and does: durable and transient topics, events of several topics,
 * private ones, stalls, cuts at any byte. The model is naive: of all that was published, what it got ascends, is its
 * own, and holds the newest event of each of its topics.
 *
 * <p>Each round is of one seed: some are fixed, others new each time, and a failure names its own. More rounds:
 * {@code mvn test -Dtest=ConflationModelTest -Dconflation.rounds=1000}.
 */
class ConflationModelTest {

    private static final List<String> TOPICS = List.of("a", "b", "c", "t/1", "t/2", "t/3");
    private static final int PUBLISHERS = 3;
    private static final int EVENTS_EACH = 2_000;
    private static final int CLIENTS = 24;
    private static final int ROUNDS = Integer.getInteger("conflation.rounds", 3);
    private static final List<Long> FIXED_SEEDS = List.of(42L, 1043L);

    @TempDir
    Path folder;
    private final Map<String, Event> published = new ConcurrentHashMap<>();
    private final List<Member> members = new ArrayList<>();

    /** A client, what it asked for, and what it may see. */
    private record Member(HubClient client, TopicSelection topics, Grant grant) {
    }

    static Stream<Long> seeds() {
        return Stream.concat(FIXED_SEEDS.stream(), new Random().longs().boxed()).limit(ROUNDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyClientGetsAnAscendingPartWithTheNewestOfEachOfItsTopics(long seed) throws Exception {
        try (HubScene scene = scene(GoLive.EXACT)) {
            run(scene, seed);
            verify(scene, seed);
            scene.publish("a", "live"); // all have caught up, and all asked for it
            quieten();
            for (Count path : List.of(Count.DELIVERED_LIVE, Count.DELIVERED_PASS, Count.CONFLATED)) {
                assertTrue(scene.metrics.get(path) > 0, path + " never was, seed " + seed);
            }
        }
    }

    @Test
    void aHandOverThatGoesLiveTooEarlyIsNoticed() throws Exception {
        try (HubScene scene = scene((seen, dispatched) -> true)) {
            run(scene, 42);
            assertThrows(AssertionError.class, () -> verify(scene, 42));
        }
    }

    @Test
    void aClientThatGetsAnOlderEventIsNoticed() throws Exception {
        try (HubScene scene = scene(GoLive.EXACT)) {
            run(scene, 42);
            HubClient client = members.get(0).client();
            client.cut();
            client.connectAfter(client.events().get(0).id());
            quieten();
            AssertionError noticed = assertThrows(AssertionError.class, () -> verify(scene, 42));
            assertTrue(noticed.getMessage().contains(" came after "), noticed.getMessage());
        }
    }

    private HubScene scene(GoLive goLive) throws Exception {
        return new HubScene(folder, goLive, "ring.bytes", "65536", "backlog.events", "8", "transient.topics", "t/*",
            "connections.subject.max", "0", "log.sync", "never");
    }

    private Member member(HubScene scene, Random random) {
        List<String> wanted = new ArrayList<>(List.of(random.nextInt(3) == 0 ? "*" : "a"));
        for (int n = random.nextInt(4); n > 0; n--) {
            wanted.add(TOPICS.get(random.nextInt(TOPICS.size())));
        }
        Grant grant = switch (random.nextInt(3)) {
            case 0 -> Grant.ANONYMOUS;
            case 1 -> HubScene.grant("some", HubScene.topics("b", "t/2"));
            default -> HubScene.grant("all", GrantedTopics.ALL);
        };
        HubClient client = new HubClient(scene.hub, 1 << 7 + random.nextInt(9), wanted.toArray(String[]::new))
            .as(grant);
        return new Member(random.nextInt(3) == 0 ? client.rate(200 + random.nextInt(2_000)) : client.conflating(),
            TopicSelection.ofTopics(wanted), grant);
    }

    private void run(HubScene scene, long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < CLIENTS; i++) {
            members.add(member(scene, random));
        }
        ExecutorService threads = Executors.newFixedThreadPool(PUBLISHERS);
        List<Callable<Void>> publishers = new ArrayList<>();
        for (int p = 0; p < PUBLISHERS; p++) {
            Random own = new Random(seed + p + 1);
            publishers.add(() -> publishAll(scene, own));
        }
        List<Future<Void>> publishing = new ArrayList<>();
        for (Callable<Void> publisher : publishers) {
            publishing.add(threads.submit(publisher));
        }
        members.forEach(m -> m.client().connect(Since.EARLIEST));
        while (publishing.stream().anyMatch(f -> !f.isDone())) {
            disturb(members.get(random.nextInt(CLIENTS)).client(), random);
        }
        for (Future<Void> f : publishing) {
            f.get();
        }
        threads.shutdown();
        members.forEach(m -> m.client().cut());
        for (String topic : TOPICS) { // while nobody is there
            Event event = Event.on(topic).data("last").build();
            published.put(scene.publish(event).get(0), event);
        }
        members.forEach(m -> awaitDispatched((Shard) m.client().subscriber().owner())); // else they might come live
        members.forEach(m -> m.client().connect(Since.EARLIEST));
        quieten();
    }

    private static void disturb(HubClient client, Random random) {
        int what = random.nextInt(100);
        if (what < 3) {
            client.cut(); // wherever in an event the bytes read so far end
            client.connect(Since.EARLIEST);
        } else if (what < 50) {
            client.read(random.nextInt(what < 20 ? 50 : 5_000));
        } // else it stalls
    }

    private Void publishAll(HubScene scene, Random random) throws Exception {
        for (int i = 0; i < EVENTS_EACH; ) {
            List<Event> batch = new ArrayList<>();
            List<String> from = random.nextBoolean() ? TOPICS : TOPICS.subList(3, 6); // in memory only
            for (int n = 1 + random.nextInt(20); n > 0; n--, i++) {
                Event.Builder event = Event.on(from.get(random.nextInt(from.size())))
                    .data("x".repeat(random.nextInt(200))).markPrivate(random.nextInt(3) == 0);
                for (int more = random.nextInt(8); more > 5; more--) {
                    event.topic(from.get(random.nextInt(from.size())));
                }
                batch.add(event.build());
            }
            List<String> ids = scene.hub.publish(new Publication(batch, Grant.INTERNAL, null))
                .get(20, TimeUnit.SECONDS);
            for (int n = 0; n < ids.size(); n++) {
                published.put(ids.get(n), batch.get(n));
            }
        }
        return null;
    }

    private static void awaitDispatched(Shard shard) {
        Await.until("its shard to have dispatched the last events", () -> {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            shard.post(() -> done.complete(!shard.hasWork()));
            return done.join();
        });
    }

    /**
     * Reads until nothing comes any more, nor will when the hub has done all it can. Where there is a rate, the clock
     * has a say, too: the hub is asked several times.
     */
    private void quieten() {
        for (int settled = 0; settled < 5; ) {
            int read = 0;
            for (int quiet = 0; quiet < 50; LockSupport.parkNanos(1_000_000)) {
                int now = members.stream().mapToInt(m -> m.client().read(Integer.MAX_VALUE)).sum();
                quiet = now > 0 ? 0 : quiet + 1;
                read += now;
            }
            read += members.stream().mapToInt(m -> m.client().settle().read(Integer.MAX_VALUE)).sum();
            settled = read > 0 ? 0 : settled + 1;
        }
    }

    private void verify(HubScene scene, long seed) {
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            String about = "client " + i + " of " + member.topics().exact() + " for " + member.grant().subject()
                + ", seed " + seed;
            Map<String, String> got = new HashMap<>();
            Position before = Position.START;
            for (Dispatched event : member.client().events()) {
                Position place = place(scene, event.id());
                assertTrue(place.isAfter(before), about + ": " + place + " came after " + before);
                before = place;
                assertTrue(asked(member, published.get(event.id()), event.id(), got), about + " got " + event);
            }
            assertEquals(newest(scene, member), got, about);
            assertEquals(List.of(), member.client().hubEvents("rivulet.gap"), about);
        }
    }

    /** Notes under each topic of the event that the member asked for, and may see it by, the event's id. */
    private static boolean asked(Member member, Event event, String id, Map<String, String> newest) {
        if (event.isPrivate() && !member.grant().maySeePrivate(event.topics())) {
            return false;
        }
        boolean some = false;
        for (String topic : event.topics()) {
            if (member.topics().matches(topic)) {
                newest.put(topic, id);
                some = true;
            }
        }
        return some;
    }

    private Map<String, String> newest(HubScene scene, Member member) {
        Map<String, String> newest = new HashMap<>();
        published.entrySet().stream()
            .sorted((a, b) -> place(scene, a.getKey()).compareTo(place(scene, b.getKey())))
            .forEach(e -> asked(member, e.getValue(), e.getKey(), newest));
        return newest;
    }

    private static Position place(HubScene scene, String id) {
        return scene.log.seal().open(id).position();
    }
}
