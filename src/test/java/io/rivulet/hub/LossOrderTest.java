package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A stream is told that transient events are lost before it gets an event that came after them. Else a client that is
 * cut in between comes back with an id behind the loss, and never hears of it.
 */
class LossOrderTest {

    private static final String LONG = "x".repeat(500);
    private static final int EVENTS = 60;

    @TempDir
    Path folder;
    /** The ids of all durable events. */
    private final List<String> durable = new ArrayList<>();

    /** The ring of this hub holds about ten of the events. */
    private HubScene scene(String conflatedTopicsMax) throws Exception {
        return new HubScene(folder, "transient.topics", "mem/*", "ring.bytes", "8192", "backlog.events", "4",
            "log.sync", "never", "conflate.topics.max", conflatedTopicsMax);
    }

    private void publish(HubScene scene, String topics, int n) throws Exception {
        for (int i = 1; i <= n; i++) {
            durable.add(scene.publish(topics + i, LONG));
        }
    }

    /** A client that read once, and then reads no more while so much comes that it falls behind. */
    private HubClient stalled(HubScene scene, HubClient client) throws Exception {
        client.settle();
        client.drain();
        publish(scene, "before/", 10);
        return client;
    }

    /** The ring takes these and loses all of the transient ones, and most of the others. */
    private void loseTransients(HubScene scene) throws Exception {
        for (int i = 1; i <= EVENTS; i++) {
            scene.publish("mem/" + i, LONG);
        }
        publish(scene, "after/", EVENTS);
    }

    /** Reads until such an event came or the stream has ended, and no byte more than it must. */
    private static void readTo(HubClient client, Predicate<Dispatched> event) {
        Await.until("the event", () -> {
            if (client.readEvents(1) == 0 && !client.isEnded()) {
                client.settle();
            }
            return client.received.stream().anyMatch(event) || client.isEnded() && client.unread() == 0;
        });
    }

    private void assertToldFirst(HubScene scene, HubClient client) throws Exception {
        loseTransients(scene);
        List<String> after = durable.subList(durable.size() - EVENTS, durable.size());
        readTo(client, event -> after.contains(event.id()) && !event.type().startsWith("rivulet."));
        List<Dispatched> gaps = client.hubEvents("rivulet.gap");
        assertEquals(1, gaps.size(), "told of the loss when the first event after it came");
        assertTrue(gaps.get(0).data().contains("\"transient\":true"), gaps.get(0).data());
    }

    @Test
    void aStreamThatFellBehindIsToldBeforeItGetsWhatTheLogHasAfterThem() throws Exception {
        try (HubScene scene = scene("100")) {
            assertToldFirst(scene, stalled(scene, new HubClient(scene.hub, 500, "*").connect()));
        }
    }

    @Test
    void aStreamThatConflatesIsToldBeforeThePassThatComesAfterThem() throws Exception {
        try (HubScene scene = scene("4")) {
            assertToldFirst(scene, stalled(scene, new HubClient(scene.hub, 500, "*").conflating().connect()));
        }
    }

    /**
     * The hub cannot say it in a stream of Mercure's: it ends there, and the next response's header tells. More is lost
     * each time, and yet each connection brings the client further.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.rivulet.hub.HubScene#mercureDialects")
    void aMercureStreamEndsBeforeThemAndGetsOnThoughMoreIsLostEachTime(Dialect dialect) throws Exception {
        try (HubScene scene = scene("100")) {
            HubClient client = new HubClient(scene.hub, 500, "*").speaking(dialect);
            client.connectPlaced();
            stalled(scene, client);
            for (int connections = 1; connections <= 8; connections++) {
                int before = client.events().size();
                loseTransients(scene);
                readTo(client, event -> event.id().equals(durable.get(durable.size() - 1)));
                int got = client.events().size();
                assertTrue(got > before, "connection " + connections + " brought nothing");
                assertTrue(client.isEnded(), "connection " + connections + " was not told");
                String last = client.events().get(got - 1).id();
                client.cut();
                assertNotEquals(last, client.connectPlaced(), "the header says that something is lost");
            }
            readTo(client, event -> event.id().equals(durable.get(durable.size() - 1)));
            assertEquals(durable, client.events().stream().map(Dispatched::id).filter(durable::contains).toList());
        }
    }
}
