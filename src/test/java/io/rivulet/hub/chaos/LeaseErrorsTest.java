package io.rivulet.hub.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.FailingLog;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import io.rivulet.log.Lease;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.View;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An Error at any point at which a lease begins, is renewed or is over: one that was acknowledged outlives a restart,
 * one that was refused does not begin, and a topic ends once, in its time.
 */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class LeaseErrorsTest {

    private static final int LEASE_MS = 30_000;
    private static final String COMMITTER = "rivulet-commit";
    private static final String TICKER = "test-tick";
    private static final View ALL = View.unlimited(TopicSelection.ofTopics(List.of("*")));

    /** A hub in a time of the test's own, and what its log says of the ends of topics. */
    private static final class Scene implements AutoCloseable {
        private final SetClock clock = new SetClock();
        private final HubScene hub;
        private FailingLog log;
        private final Map<String, Integer> ends = new HashMap<>();
        private long readTo;

        Scene(Path folder) throws Exception {
            hub = HubScene.timed(folder, clock, around -> {
                log = new FailingLog(around);
                return log;
            }, "log.sync", "never");
        }

        /** Its publisher tries again, as the answer says. */
        void surely(Event event) throws Exception {
            String why = null;
            for (int tries = 0; tries < 50; tries++) {
                try {
                    hub.hub.publish(event).get(20, TimeUnit.SECONDS);
                    return;
                } catch (TimeoutException e) {
                    throw new AssertionError("nobody is told of " + event.topics() + ": " + threads(), e);
                } catch (ExecutionException e) {
                    assertTrue(e.getCause() instanceof Refused, "an answer is a refusal: " + e.getCause());
                    why = e.getCause().getMessage();
                }
            }
            throw new AssertionError(why);
        }

        private static String threads() {
            return Thread.getAllStackTraces().entrySet().stream()
                .filter(one -> one.getKey().getName().startsWith("rivulet-"))
                .map(one -> one.getKey() + " " + List.of(one.getValue())).collect(Collectors.joining("\n"));
        }

        /** On a thread of its own, as in a hub; one that fails comes again. */
        void tick() throws InterruptedException {
            AtomicBoolean done = new AtomicBoolean();
            while (!done.get()) {
                Thread thread = new Thread(() -> {
                    try {
                        hub.tick();
                        done.set(true);
                    } catch (OutOfMemoryError e) {
                        // the next one
                    } catch (Exception e) {
                        done.set(true);
                        throw new AssertionError("a shard does not answer", e);
                    }
                }, TICKER);
                thread.start();
                thread.join();
            }
        }

        void pass(long ms) throws InterruptedException {
            clock.advanceMs(ms);
            tick();
        }

        /** How often it has ended as abandoned. */
        int ends(String topic) {
            try {
                while (readTo < hub.log.range().head()) {
                    LogChunk chunk = hub.log.read(readTo, hub.log.range().head(), ALL, 1 << 20);
                    for (LogEntry entry : chunk.entries()) {
                        if (entry.event().end() == TopicEnd.ABANDONED) {
                            ends.merge(entry.event().topics().get(0), 1, Integer::sum);
                        }
                    }
                    readTo = chunk.examinedTo();
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return ends.getOrDefault(topic, 0);
        }

        Set<String> kept() {
            return hub.log.leases().kept().stream().map(Lease::topic).collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        public void close() {
            hub.close();
        }
    }

    private static Event leased(String topic) {
        return Event.on(topic).data("piece").lease(Duration.ofMillis(LEASE_MS)).build();
    }

    private static String where(FaultSwitch faults) {
        return faults.hasThrown() ? List.of(faults.thrown().getStackTrace()).toString() : "";
    }

    private static FaultSwitch at(int n, int burst, String thread) {
        return FaultSwitch.at(n, burst, FaultSwitch.named(thread), () -> new OutOfMemoryError("made by the test"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatWasAcknowledgedIsKeptAndWhatWasRefusedIsNot(int burst, @TempDir Path folder) throws Exception {
        List<String> leased = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        try (Quiet quiet = new Quiet(); Scene scene = new Scene(folder)) {
            // before its first round nobody catches what the committer throws
            scene.surely(Event.on("other").data("the committer has begun").build());
            boolean thrown = true;
            for (int n = 1; thrown; n += 2 * burst - 1) {
                String topic = String.format("run/%05d", n);
                try (FaultSwitch faults = at(n, burst, COMMITTER)) {
                    scene.surely(leased(topic));
                    scene.log.full = true;
                    Event full = leased("full/" + n);
                    String why = assertThrows(ExecutionException.class, () -> scene.hub.publish(full)).getMessage();
                    if (!why.contains("unknown")) { // nobody knows of one that met the error itself
                        refused.add("full/" + n);
                    }
                    scene.log.full = false;
                    thrown = faults.hasThrown();
                }
                leased.add(topic);
                assertTrue(n < 5_000, "it ends");
            }
        }
        try (Scene again = new Scene(folder)) {
            Set<String> kept = again.kept();
            assertEquals(leased, kept.stream().filter(topic -> topic.startsWith("run")).toList());
            assertEquals(List.of(), refused.stream().filter(kept::contains).toList());
            assertTrue(refused.size() > leased.size() / 2, refused.size() + " were refused for the full disk");
        }
    }

    @ParameterizedTest
    @CsvSource({COMMITTER + ",1", COMMITTER + ",3", TICKER + ",1", TICKER + ",3"})
    void aTopicEndsOnceAndNeitherBeforeItsTimeNorLater(String name, int burst, @TempDir Path folder) throws Exception {
        try (Quiet quiet = new Quiet(); Scene scene = new Scene(folder)) {
            boolean thrown = true;
            for (int n = 1; thrown; n += 2 * burst - 1) {
                String when = name + ", n = " + n;
                String topic = "run/" + n;
                scene.surely(leased(topic));
                try (FaultSwitch faults = at(n, burst, name)) {
                    scene.pass(LEASE_MS - 1);
                    scene.surely(Event.on(topic).data("renews").build());
                    scene.pass(LEASE_MS - 1);
                    scene.surely(Event.on("other").data("behind whatever the tick has published").build());
                    assertEquals(0, scene.ends(topic), when);
                    scene.pass(1);
                    for (int ticks = 0; scene.ends(topic) == 0; ticks++) { // no time passes
                        assertTrue(ticks < 50, "the topic does not end, " + when + where(faults));
                        boolean storeRefused = where(faults).contains("SegmentLog.append");
                        scene.pass(ticks == 20 && storeRefused ? LEASE_MS : 0); // then the lease has begun anew
                        scene.surely(Event.on("other").data("behind it").build());
                    }
                    thrown = faults.hasThrown();
                }
                scene.surely(Event.on("other").data("behind the round that met the error").build());
                scene.tick();
                scene.surely(Event.on("other").data("behind all ends").build());
                assertEquals(1, scene.ends(topic), when);
                assertTrue(n < 5_000, "it ends");
            }
        }
        try (Scene again = new Scene(folder)) {
            assertEquals(Set.of(), again.kept());
        }
    }
}
