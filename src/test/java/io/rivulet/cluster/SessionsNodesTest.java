package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that were cut and come back to another node, with the session whose topics they have changed. */
class SessionsNodesTest {

    private static final String NAME = "abcdefghijklmnopqrstuvwx";
    private static final List<String> CHANGED = List.of("news", "sports");

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private HubNode one;
    private HubNode two;

    @BeforeEach
    void open() {
        one = node("one");
        two = node("two");
        Await.until("both know of each other", () -> one.cluster.others().size() + two.cluster.others().size() == 2);
    }

    private HubNode node(String name) {
        return new HubNode(folder.resolve(name), () -> new MemoryEngine(store), log -> log);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static HubClient client(HubNode at) {
        return at.client("news").session(NAME);
    }

    private HubClient changedAtOne() throws Exception {
        HubClient client = HubScene.awaitHello(client(one).connect(), 1);
        client.change(List.of("sports"), List.of());
        Await.until("it is told", () -> isKnown(two, client));
        return client;
    }

    private static boolean isKnown(HubNode at, HubClient of) {
        return at.hub.connections().sessions().isElsewhere(of.asked());
    }

    private static List<String> topics(HubNode at, HubClient of) {
        return at.hub.connections().find(of.connection()).orElseThrow().topics();
    }

    @Test
    void changedTopicsAreFoundAtWhicheverNodeTheClientComesBackTo() throws Exception {
        HubClient client = changedAtOne();
        HubScene.awaitHello(client.connectAt(two.hub), 2);
        assertEquals(CHANGED, topics(two, client), "also while the first does not know yet that it was cut");
        Await.until("the first knows where it is", () -> isKnown(one, client));
        client.change(List.of("more"), List.of("sports"));
        client.cut();
        client.connectAt(one.hub);
        assertEquals(List.of("news", "more"), topics(one, client));
        Await.until("the second knows where it is", () -> isKnown(two, client));
        client.cut();
        client.connectAt(one.hub);
        assertEquals(List.of("news", "more"), topics(one, client), "a node that has it asks nobody");
    }

    @Test
    void aSessionThatNobodyHasChangedIsAskedForNowhere() {
        HubClient client = HubScene.awaitHello(client(one).connect(), 1);
        client.cut();
        assertNull(two.hub.connections().sessions().fetched(client.asked()));
        assertFalse(store.told().contains("\"session\""), store.told());
    }

    @Test
    void anotherCallerAndOneWhoAsksForSomethingElseFindNothing() throws Exception {
        changedAtOne();
        assertFalse(isKnown(two, client(two).as(HubScene.grant("bob", GrantedTopics.NONE))));
        assertFalse(isKnown(two, two.client("other").session(NAME)));
        assertFalse(store.told().contains(NAME), "nobody learns it from the engine");
    }

    /** Which of the nodes hears of which first is another one each time. */
    @RepeatedTest(5)
    void whoComesBackTwiceAtOnceHasItAtBothAndLaterAtOne() throws Exception {
        HubClient client = changedAtOne();
        client.cut();
        try (HubNode three = node("three")) {
            Await.until("it knows", () -> isKnown(three, client));
            HubClient second = client(two);
            HubClient third = client(three);
            CompletableFuture<?> atTwo = two.hub.connections().sessions().fetched(second.asked());
            CompletableFuture<?> atThree = three.hub.connections().sessions().fetched(third.asked());
            atTwo.get(20, TimeUnit.SECONDS);
            atThree.get(20, TimeUnit.SECONDS);
            Await.until("one of them has it",
                () -> isKnown(one, client) && isKnown(two, second) != isKnown(three, third));
            client.connectAt(one.hub);
            assertEquals(CHANGED, topics(one, client));
        }
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamedAndOneThatIsGoneHasForgotten() throws Exception {
        HubClient client = changedAtOne();
        client.cut();
        store.away(true);
        CompletableFuture<?> asked = two.hub.connections().sessions().fetched(client.asked());
        two.timeUp.run();
        Refused silent = (Refused) assertThrows(ExecutionException.class, () -> asked.get(20, TimeUnit.SECONDS))
            .getCause();
        assertEquals(Refused.Reason.OVERLOADED, silent.reason());
        assertTrue(silent.getMessage().endsWith("[" + one.cluster.name() + "]"), silent.getMessage());
        store.away(false);
        one.close();
        Await.until("it is gone", () -> !isKnown(two, client));
        client.connectAt(two.hub);
        assertEquals(List.of("news"), topics(two, client));
    }

    @Test
    void aNodeThatComesLaterKnowsWhereSessionsAre() throws Exception {
        HubClient client = changedAtOne();
        try (HubNode three = node("three")) {
            Await.until("it knows", () -> isKnown(three, client));
            client.cut();
            client.connectAt(three.hub);
            assertEquals(CHANGED, topics(three, client));
        }
    }
}
