package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.Updates;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.metrics.Metrics.Count;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand topics publish fifty thousand events a second, and a client takes five hundred of them, because it reads
 * no more or because it asked for no more: ids ascend, no topic waits long, the last value of each arrives, wherever
 * the connection was cut.
 */
class ConflationTest {

    /** Two passes of a thousand events at five hundred a second, and what stands in the socket's buffer before them. */
    private static final int WAIT_MS_MAX = 5_000;
    private static final int STEPS = 800;
    private static final Updates.Reader SLOWLY = client -> client.readEvents(5);
    private static final Updates.Reader AT_ONCE = HubClient::readAll;

    @TempDir
    Path folder;
    private final SetClock clock = new SetClock();
    private final long seed = System.nanoTime();

    private HubScene scene(String... more) throws Exception {
        return HubScene.timed(folder, clock, GoLive.EXACT, settings(more));
    }

    private static String[] settings(String... more) {
        List<String> settings = new ArrayList<>(List.of("transient.topics", "t/*", "log.sync", "never",
            "heartbeat", "5m", "stall.timeout", "0s"));
        settings.addAll(List.of(more));
        return settings.toArray(String[]::new);
    }

    private static HubClient slow(HubScene scene, String... topics) {
        return new HubClient(scene.hub, 4_096, topics).conflating();
    }

    @Test
    void aSlowReaderHearsOfEveryTopicEveryFewSecondsAndGetsTheLastValues() throws Exception {
        try (HubScene scene = scene()) {
            Updates updates = new Updates(scene, clock, "t/");
            HubClient client = slow(scene, "*").connect().settle();
            int worst = updates.run(client, STEPS, SLOWLY);
            assertTrue(worst <= WAIT_MS_MAX, "a topic waited for " + worst + " ms");
            int events = client.events().size();
            assertTrue(events > STEPS * 5 - 50 && events <= STEPS * 5, events + " events");
            updates.readOn(client, SLOWLY);
            updates.verify(client, "");
            assertTrue(scene.metrics.get(Count.CONFLATED) > 350_000, "" + scene.metrics.all());
        }
    }

    @Test
    void itIsSoWhereTheRingForgetsAnEventBeforeItsTurnInThePass() throws Exception {
        try (HubScene scene = scene("ring.bytes", "1m")) { // a tenth of a second
            Updates updates = new Updates(scene, clock, "t/");
            HubClient client = slow(scene, "*").connect().settle();
            int worst = updates.run(client, STEPS, SLOWLY);
            assertTrue(worst <= WAIT_MS_MAX, "a topic waited for " + worst + " ms");
            updates.readOn(client, SLOWLY);
            updates.verify(client, "");
        }
    }

    @Test
    void aRateHoldsOverAnyTimeAndNoTopicWaitsForLong() throws Exception {
        try (HubScene scene = scene()) {
            Updates updates = new Updates(scene, clock, "t/");
            HubClient client = HubScene.awaitHello(scene.client("*").rate(500).connect(), 1);
            List<Integer> sums = new ArrayList<>(List.of(0));
            int worst = updates.run(client, STEPS, c -> {
                sums.add(sums.get(sums.size() - 1) + AT_ONCE.read(c));
                return 0;
            });
            assertTrue(worst <= WAIT_MS_MAX, "a topic waited for " + worst + " ms");
            for (int from = 0; from < sums.size(); from++) {
                for (int to = from + 1; to < sums.size(); to++) {
                    int events = sums.get(to) - sums.get(from);
                    assertTrue(events <= 5 * (to - from) + 50, events + " in steps " + from + " to " + to);
                }
            }
            int events = client.events().size();
            assertTrue(events >= STEPS * 5 - 100, events + " events: it gets what it asked for");
            updates.readOn(client, AT_ONCE);
            updates.verify(client, "");
        }
    }

    @Test
    void aSlowReaderThatIsCutAnywhereResumesRight() throws Exception {
        try (HubScene scene = scene("ring.bytes", "4m")) {
            Updates updates = new Updates(scene, clock, "t/");
            HubClient client = slow(scene, "*").connect().settle();
            updates.runWithCuts(client, STEPS, new Random(seed), SLOWLY);
            updates.readOn(client, SLOWLY);
            updates.verify(client, "seed " + seed);
        }
    }

    @Test
    void aStreamWithARateThatIsCutAnywhereResumesRight() throws Exception {
        try (HubScene scene = scene("ring.bytes", "4m")) {
            Updates updates = new Updates(scene, clock, "t/");
            HubClient client = scene.client("*").rate(500).connect().settle();
            updates.runWithCuts(client, STEPS, new Random(seed), AT_ONCE);
            updates.readOn(client, AT_ONCE);
            updates.verify(client, "seed " + seed);
        }
    }

    @Test
    void aWindowThatFollowsBeforeItHasExaminedAllIsNoticed() throws Exception {
        GoLive tooEarly = (seen, dispatched) -> dispatched.transients() - seen.transients() < 1_500;
        for (GoLive goLive : List.of(GoLive.EXACT, tooEarly)) {
            try (HubScene scene = HubScene.timed(folder.resolve(goLive.toString()), clock, goLive, settings())) {
                List<HubClient> onEachShard = new ArrayList<>();
                for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                    onEachShard.add(scene.client("none").connect());
                }
                Updates updates = new Updates(scene, clock, "t/");
                for (int i = 0; i < 11; i++) { // more events than a scan examines in one step
                    updates.step();
                }
                onEachShard.forEach(HubClient::settle); // whoever comes now is behind all of them
                HubClient client = scene.client("*").conflating().connect(Since.EARLIEST);
                updates.readOn(client, AT_ONCE);
                if (goLive == GoLive.EXACT) {
                    updates.verify(client, "");
                } else {
                    assertThrows(AssertionError.class, () -> updates.verify(client, ""));
                }
            }
        }
    }

    @Test
    void durableTopicsAreFedFromTheLogWhereTheRingIsTooSmall() throws Exception {
        try (HubScene scene = scene("ring.bytes", "65536")) {
            Updates updates = new Updates(scene, clock, "d/");
            HubClient client = slow(scene, "*").connect().settle();
            updates.runWithCuts(client, STEPS / 2, new Random(seed), SLOWLY);
            updates.readOn(client, SLOWLY);
            updates.verify(client, "seed " + seed);
            assertTrue(scene.metrics.get(Count.LOG_BYTES_READ) > 0, "the log was asked");
            HubClient late = scene.client("*").conflating().connect(Since.EARLIEST);
            updates.readOn(late, AT_ONCE);
            updates.verify(late, "who comes late");
            int events = late.events().size();
            assertTrue(events < 2 * Updates.TOPICS, events + " events for " + Updates.TOPICS + " topics");
        }
    }

    @Test
    void privateTopicsComeUnderTheirGrantAlone() throws Exception {
        GrantedTopics some = HubScene.topics("t/1", "t/2", "t/3");
        try (HubScene scene = scene("ring.bytes", "1m")) {
            Updates updates = new Updates(scene, clock, "t/").privately();
            HubClient all = slow(scene, "*").as(HubScene.grant("all", GrantedTopics.ALL)).connect().settle();
            HubClient three = slow(scene, "*").as(HubScene.grant("three", some)).connect().settle();
            HubClient nobody = slow(scene, "*").connect().settle();
            updates.runWithCuts(all, STEPS / 4, new Random(seed), client -> {
                three.settle().readEvents(1);
                nobody.settle().readEvents(1);
                return SLOWLY.read(client);
            });
            updates.readOn(all, SLOWLY);
            updates.verify(all, "seed " + seed);
            AT_ONCE.read(three.settle());
            AT_ONCE.read(nobody.settle());
            assertEquals(List.of(), nobody.events());
            assertEquals(List.of("t/1", "t/2", "t/3"), three.data().stream().map(d -> d.split(" ")[0]).distinct()
                .sorted().toList());
        }
    }
}
