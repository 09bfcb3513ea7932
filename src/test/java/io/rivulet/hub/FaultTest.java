package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.Unloggable;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fault costs at most the stream it happens in: no thread of the hub's ends by it, and nothing is left behind. */
class FaultTest {

    @TempDir
    Path folder;

    @Test
    void anErrorInOneStreamEndsNoThread() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) { // one on each shard
                subscribe(scene, new Faulty(() -> {
                    throw new OutOfMemoryError("made by the test");
                }, () -> { }));
            }
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            scene.publish("news", "1");
            scene.publish("news", "2");
            assertEquals(List.of("1", "2"), awaitEvents(client, 2).data());
        }
    }

    @Test
    void whatIsOnTheDiskReachesLiveStreamsThoughTheCommitterFailedBehindIt() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        })) {
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            scene.publish("news", "1");
            disk.get().answerFails = true;
            assertThrows(ExecutionException.class, () -> scene.publish("news", "2, answer unknown"));
            scene.publish("news", "3");
            assertEquals(List.of("1", "2, answer unknown", "3"), awaitEvents(client, 3).data());
        }
    }

    /** Each fault of the committer is answered, told by health, and survived, also when it cannot be logged. */
    @Test
    void anErrorInTheCommitterIsAnsweredAndTheNextPublishWorks() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (Unloggable unloggable = new Unloggable("io.rivulet.hub");
             HubScene scene = new HubScene(folder, GoLive.EXACT, log -> {
                 disk.set(new FailingLog(log));
                 return disk.get();
             })) {
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            for (int i = 1; i <= 3; i++) {
                disk.get().onAppend = () -> {
                    throw new OutOfMemoryError("made by the test");
                };
                ExecutionException refused = assertThrows(ExecutionException.class, () -> scene.publish("news", "no"));
                assertEquals(Refused.Reason.STORE_FAILED, ((Refused) refused.getCause()).reason());
                assertNotNull(scene.hub.publishTrouble(), "health tells it");
                disk.get().onAppend = () -> { };
                scene.publish("news", "" + i);
            }
            assertEquals(List.of("1", "2", "3"), awaitEvents(client, 3).data());
            assertEquals(3, unloggable.refused());
        }
    }

    @Test
    void aResponseThatCannotBeEndedIsCountedOut() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            Subscription broken = subscribe(scene, new Faulty(() -> { }, () -> {
                throw new IllegalStateException("made by the test");
            }));
            assertTrue(scene.hub.isHeard("news"));
            broken.gone("end of test");
            Await.until("it is gone", () -> scene.hub.connections().list().isEmpty() && !scene.hub.isHeard("news"));
        }
    }

    @Test
    void aReaderThatIsInterruptedLeavesNoStreamWaitingForEver() throws Exception {
        try (HubScene scene = new HubScene(folder, "ring.bytes", "4096")) {
            for (int i = 0; i < 2_000; i++) {
                scene.hub.publish(io.rivulet.event.Event.on("news").data(i + "x".repeat(200)).build());
            }
            scene.publish("news", "end");
            for (int i = 0; i < 50; i++) {
                HubClient client = scene.client("news").connect(Since.EARLIEST);
                Await.until("the end of history or of the stream", () -> {
                    threads("rivulet-read-", Thread::interrupt);
                    return client.drain().isEnded() || client.data().contains("end")
                        || !client.hubEvents("rivulet.gap").isEmpty();
                });
                client.cut();
            }
        }
    }

    @Test
    void anInterruptedCloseEndsAllStreamsAndThreads() throws Exception {
        Set<Thread> before = HubThreads.alive();
        HubScene scene = new HubScene(folder);
        HubClient client = awaitHello(scene.client("news").connect(), 1);
        Thread.currentThread().interrupt();
        scene.close();
        assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
        Await.until("the stream is ended", client::isEnded);
        HubThreads.awaitNoneBut(before);
    }

    private static void threads(String prefix, Consumer<Thread> action) {
        Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith(prefix)).forEach(action);
    }

    private static Subscription subscribe(HubScene scene, Outlet outlet) {
        return scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(List.of("news")), Grant.ANONYMOUS, null,
            Since.LATEST, Duration.ofSeconds(15), false, HubScene.PLAIN, "test"), outlet);
    }

    /** A response whose writes and whose end fail as the test says. */
    private record Faulty(Runnable onWrite, Runnable onEnd) implements Outlet {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void write(SharedBytes events) {
            onWrite.run();
        }

        @Override
        public void end() {
            onEnd.run();
        }
    }
}
