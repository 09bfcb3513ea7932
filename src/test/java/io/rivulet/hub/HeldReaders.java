package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.HistoryPages;
import io.rivulet.hub.resume.Since;
import io.rivulet.topic.TopicSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Both readers of a hub that stand still in the middle of a look-up, until this is closed: all others wait. */
public final class HeldReaders implements AutoCloseable {

    private final CountDownLatch inside = new CountDownLatch(2);
    private final CountDownLatch held = new CountDownLatch(1);
    private final List<CompletableFuture<History>> pages = new ArrayList<>();

    /** Holds them, each with a page of history of this topic, which must have an event. */
    public HeldReaders(HubScene scene, String topic) throws InterruptedException {
        HistoryPages.Room busy = bytes -> {
            inside.countDown();
            try {
                return held.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        for (int i = 0; i < 2; i++) {
            pages.add(scene.hub.history(new Caller(i), TopicSelection.ofTopics(List.of(topic)), Grant.ANONYMOUS,
                Since.EARLIEST, null, 1, busy));
        }
        assertTrue(inside.await(20, TimeUnit.SECONDS), "both readers are busy");
    }

    /** They go on, and have their pages. */
    public void letGo() throws Exception {
        held.countDown();
        for (CompletableFuture<History> page : pages) {
            assertEquals(1, page.get(20, TimeUnit.SECONDS).events().size());
        }
    }

    @Override
    public void close() {
        held.countDown();
    }
}
