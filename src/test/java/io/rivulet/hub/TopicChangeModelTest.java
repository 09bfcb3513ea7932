package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.event.Position;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients change the topics of their streams while they stall, are cut at any byte, resume and conflate. The model is
 * naive: the log has all that was published. Between one {@code rivulet.topics} (or hello) and the next, a client has
 * every durable event that lies between the two places and is of the topics that the first of them names, and nothing
 * else; one that conflates has a part of them, with the newest of each topic.
 *
 * <p>More rounds: {@code mvn test -Dtest=TopicChangeModelTest -Dchange.rounds=1000}.
 */
class TopicChangeModelTest {

    private static final List<String> TOPICS = List.of("a", "b", "c", "t/1", "t/2");
    private static final int PUBLISHERS = 3;
    private static final int EVENTS_EACH = 800;
    private static final int CLIENTS = 16;
    private static final int ROUNDS = Integer.getInteger("change.rounds", 3);
    private static final List<Long> FIXED_SEEDS = List.of(42L, 1043L);

    @TempDir
    Path folder;
    private final List<Member> members = new ArrayList<>();

    /** A client, and the topics that its stream has by the answer to its last wish. */
    private static final class Member {
        private final HubClient client;
        private final boolean conflates;
        private Set<String> topics;
        private int changes;

        Member(HubClient client, boolean conflates, List<String> topics) {
            this.client = client;
            this.conflates = conflates;
            this.topics = new HashSet<>(topics);
        }
    }

    static Stream<Long> seeds() {
        return Stream.concat(FIXED_SEEDS.stream(), new Random().longs().boxed()).limit(ROUNDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void fromEachChangeOnAClientHasAllOfItsTopicsAndNothingOfOthers(long seed) throws Exception {
        try (HubScene scene = scene(GoLive.EXACT)) {
            run(scene, seed);
            verify(scene, seed);
            for (Count path : List.of(Count.DELIVERED_LIVE, Count.DELIVERED_RING, Count.DELIVERED_LOG,
                Count.DELIVERED_PASS)) {
                assertTrue(scene.metrics.get(path) > 0, path + " was never taken, seed " + seed);
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

    private HubScene scene(GoLive goLive) throws Exception {
        return new HubScene(folder, goLive, "ring.bytes", "65536", "backlog.events", "8", "transient.topics", "t/*",
            "log.sync", "never");
    }

    private void run(HubScene scene, long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < CLIENTS; i++) {
            List<String> wanted = List.of("a", TOPICS.get(1 + random.nextInt(TOPICS.size() - 1)));
            HubClient client = new HubClient(scene.hub, 1 << 8 + random.nextInt(8), wanted.toArray(String[]::new))
                .session("session-of-client-number-" + i);
            boolean conflates = i % 4 == 3;
            members.add(new Member(conflates ? client.conflating() : client, conflates, wanted));
        }
        members.forEach(member -> member.client.connect(Since.EARLIEST));
        ExecutorService threads = Executors.newFixedThreadPool(PUBLISHERS);
        List<Future<?>> publishing = new ArrayList<>();
        for (int p = 0; p < PUBLISHERS; p++) {
            int publisher = p;
            publishing.add(threads.submit(() -> publishAll(scene, publisher, new Random(seed + publisher + 1))));
        }
        while (publishing.stream().anyMatch(f -> !f.isDone())) {
            disturb(members.get(random.nextInt(members.size())), random);
        }
        for (Future<?> f : publishing) {
            f.get();
        }
        threads.shutdown();
        for (Member member : members) { // at least one each, with all that was published ahead of it or behind it
            change(member, random);
        }
        quieten();
        for (String topic : TOPICS) { // now that all have caught up, these go out live
            scene.publish(topic, topic + " last");
        }
        quieten();
    }

    /** Reads until nothing comes any more. */
    private void quieten() {
        int read = 1;
        while (read > 0) {
            read = 0;
            for (Member member : members) {
                read += member.client.settle().read(Integer.MAX_VALUE);
            }
        }
    }

    private static void disturb(Member member, Random random) throws Exception {
        int what = random.nextInt(100);
        if (what < 3) {
            member.client.cut(); // wherever in an event the bytes read so far end
            member.client.connect(Since.EARLIEST);
        } else if (what < 10) {
            change(member, random);
        } else if (what < 70) {
            member.client.read(random.nextInt(what < 20 ? 50 : 20_000));
        } // else it stalls
    }

    private static void change(Member member, Random random) throws Exception {
        int hellos = member.client.hubEvents("rivulet.hello").size();
        if (hellos == 0 || !member.client.told("connection").equals(member.client.connection())) {
            HubScene.awaitHello(member.client, hellos + 1); // who has not heard its secret changes nothing
        }
        List<String> add = new ArrayList<>();
        List<String> remove = new ArrayList<>();
        for (String topic : TOPICS) {
            int what = random.nextInt(4);
            (what == 0 ? add : what == 1 && !topic.equals("a") ? remove : new ArrayList<String>()).add(topic);
        }
        TopicSelection now = member.client.change(add, remove);
        member.topics.removeAll(remove);
        member.topics.addAll(add);
        member.changes++;
        assertEquals(member.topics, now.exact());
    }

    private static Void publishAll(HubScene scene, int publisher, Random random) throws Exception {
        List<CompletableFuture<List<String>>> window = new ArrayList<>();
        for (int i = 0; i < EVENTS_EACH; i++) {
            String topic = TOPICS.get(random.nextInt(TOPICS.size()));
            boolean both = random.nextInt(10) == 0;
            Event.Builder event = Event.on(topic).data((both ? topic + ",b " : topic + " ") + publisher + ":" + i + " "
                + "x".repeat(random.nextInt(200)));
            window.add(scene.hub.publish(new Publication(List.of((both ? event.topic("b") : event).build()),
                Grant.INTERNAL, null)));
            if (window.size() == 1 + random.nextInt(20)) {
                for (CompletableFuture<List<String>> answer : window) {
                    answer.get(20, TimeUnit.SECONDS);
                }
                window.clear();
            }
        }
        for (CompletableFuture<List<String>> answer : window) {
            answer.get(20, TimeUnit.SECONDS);
        }
        return null;
    }

    // ---- the model

    private static List<String> topicsOf(String data) {
        return List.of(data.substring(0, data.indexOf(' ')).split(","));
    }

    /** The log keeps it: one with a durable topic. */
    private static boolean isDurable(String data) {
        return !topicsOf(data).stream().allMatch(topic -> topic.startsWith("t/"));
    }

    private static boolean isOf(String data, Set<String> topics) {
        return topicsOf(data).stream().anyMatch(topics::contains);
    }

    private void verify(HubScene scene, long seed) throws Exception {
        List<Published> all = new ArrayList<>();
        TopicSelection any = TopicSelection.ofTopics(List.of("*"));
        String next = null;
        do {
            History page = scene.hub.history(any, Grant.ANONYMOUS, Since.EARLIEST, next, 10_000).get();
            page.events().forEach(e -> all.add(new Published(place(scene, e.id()),
                new String(e.event().data(), StandardCharsets.UTF_8))));
            next = page.next();
        } while (next != null);
        assertTrue(all.size() > EVENTS_EACH, all.size() + " events are in the log");
        for (int i = 0; i < members.size(); i++) {
            new Check(scene, all, members.get(i), "client " + i + ", seed " + seed).all();
        }
    }

    private static Position place(HubScene scene, String id) {
        return scene.log.seal().open(id).position();
    }

    /** A durable event of the log. */
    private record Published(Position place, String data) {
    }

    /** The check of one client. */
    private static final class Check {
        private final HubScene scene;
        private final List<Published> all;
        private final Member member;
        private final String who;
        private Set<String> topics = Set.of();
        /** Those of them that were added at a place that nobody told: what comes of them begins somewhere behind it. */
        private Set<String> addedSomewhere = Set.of();
        private Position from = Position.START;
        private Position last = Position.START;
        private final Map<String, Position> since = new HashMap<>();
        private final List<String> got = new ArrayList<>();
        private final Set<String> gotInAll = new HashSet<>();

        Check(HubScene scene, List<Published> all, Member member, String who) {
            this.scene = scene;
            this.all = all;
            this.member = member;
            this.who = who;
        }

        void all() {
            int told = 0;
            String idBefore = null;
            for (Dispatched event : member.client.received) {
                boolean isTold = event.type().equals("rivulet.topics");
                if (isTold || event.type().equals("rivulet.hello")) {
                    told += isTold ? 1 : 0;
                    // without an id of its own it has the one before it, as EventSource has it
                    changed(topicsIn(event), place(scene, event.id()), isTold && event.id().equals(idBefore));
                } else if (!event.type().startsWith("rivulet.")) {
                    Position place = place(scene, event.id());
                    assertTrue(place.isAfter(last), who + ": " + event.data() + " came after " + last);
                    assertTrue(isOf(event.data(), topics), who + ": " + event.data() + " came for " + topics);
                    last = place;
                    if (isDurable(event.data())) {
                        got.add(event.data());
                        gotInAll.add(event.data());
                    }
                }
                idBefore = event.id();
            }
            assertTrue(told > 0 && told <= member.changes, who + " was told " + told + " times");
            changed(Set.of(), new Position(Long.MAX_VALUE, 0), false);
        }

        private static Set<String> topicsIn(Dispatched event) {
            Set<String> topics = new HashSet<>();
            JsonParser.parseString(event.data()).getAsJsonObject().getAsJsonArray("topics")
                .forEach(topic -> topics.add(topic.getAsString()));
            return topics;
        }

        private void changed(Set<String> now, Position place, boolean isSomewhere) {
            boolean isEnd = now.isEmpty();
            if (isEnd) {
                assertEquals(member.topics, topics, who + " was told of other topics than its wishes made");
            }
            if (!member.conflates) {
                verifyBetween(place);
            } else if (isEnd) {
                verifyNewest();
            }
            Set<String> added = now.stream().filter(topic -> !topics.contains(topic)).collect(Collectors.toSet());
            added.forEach(topic -> since.put(topic, place));
            if (isSomewhere && place.equals(from)) { // nothing came in between
                added.addAll(addedSomewhere);
            }
            addedSomewhere = isSomewhere ? added : Set.of();
            topics = now;
            from = place;
            got.clear();
        }

        private void verifyBetween(Position to) {
            List<String> expected = new ArrayList<>();
            List<String> perhaps = new ArrayList<>();
            Set<String> certainly = new HashSet<>(topics);
            certainly.removeAll(addedSomewhere);
            for (Published event : all) {
                if (event.place.isAfter(from) && !event.place.isAfter(to) && isOf(event.data, topics)) {
                    (isOf(event.data, certainly) ? expected : perhaps).add(event.data);
                }
            }
            List<String> certain = got.stream().filter(data -> isOf(data, certainly)).toList();
            assertEquals(expected, certain, who + " between " + from + " and " + to + " of " + topics);
            List<String> others = got.stream().filter(data -> !isOf(data, certainly)).toList();
            assertEquals(perhaps.subList(Math.max(0, perhaps.size() - others.size()), perhaps.size()), others,
                who + " behind " + from + ", added " + addedSomewhere);
        }

        private void verifyNewest() {
            for (String topic : topics.stream().filter(topic -> !topic.startsWith("t/")).toList()) {
                Published newest = null; // of the others a transient one may be newer
                for (Published event : all) {
                    newest = isOf(event.data, Set.of(topic)) && event.place.isAfter(since.get(topic)) ? event : newest;
                }
                assertTrue(newest == null || gotInAll.contains(newest.data), who + " lacks the newest of " + topic);
            }
        }
    }
}
