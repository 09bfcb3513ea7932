package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.Outbox.Chunk;
import io.rivulet.cluster.Outbox.Row;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.publish.Publication;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits in the outbox is published once and in its order, whatever happens between the publish and the outbox. */
class OutboxDrainTest {

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private final Rows rows = new Rows();
    private HubNode node;

    @AfterEach
    void close() {
        if (node != null) {
            node.close();
        }
    }

    private void open() {
        node = new HubNode(folder, () -> new MemoryEngine(store).with(rows), log -> log);
    }

    /** An outbox in memory, of which some calls fail; guarded by itself. */
    private static final class Rows implements Outbox {
        private final List<Row> waiting = new ArrayList<>();
        private final List<String> aside = new ArrayList<>();
        private List<Row> chunk = List.of();
        private long number;
        private int doneFailures;

        synchronized void put(String topic, String data, String ends) {
            waiting.add(new Row(waiting.size(), topic, data, null, null, ends, false));
        }

        synchronized boolean isEmpty() {
            return waiting.isEmpty();
        }

        synchronized List<String> aside() {
            return List.copyOf(aside);
        }

        @Override
        public synchronized Chunk next() {
            if (chunk.isEmpty() && !waiting.isEmpty()) {
                chunk = List.copyOf(waiting);
                number++;
            }
            return chunk.isEmpty() ? null : new Chunk(number, chunk);
        }

        @Override
        public synchronized void done(Chunk of) throws IOException {
            if (doneFailures-- > 0) {
                throw new IOException("the engine went away behind the publish");
            }
            waiting.subList(0, chunk.size()).clear();
            chunk = List.of();
        }

        @Override
        public synchronized void split(Chunk of) {
            chunk = List.copyOf(chunk.subList(0, chunk.size() / 2));
            number++;
        }

        @Override
        public synchronized void refused(Chunk of, String why) {
            aside.add(chunk.get(0).data() + ": " + why);
            waiting.remove(0);
            chunk = List.of();
        }
    }

    @Test
    void aChunkThatWasPublishedAndIsStillThereIsPublishedNoMore() {
        rows.put("news", "1", null);
        rows.put("news", "2", null);
        rows.doneFailures = 2;
        open();
        Await.until("the outbox is empty", rows::isEmpty);
        rows.put("news", "3", null);
        Await.until("the outbox is empty", rows::isEmpty);
        assertEquals(List.of("1", "2", "3"), node.data());
    }

    @Test
    void whatNoHubTakesIsPutAsideAndHoldsUpNothing() throws Exception {
        open();
        node.answer(Publication.of(Event.on("over").data("last").end(TopicEnd.FINISHED).build()));
        IntStream.range(0, 20).forEach(i -> rows.put(i % 7 == 3 ? "over" : "news", "" + i, null));
        Await.until("the outbox is empty", rows::isEmpty);
        assertEquals(List.of("last", "0", "1", "2", "4", "5", "6", "7", "8", "9", "11", "12", "13", "14", "15", "16",
            "18", "19"), node.data());
        assertEquals(3, rows.aside().size());
        assertTrue(rows.aside().get(0).startsWith("3: "), rows.aside().get(0));
    }

    @Test
    void whileTheEngineIsAwayItWaitsAndLosesNothing() throws Exception {
        open();
        node.publish("news", "0");
        store.away(true);
        rows.put("news", "1", null);
        Await.until("the hub knows", () -> node.hub.publishTrouble() != null);
        store.away(false);
        Await.until("the outbox is empty", rows::isEmpty);
        rows.put("news", "2", "finished");
        Await.until("the outbox is empty", rows::isEmpty);
        assertEquals(List.of("0", "1", "2"), node.data());
    }
}
