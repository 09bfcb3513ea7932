package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cursors that no node knows, while the engine stands still: they wait for it, and nobody else does. */
class BarrierWaitsTest {

    private static final int STRANGERS = 50;

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();

    @Test
    void whileTheEngineStandsStillOtherLookUpsAreAnswered() throws Exception {
        try (HubNode node = new HubNode(folder, () -> new MemoryEngine(store), log -> log)) {
            String first = node.publish("news", "1");
            node.publish("news", "2");
            List<CompletableFuture<StartPoint.Placed>> places = new ArrayList<>();
            List<HubClient> streams = new ArrayList<>();
            int before;
            synchronized (store) { // the engine answers nobody meanwhile
                for (int i = 0; i < STRANGERS; i++) {
                    places.add(node.hub.place(node.client("news").after("nobody-knows-" + i).asked()));
                    streams.add(node.client("news").connectAfter("nor-this-" + i));
                }
                before = store.reads();
                assertEquals(2, node.hub.history(TopicSelection.ofTopics(List.of("news")), Grant.ANONYMOUS,
                    Since.EARLIEST, null, 10).get(20, TimeUnit.SECONDS).events().size());
                HubClient resumed = node.client("news").connectAfter(first);
                Await.until("a cursor that is known goes on", () -> HubNode.data(resumed.drain()).equals(List.of("2")));
                assertTrue(places.stream().noneMatch(CompletableFuture::isDone), "the others wait");
                assertTrue(streams.stream().allMatch(one -> one.drain().hubEvents("rivulet.hello").isEmpty()));
            }
            for (CompletableFuture<StartPoint.Placed> place : places) {
                assertEquals(StartPoint.Resumed.RESET, place.get(20, TimeUnit.SECONDS).start().resumed());
            }
            for (HubClient stream : streams) {
                Await.until("hello", () -> !stream.drain().hubEvents("rivulet.hello").isEmpty());
                assertEquals("reset", stream.told("resumed"));
                assertFalse(stream.isEnded());
            }
            int calls = store.reads() - before;
            assertTrue(calls < STRANGERS, calls + " calls for " + 2 * STRANGERS); // the mirror's own among them
        }
    }
}
