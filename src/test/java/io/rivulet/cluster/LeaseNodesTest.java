package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    private static void awaitLeases(EventLog log, int count) {
        Await.until("it has " + count + " leases", () -> ((LeaseNotes) log.leases()).size() == count);
    }

    private static void close(HubScene scene, EventLog log) {
        scene.close();
        log.close();
    }

    @Test
    void whileItsNodeIsGoneAnotherOneEndsTheTopicAndItIsEndedOnce() throws Exception {
        HubClient there = HubScene.awaitHello(two.client("run", "told").connect(), 1);
        one.publish(Event.on("run").data("1").lease(Duration.ofMillis(LEASE_MS)).build());
        one.publish(Event.on("told").data("1").lease(Duration.ofMillis(LEASE_MS)).build());
        one.publish(Event.on("told").data("last").end(TopicEnd.FINISHED).build());
        close(one, logOfOne);
        awaitLeases(logOfTwo, 1);
        clock.advanceMs(LEASE_MS - 1);
        two.tick();
        two.publish("run", "2");
        clock.advanceMs(LEASE_MS - 1);
        two.tick();
        assertEquals(3, store.head() - 1, "its publisher was heard at this node meanwhile");
        clock.advanceMs(1);
        two.tick();
        HubScene.awaitEnd(there);
        assertEquals("{\"topics\":[\"run\",\"told\"],\"reason\":\"abandoned\"}",
            there.hubEvents("rivulet.end").get(0).data());
        logOfOne = log("one");
        one = HubScene.timed(folder.resolve("unused again"), clock, own -> logOfOne);
        long head = store.head();
        passAtBoth(LEASE_MS);
        one.publish("other", "x");
        assertEquals(head + 1, store.head(), "the node that is back has not ended it once more");
        awaitLeases(logOfOne, 0);
    }

    @Test
    void aLeaseIsToldToTheOtherNodesBeforeItsPublishIsAnswered() throws Exception {
        for (int i = 0; i < 30; i++) {
            one.publish(Event.on("run/" + i).data("1").lease(Duration.ofMillis(LEASE_MS)).build());
            assertTrue(store.told().contains("\"run/" + i + "\",30000"), i + ": the node may die now");
        }
    }

    @Test
    void theEndIsPrivateWhereTheNewestEventWasAlsoAtTheNodeThatTookItOver() throws Exception {
        one.publish(Event.on("run").data("public").lease(Duration.ofMillis(LEASE_MS)).build());
        two.publish(Event.on("run").data("private").markPrivate(true).build());
        close(one, logOfOne);
        awaitLeases(logOfTwo, 1);
        HubClient anybody = HubScene.awaitHello(two.client("run").connect(), 1);
        long head = store.head();
        clock.advanceMs(LEASE_MS);
        two.tick();
        Await.until("it is ended", () -> store.head() == head + 1);
        two.publish("other", "x");
        assertEquals(List.of(), anybody.drain().hubEvents("rivulet.end"));
    }

    @Test
    void theLowestOfTheNodesThatAreLeftTakesOverAndTheNextAfterIt() throws Exception {
        EventLog logOfThree = log("three");
        HubScene three = HubScene.timed(folder.resolve("unused three"), clock, own -> logOfThree);
        try {
            one.publish(Event.on("run").data("1").lease(Duration.ofMillis(LEASE_MS)).build());
            close(one, logOfOne);
            awaitLeases(logOfTwo, 1);
            assertEquals(0, ((LeaseNotes) logOfThree.leases()).size());
            close(two, logOfTwo);
            awaitLeases(logOfThree, 1);
            HubClient there = HubScene.awaitHello(three.client("run").connect(), 1);
            clock.advanceMs(LEASE_MS);
            three.tick();
            HubScene.awaitEnd(there);
        } finally {
            close(three, logOfThree);
        }
    }

    /** Else whichever node is left in the end would hold the leases of all. */
    @Test
    void ofWhatANodeThatIsGoneHadAsMuchIsTakenOverAsThisOneHasRoomFor() throws Exception {
        int each = 600; // of 4 KiB, and 4 MiB is what a node has room for
        String tail = "/" + "x".repeat(4_000);
        for (int i = 0; i < each; i++) {
            one.publish(Event.on("one/" + i + tail).data("1").lease(Duration.ofMillis(LEASE_MS)).build());
            two.publish(Event.on("two/" + i + tail).data("1").lease(Duration.ofMillis(LEASE_MS)).build());
        }
        close(one, logOfOne);
        LeaseNotes notes = (LeaseNotes) logOfTwo.leases();
        Await.until("it takes some of them over", () -> notes.size() > each);
        assertTrue(notes.size() < 1_100, () -> notes.size() + " leases");
    }
}
