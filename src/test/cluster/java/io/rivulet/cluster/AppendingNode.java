package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogRecord;
import io.rivulet.log.View;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The log of a node, whose publisher appends one event after the other and notes what became of each. It has no keys to
 * repeat an event by: what was not acknowledged is left.
 */
final class AppendingNode implements AutoCloseable {

    private static final View ALL = View.unlimited(TopicSelection.ofTopics(List.of("*")));
    /** A server may be killed meanwhile, and started again. */
    private static final Duration LIMIT = Await.LIMIT.multipliedBy(3);

    /** Else a server that starts again had no time beside it. */
    private static final Duration PAUSE = Duration.ofMillis(2);

    final SharedLog log;
    private final String name;
    private final Map<String, Long> taken = new ConcurrentHashMap<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::publish, "test-publisher");
    private volatile boolean ends;
    private volatile Throwable failure;

    /** Begins to publish at this engine; its events are the name and a number. */
    AppendingNode(String name, Path folder, ClusterEngine engine) throws IOException {
        this.name = name;
        log = Cluster.open(folder.resolve(name), engine, Settings.with(), InstantSource.system(), System::nanoTime);
        thread.start();
    }

    private void publish() {
        try {
            for (int i = 0; !ends; i++) {
                Await.pass(PAUSE);
                String data = name + i;
                try {
                    LogRecord record = new LogRecord(Event.on("a").data(data).build(), null);
                    taken.put(data, log.append(List.of(record)).get(0).position());
                } catch (LogAway e) {
                    if (!e.isUnknown()) {
                        refused.add(data);
                    }
                    Await.until("the engine is back", LIMIT, () -> ends || log.range().failure() == null);
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    /** Waits until so many more were taken. */
    void awaitMore(int events) {
        int before = taken.size();
        Await.until(events + " more events of " + name, LIMIT,
            () -> failure != null || taken.size() >= before + events);
    }

    private void end() throws InterruptedException {
        ends = true;
        thread.join(TimeUnit.SECONDS.toMillis(20));
        assertFalse(thread.isAlive());
        assertNull(failure, () -> "the publisher of " + name + ": " + failure);
        assertFalse(log.isOver(), log.away());
    }

    /** What its copy has, by position. */
    private TreeMap<Long, String> all() throws IOException {
        TreeMap<Long, String> all = new TreeMap<>();
        long head = log.range().head();
        for (long at = 0; at < head; ) {
            var chunk = log.read(at, head, ALL, 1 << 20);
            chunk.entries().forEach(entry -> all.put(entry.position(), entry.event().text()));
            at = chunk.examinedTo();
        }
        return all;
    }

    /** Ends their publishers, and looks at what all of them have. */
    static void assertNothingIsLostOrDoubleOrOutOfOrder(AppendingNode... nodes) throws Exception {
        for (AppendingNode node : nodes) {
            node.end();
        }
        Await.until("both copies are whole", () -> nodes[0].log.range().head() == nodes[1].log.range().head());
        TreeMap<Long, String> all = nodes[0].all();
        assertEquals(all, nodes[1].all());
        assertEquals(all.size(), all.lastKey(), "no hole");
        assertEquals(all.size(), new HashSet<>(all.values()).size(), "nothing is there twice");
        for (AppendingNode node : nodes) {
            node.taken.forEach((data, position) -> assertEquals(data, all.get(position), "what was acknowledged"));
            node.refused.forEach(data -> assertFalse(all.containsValue(data), data + " was refused"));
            List<String> own = all.values().stream().filter(data -> data.startsWith(node.name)).toList();
            List<String> sorted = own.stream().sorted((a, b) -> Integer.compare(
                Integer.parseInt(a.substring(1)), Integer.parseInt(b.substring(1)))).toList();
            assertEquals(sorted, own, "in the order of its publisher");
        }
    }

    @Override
    public void close() {
        ends = true;
        log.close();
    }
}
