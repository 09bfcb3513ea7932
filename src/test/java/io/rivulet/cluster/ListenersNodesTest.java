package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.TopicWatches;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.ListenersElsewhere;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who listens at another node is counted, and nobody says of such a topic that nobody hears it. */
class ListenersNodesTest {

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private HubNode one;
    private HubNode two;

    @BeforeEach
    void open() {
        one = new HubNode(folder.resolve("one"), () -> new MemoryEngine(store), log -> log);
        two = new HubNode(folder.resolve("two"), () -> new MemoryEngine(store), log -> log);
        Await.until("both know of each other", () -> one.cluster.others().size() + two.cluster.others().size() == 2);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private ListenersElsewhere atOne() {
        return one.hub.connections().listeners();
    }

    @Test
    void theStreamsOfTheOtherNodesAreCountedByTopic() throws Exception {
        HubScene.awaitHello(two.client("news").connect(), 1);
        HubScene.awaitHello(two.client("news", "sports").connect(), 1);
        HubScene.awaitHello(one.client("news").connect(), 1);
        assertEquals(new ListenersElsewhere.Counted(Map.of("news", 2, "sports", 1, "none", 0), List.of()),
            atOne().count(List.of("news", "sports", "none")).get(20, TimeUnit.SECONDS));
    }

    @Test
    void manyWhoAskAtOnceAreAnsweredByFewQuestionsAndEachAsAsked() throws Exception {
        HubScene.awaitHello(two.client("t7").connect(), 1);
        store.away(true); // so nothing is answered meanwhile
        List<CompletableFuture<ListenersElsewhere.Counted>> answers = IntStream.range(0, 500)
            .mapToObj(i -> atOne().count(List.of("t" + i))).toList();
        List<String> large = IntStream.range(0, 1_000).mapToObj(i -> "x".repeat(500) + i).toList();
        CompletableFuture<ListenersElsewhere.Counted> all = atOne().count(large);
        store.away(false);
        for (int i = 0; i < answers.size(); i++) {
            assertEquals(i == 7 ? 1 : 0, answers.get(i).get(20, TimeUnit.SECONDS).of("t" + i));
        }
        assertTrue(all.get(20, TimeUnit.SECONDS).byTopic().keySet().containsAll(large));
        assertTrue(store.told().split("\"topics\":").length < 30, "few questions");
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamedAndMayHaveListeners() throws Exception {
        store.away(true);
        CompletableFuture<ListenersElsewhere.Counted> counted = atOne().count(List.of("news"));
        one.timeUp.run();
        assertEquals(List.of(two.cluster.name()), counted.get(20, TimeUnit.SECONDS).silent());
        CompletableFuture<Boolean> heard = atOne().isHeard("news");
        one.timeUp.run();
        assertTrue(heard.get(20, TimeUnit.SECONDS));
        store.away(false);
        assertFalse(atOne().isHeard("news").get(20, TimeUnit.SECONDS));
    }

    @Test
    void aTopicThatIsHeardAtAnotherNodeIsNotUnheard() {
        HubClient there = HubScene.awaitHello(two.client("run").connect(), 1);
        AtomicInteger unheard = new AtomicInteger();
        AtomicInteger other = new AtomicInteger();
        TopicWatches.Closing watch = one.hub.watches().onUnheard("run", TopicWatches.UNHEARD_MIN,
            unheard::incrementAndGet);
        TopicWatches.Closing beside = one.hub.watches().onUnheard("nobody", TopicWatches.UNHEARD_MIN,
            other::incrementAndGet);
        try (watch; beside) {
            Await.until("the other one is told", () -> other.get() == 1);
            assertEquals(0, unheard.get());
            there.cut();
            Await.until("nobody is left", () -> unheard.get() == 1);
            int before = foundHeard();
            HubClient again = HubScene.awaitHello(two.client("run").connect(), 1);
            Await.until("it has been asked for", () -> foundHeard() > before);
            again.cut();
            Await.until("it is told of the second silence, too", () -> unheard.get() == 2);
            assertEquals(1, other.get());
        }
    }

    /** How often a node has said that it has one stream for a topic. */
    private int foundHeard() {
        return store.told().split("(\\[|,)1(,|])", -1).length;
    }
}
