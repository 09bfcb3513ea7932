package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.OwnersElsewhere;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Owners of streams whom a balancer leads to another node than the one that has their stream. */
class OwnersNodesTest {

    private static final Grant ANN = HubScene.grant("ann", GrantedTopics.NONE);

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

    private OwnersElsewhere atOne() {
        return one.hub.connections().owners();
    }

    private HubClient streamAtTwo(String... topics) {
        HubClient client = HubScene.awaitHello(two.client(topics).as(ANN).connect(), 1);
        assertTrue(atOne().mayHave(client.connection()));
        assertFalse(two.hub.connections().owners().mayHave(client.connection()));
        return client;
    }

    private List<String> change(HubClient of, List<String> add, List<String> remove) throws Exception {
        return atOne().change(of.connection(), of.told("secret"), ANN, add, remove, "192.0.2.1")
            .get(20, TimeUnit.SECONDS);
    }

    private static Refused refusal(CompletableFuture<?> answer) {
        return (Refused) assertThrows(ExecutionException.class, () -> answer.get(20, TimeUnit.SECONDS)).getCause();
    }

    @Test
    void topicsAreAddedAndRemovedAtAnotherNodeExactly() throws Exception {
        HubClient client = streamAtTwo("news");
        assertEquals(List.of("news", "sports", "jobs/{id}"), change(client, List.of("sports", "jobs/{id}"),
            List.of("nothing")));
        assertEquals(List.of("sports", "jobs/{id}"), change(client, List.of(), List.of("news")));
        one.publish("news", "no more");
        one.publish("jobs/7", "x");
        two.publish("sports", "y");
        assertEquals(List.of("x", "y"), HubNode.data(HubScene.awaitEvents(client, 2)));
        List<Dispatched> told = client.hubEvents("rivulet.topics");
        assertEquals("{\"topics\":[\"sports\",\"jobs/{id}\"]}", told.get(told.size() - 1).data());
    }

    @Test
    void aFreshTokenCountsAtAnotherNodeWithAllThatItGrants() throws Exception {
        HubClient client = streamAtTwo("news");
        Grant fresh = new Grant(ANN.issuer(), "ann", "fresh", GrantedTopics.NONE,
            GrantedTopics.of(List.of(one.hub.topics().selector("new{rest}"))), List.of(), false,
            one.nowMs() + NodesShareTest.HOUR_MS, false);
        two.answer(Publication.of(Event.on("news").data("hidden").markPrivate(true).build()));
        client.settle(); // else its shard may look at that after it has the fresh token
        atOne().renew(client.connection(), client.told("secret"), fresh).get(20, TimeUnit.SECONDS);
        two.answer(Publication.of(Event.on("news").data("seen").markPrivate(true).build()));
        assertEquals(List.of("seen"), HubNode.data(HubScene.awaitEvents(client, 1)));
        assertEquals("fresh", two.hub.connections().find(client.connection()).orElseThrow().tokenId());
    }

    @Test
    void anOwnerEndsTheStreamAtAnotherNode() throws Exception {
        HubClient client = streamAtTwo("news");
        atOne().close(client.connection(), client.told("secret"), ANN).get(20, TimeUnit.SECONDS);
        HubScene.awaitEnd(client);
    }

    @Test
    void aRefusalIsTheOneOfTheNodeThatHasTheStreamAndTheStreamStays() throws Exception {
        HubClient client = streamAtTwo("news");
        String name = client.connection();
        String secret = client.told("secret");
        Grant bob = HubScene.grant("bob", GrantedTopics.NONE);
        for (String wrong : new String[] {HubScene.awaitHello(two.client("news").connect(), 1).told("secret"), name, "",
            null}) {
            assertEquals(Reason.NOT_FOUND, refusal(atOne().renew(name, wrong, ANN)).reason());
            assertEquals(Reason.NOT_FOUND, refusal(atOne().close(name, wrong, ANN)).reason());
        }
        Refused foreign = refusal(atOne().renew(name, secret, bob));
        assertEquals(Reason.FORBIDDEN, foreign.reason());
        assertEquals(refusal(two.hub.connections().renew(name, secret, bob)).getMessage(), foreign.getMessage());
        assertEquals(Reason.NOT_FOUND, refusal(atOne().close(name, secret, bob)).reason());
        Refused empty = refusal(atOne().change(name, secret, ANN, List.of(), List.of("news"), "192.0.2.1"));
        assertEquals(Reason.MALFORMED, empty.reason());
        assertTrue(empty.getMessage().contains("DELETE ends it"), empty.getMessage());
        assertEquals(List.of("news", "x"), change(client, List.of("x"), List.of()));
        assertFalse(store.told().contains(secret), "the engine has no secret");
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamedAndOneThatIsGoneHasNoStreams() {
        HubClient client = streamAtTwo("news");
        String secret = client.told("secret");
        store.away(true);
        CompletableFuture<Void> answer = atOne().close(client.connection(), secret, ANN);
        one.timeUp.run();
        Refused silent = refusal(answer);
        assertEquals(Reason.OVERLOADED, silent.reason());
        assertTrue(silent.getMessage().endsWith("[" + two.cluster.name() + "]"), silent.getMessage());
        store.away(false);
        Await.until("it can tell that it goes", () -> two.hub.publishTrouble() == null);
        two.close();
        Await.until("it is gone", () -> one.cluster.others().isEmpty());
        assertEquals(Reason.NOT_FOUND, refusal(atOne().close(client.connection(), secret, ANN)).reason());
    }

    @Test
    void aStreamHasEightChangesOnTheirWayAtMost() {
        HubClient client = streamAtTwo("news");
        store.away(true);
        for (int i = 0; i < 8; i++) {
            atOne().renew(client.connection(), "guess " + i, ANN);
        }
        assertEquals(Reason.OVERLOADED, assertThrows(Refused.class,
            () -> atOne().renew(client.connection(), "guess", ANN)).reason());
        store.away(false);
        Await.until("they are answered", () -> {
            try {
                return refusal(atOne().renew(client.connection(), "guess", ANN)).reason() == Reason.NOT_FOUND;
            } catch (Refused e) {
                return false;
            }
        });
    }
}
