package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.HistoryPages;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.Readers;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.kit.Await;
import io.rivulet.log.LogWork;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Look-ups in the log for the doors: what comes of those that fail, and of those that have no memory. */
class LookUpTest {

    private static final Caller ME = new Caller("me");
    private static final TopicSelection NEWS = TopicSelection.ofTopics(List.of("news"));

    @TempDir
    private Path folder;
    private FailingLog log;

    private HubScene scene() throws Exception {
        return new HubScene(folder, GoLive.EXACT, inner -> log = new FailingLog(inner));
    }

    private static History page(HubScene scene, HistoryPages.Room room) throws Throwable {
        try {
            return scene.hub.history(ME, NEWS, Grant.ANONYMOUS, Since.EARLIEST, null, 100, room)
                .get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @Test
    void aLookUpThatFailsTellsWhatCannotBeReadAndLeavesTheReasonToTheLog() throws Exception {
        try (HubScene scene = scene()) {
            scene.publish("news", "1");
            log.unreadable = true;
            Refused refused = assertThrows(Refused.class, () -> page(scene, HistoryPages.Room.ENDLESS));
            assertEquals(Reason.STORE_FAILED, refused.reason());
            assertEquals("the history cannot be read now; the hub's log tells why, under the id of this request",
                refused.getMessage());
            assertEquals("too many open files", assertThrows(IOException.class, () -> {
                throw refused.getCause();
            }).getMessage());
        }
    }

    /** Nobody else would ever answer the request. */
    @Test
    void aLookUpThatMeetsAnErrorOfTheMachineIsAnsweredAsWell() throws Exception {
        try (HubScene scene = scene()) {
            scene.publish("news", "1");
            Refused refused = assertThrows(Refused.class, () -> page(scene, bytes -> {
                throw new OutOfMemoryError("Java heap space");
            }));
            assertEquals(Reason.STORE_FAILED, refused.reason());
            assertTrue(refused.getMessage().startsWith("the history cannot be read now"), refused.getMessage());
        }
    }

    @Test
    void aPageEndsWhereItsMemoryEndsAndTheNextOneGoesOnThere() throws Throwable {
        try (HubScene scene = scene()) {
            for (int i = 0; i < 5; i++) {
                scene.publish("news", "x".repeat(1_000) + i);
            }
            long[] left = {3_500};
            History page = page(scene, bytes -> {
                left[0] -= bytes;
                return left[0] >= 0;
            });
            assertEquals(2, page.events().size());
            assertEquals(page.events().get(1).id(), page.next());
        }
    }

    @Test
    void theNewestOfEachTopicAreAsManyAsThereIsMemoryForTheLatestOfThem() throws Exception {
        try (HubScene scene = scene()) {
            for (String topic : List.of("a", "b", "c")) {
                scene.publish(topic, "x".repeat(1_000));
            }
            long[] left = {3_000};
            History page = scene.hub.history(ME, TopicSelection.ofTopics(List.of("*")), Grant.ANONYMOUS,
                Since.parse("last", java.time.Instant.EPOCH), null, 100, bytes -> {
                    left[0] -= bytes;
                    return left[0] >= 0;
                }).get(20, TimeUnit.SECONDS);
            assertEquals(List.of(List.of("b"), List.of("c")),
                page.events().stream().map(item -> item.event().topics()).toList());
        }
    }

    /** Its client has left, or was told that it took too long. */
    @Test
    void aLookUpThatNobodyWaitsForStopsAtTheEndOfItsSlice() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Readers readers = new Readers(new ReadBudget(1 << 20));
        LookUps lookUps = new LookUps(readers, 100, 256 << 20);
        readers.start();
        try {
            CompletableFuture<String> answer = lookUps.ask(ME, 0, "it", work -> {
                begun.countDown();
                while (true) {
                    work.cost(LogWork.SLICE);
                    work.pause();
                }
            });
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            answer.cancel(false);
            Await.until("it has stopped", () -> lookUps.waiting() == 0);
        } finally {
            readers.close();
        }
    }

    @Test
    void aPageWithoutMemoryForItsFirstEventIsRefused() throws Exception {
        try (HubScene scene = scene()) {
            scene.publish("news", "1");
            Refused none = Refused.because(Reason.OVERLOADED, "no memory for this caller");
            assertEquals(none.getMessage(), assertThrows(Refused.class, () -> page(scene, bytes -> {
                throw none;
            })).getMessage());
        }
    }
}
