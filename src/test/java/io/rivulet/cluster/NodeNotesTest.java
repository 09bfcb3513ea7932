package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import io.rivulet.event.Nodes;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What nodes tell each other, and that nothing of it stays wrong. The test owns the time, and reads for each node. */
class NodeNotesTest {

    private final AtomicLong nowNs = new AtomicLong(1);
    private final MemoryEngine.Store store = new MemoryEngine.Store();
    private final List<Node> nodes = new ArrayList<>();

    /** One node: it has something to say, and notes what it hears. */
    private final class Node implements Nodes.Part, AutoCloseable {
        private final MemoryEngine engine = new MemoryEngine(store);
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final List<String> says = new CopyOnWriteArrayList<>();
        private final NodeNotes notes;

        Node(int run, String... says) {
            this.says.addAll(List.of(says));
            notes = new NodeNotes(engine, run, new ReentrantLock(), Map.of("word", this), () -> 4,
                () -> store.isAway(), about -> about.addProperty("x", run), "node " + run, 7, nowNs::get);
            nodes.add(this);
            notes.start();
            read();
        }

        void says(String word) {
            says.add(word);
            notes.tell("word", note(word));
        }

        void read() {
            try {
                notes.read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Node awaitHeard(String... words) {
            Await.until(List.of(words) + " are heard", () -> {
                nodes.forEach(Node::read);
                return Stream.of(words).allMatch(heard::contains);
            });
            return this;
        }

        @Override
        public void told(int node, JsonObject note) {
            heard.add(node + ":" + note.get("is").getAsString());
        }

        @Override
        public void gone(int node) {
            heard.add(node + " is gone");
        }

        @Override
        public Iterator<JsonObject> all() {
            return says.stream().map(NodeNotesTest::note).iterator();
        }

        @Override
        public void close() {
            notes.leave();
            engine.close();
            notes.close();
        }
    }

    private static JsonObject note(String word) {
        JsonObject json = new JsonObject();
        json.addProperty("is", word);
        return json;
    }

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
    }

    private void pass(long seconds) {
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void whatOneNodeTellsAllOthersHearInOrderAndNotItself() {
        Node one = new Node(1);
        Node two = new Node(2);
        Node three = new Node(3);
        for (int i = 0; i < 20; i++) {
            one.says("w" + i);
        }
        for (Node other : List.of(two, three)) {
            other.awaitHeard("1:w19");
            assertEquals(Stream.iterate(0, i -> i + 1).limit(20).map(i -> "1:w" + i).toList(),
                other.heard.stream().distinct().toList());
        }
        assertEquals(List.of(), one.heard);
        Await.until("it tells of itself", () -> {
            nodes.forEach(Node::read);
            return two.notes.others().stream().map(other -> other.name() + ' ' + other.beganMs() + ' ' + other.copied()
                + ' ' + other.about()).anyMatch("node 1 7 4 {\"x\":1}"::equals);
        });
    }

    @Test
    void whoeverIsHeardIsKnownByItsNameAtOnce() {
        Node one = new Node(1);
        Node two = new Node(2, "a");
        for (int i = 0; i < 20; i++) {
            one.says("w" + i);
            two.awaitHeard("1:w" + i);
        }
        List<String> nameless = store.bodies().stream().filter(body -> !body.contains("\"name\":\"node ")).toList();
        assertEquals(List.of(), nameless);
    }

    @Test
    void whoComesLateHearsAllThatHolds() {
        new Node(1, "a", "b");
        new Node(2, "c").awaitHeard("1:a", "1:b");
        new Node(3).awaitHeard("1:a", "1:b", "2:c");
    }

    @Test
    void whoIsSilentForItsLeaseIsGoneAndWhoTellsThatItGoesAtOnce() {
        Node one = new Node(1, "a");
        Node two = new Node(2).awaitHeard("1:a");
        Node three = new Node(3, "x");
        two.awaitHeard("3:x");
        three.close();
        nodes.remove(three);
        two.awaitHeard("3 is gone");
        one.engine.close(); // it has died, and tells nothing more
        nodes.remove(one);
        two.read();
        for (int i = 0; i < 2; i++) {
            pass(4);
            two.read();
        }
        assertEquals(List.of(1), two.notes.others().stream().map(NodeNotes.Heard::run).toList());
        pass(4);
        two.read();
        assertEquals("1 is gone", two.heard.get(two.heard.size() - 1));
        assertEquals(List.of(), two.notes.others());
        one.notes.close();
    }

    @Test
    void whileTheEngineIsAwayNobodyIsGoneAndWhatIsToldMeanwhileIsHeardThen() {
        Node one = new Node(1, "a");
        Node two = new Node(2).awaitHeard("1:a");
        store.away(true);
        one.says("b");
        pass(60);
        store.away(false);
        two.read();
        assertEquals(List.of(1), two.notes.others().stream().map(NodeNotes.Heard::run).toList());
        two.awaitHeard("1:b");
    }

    @Test
    void whoFindsAHoleHearsAllOfItAgain() {
        Node one = new Node(1, "a");
        Node two = new Node(2).awaitHeard("1:a");
        for (boolean isKnown : List.of(true, false)) {
            String word = "lost " + isKnown;
            one.says(word);
            Await.until("it is told", () -> store.told().contains(word));
            store.loseNotes(isKnown);
            two.awaitHeard("1:" + word);
        }
    }

    @Test
    void aNodeThatWasTakenForGoneAndIsHeardOnceMoreTellsAllAgain() {
        Node one = new Node(1, "a");
        Node two = new Node(2).awaitHeard("1:a");
        one.engine.stands(true);
        two.read();
        for (int i = 0; i < 3; i++) {
            pass(4);
            two.read();
        }
        assertEquals("1 is gone", two.heard.get(two.heard.size() - 1));
        one.engine.stands(false);
        two.heard.clear();
        one.says("b");
        two.awaitHeard("1:a", "1:b");
    }

    @Test
    void whatDoesNotFitWhileTheEngineIsAwayIsToldAsAPartOfAll() {
        Node one = new Node(1, "a");
        Node two = new Node(2).awaitHeard("1:a");
        store.away(true);
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 6; i++) {
            one.says(i + large);
        }
        store.away(false);
        two.awaitHeard("1:0" + large, "1:5" + large);
    }
}
