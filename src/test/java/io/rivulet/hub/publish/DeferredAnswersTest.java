package io.rivulet.hub.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.FailingLog;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When publishers get their answers: while the disk syncs the next group, and never later than that. */
class DeferredAnswersTest {

    @TempDir
    Path folder;

    private FailingLog disk;
    private HubScene scene;
    private final CountDownLatch write = new CountDownLatch(1);
    private final CountDownLatch sync = new CountDownLatch(1);
    /** At each append, whether the first publish had its answer. */
    private final List<Boolean> appends = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<List<String>> first;
    private CompletableFuture<List<String>> second;

    @BeforeEach
    void open() throws Exception {
        scene = new HubScene(folder, GoLive.EXACT, log -> disk = new FailingLog(log), "transient.topics", "clock");
        disk.hold = write;
        disk.onAppend = () -> appends.add(first != null && first.isDone());
    }

    @AfterEach
    void close() {
        write.countDown();
        sync.countDown();
        scene.close();
    }

    @Test
    void aGroupIsAnsweredWhenTheNextIsWrittenAndBeforeThatIsSynced() throws Exception {
        oneBehindAnother("news", () -> disk.holdSync = sync);
        get(first);
        assertFalse(second.isDone(), "it is not on the disk yet");
        assertEquals(List.of(false, false), appends, "the disk comes first");
        sync.countDown();
        get(second);
    }

    @Test
    void whoPublishesAloneIsAnsweredAtOnce() throws Exception {
        write.countDown();
        get(publish("news"));
        get(publish("clock"));
        get(publish("news"));
    }

    @Test
    void aGroupThatNeedsNoDiskKeepsNobodyWaiting() throws Exception {
        oneBehindAnother("clock", () -> { });
        get(first);
        get(second);
        assertEquals(1, appends.size());
    }

    @Test
    void aSearchForAKeyOfTheNextGroupKeepsNobodyWaiting() throws Exception {
        write.countDown();
        get(keyed());
        disk.hold = new CountDownLatch(1);
        disk.holdReads = sync;
        first = publish("news");
        Await.until("the committer has taken the first", () -> appends.size() == 2);
        second = keyed();
        disk.hold.countDown();
        get(first);
        assertFalse(second.isDone(), "what was answered to its key is still looked for");
        sync.countDown();
        get(second);
    }

    @Test
    void theAnswerIsNotLostWhenTheDiskRefusesTheNextGroup() throws Exception {
        oneBehindAnother("news", () -> disk.full = true);
        get(first);
        assertEquals(Refused.Reason.STORE_FULL, reason(second));
    }

    @Test
    void theAnswerIsNotLostWhenTheHubFailsAtTheNextGroup() throws Exception {
        oneBehindAnother("news", () -> disk.answerFails = true);
        get(first);
        assertEquals(Refused.Reason.STORE_FAILED, reason(second));
        get(publish("news"));
    }

    @Test
    void allAreAnsweredWhenTheHubCloses() throws Exception {
        oneBehindAnother("news", () -> { });
        scene.hub.close();
        get(first);
        get(second);
    }

    /** The second is in the queue before the first is written; {@code atSecond} is when the second is to be. */
    private void oneBehindAnother(String secondTopic, Runnable atSecond) {
        disk.onAppend = () -> {
            appends.add(first != null && first.isDone());
            if (appends.size() == 2) {
                atSecond.run();
            }
        };
        first = publish("news");
        Await.until("the committer has taken the first", () -> appends.size() == 1);
        second = publish(secondTopic);
        write.countDown();
    }

    private static Refused.Reason reason(CompletableFuture<?> refused) {
        return ((Refused) assertThrows(ExecutionException.class, () -> refused.get(20, TimeUnit.SECONDS)).getCause())
            .reason();
    }

    private CompletableFuture<List<String>> publish(String topic) {
        return scene.hub.publish(Event.on(topic).build());
    }

    private CompletableFuture<List<String>> keyed() {
        return scene.hub.publish(new Publication(List.of(Event.on("news").build()), Grant.DEV, "key"));
    }

    private static List<String> get(CompletableFuture<List<String>> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }
}
