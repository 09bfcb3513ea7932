package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.log.EventLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease that began at one node, while its publisher goes on at another one. The test owns the time. */
class LeaseNodesTest {

    private static final int LEASE_MS = 30_000;

    @TempDir
    private Path folder;
    private final SetClock clock = new SetClock();
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private EventLog logOfOne;
    private EventLog logOfTwo;
    private HubScene one;
    private HubScene two;

    @BeforeEach
    void open() throws Exception {
        logOfOne = log("one");
        logOfTwo = log("two");
        one = HubScene.timed(folder.resolve("unused one"), clock, own -> logOfOne);
        two = HubScene.timed(folder.resolve("unused two"), clock, own -> logOfTwo);
    }

    private EventLog log(String name) {
        try {
            return Cluster.open(folder.resolve(name), new MemoryEngine(store), Settings.with(), clock,
                System::nanoTime);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        logOfOne.close();
        logOfTwo.close();
    }

    private void passAtBoth(long ms) throws Exception {
        clock.advanceMs(ms);
        one.tick();
        two.tick();
    }

    @Test
    void whatIsPublishedAtAnotherNodeRenewsItAndSilenceEndsTheTopicAtBoth() throws Exception {
        HubClient here = HubScene.awaitHello(one.client("run").connect(), 1);
        HubClient there = HubScene.awaitHello(two.client("run").connect(), 1);
        one.publish(Event.on("run").data("1").lease(Duration.ofMillis(LEASE_MS)).build());
        for (int i = 2; i < 5; i++) {
            passAtBoth(LEASE_MS - 1);
            two.publish("run", "" + i);
            HubScene.awaitEvents(here, i);
        }
        passAtBoth(LEASE_MS - 1);
        two.publish("run", "5");
        HubScene.awaitEvents(here, 5);
        passAtBoth(LEASE_MS);
        HubScene.awaitEnd(here);
        HubScene.awaitEnd(there);
        assertEquals("{\"topics\":[\"run\"],\"reason\":\"abandoned\"}", there.hubEvents("rivulet.end").get(0).data());
        assertEquals(List.of("1", "2", "3", "4", "5"), there.events().stream().map(event -> event.data()).toList());
    }

    @Test
    void anEndAtAnotherNodeIsTheEndOfTheLease() throws Exception {
        HubClient here = HubScene.awaitHello(one.client("run").connect(), 1);
        one.publish(Event.on("run").data("1").lease(Duration.ofMillis(LEASE_MS)).build());
        two.publish(Event.on("run").data("last").end(TopicEnd.FINISHED).build());
        HubScene.awaitEnd(here);
        long head = store.head();
        Await.until("no lease is noted any more", () -> logOfOne.leases().kept().isEmpty());
        passAtBoth(LEASE_MS);
        one.publish("other", "x");
        assertEquals(head + 1, store.head(), "nobody has ended it once more");
    }
}
