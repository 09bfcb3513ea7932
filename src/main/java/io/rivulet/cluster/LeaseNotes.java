package io.rivulet.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.event.Nodes;
import io.rivulet.log.Lease;
import io.rivulet.log.LeaseBook;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of this node in its own book, and those of the other nodes, which are told as notes: while a node is gone
 * somebody else must end the topics whose publishers are silent. The committer writes and tells of events; the thread
 * that hears other nodes notes theirs.
 *
 * <p>Of the nodes that are left the one with the lowest run takes over what a node had that is gone; for the others it
 * is that one's from then on. They may see it differently for a moment, and the node may come back with its book. Then
 * two nodes wait for the same silence, and the log takes one end of a topic alone.
 */
final class LeaseNotes implements LeaseBook, Nodes.Part {

    static final String KIND = "leases";
    private static final Logger LOG = LoggerFactory.getLogger(LeaseNotes.class);
    private static final int TOGETHER = 100;

    private static final String ALL = "all";
    private static final String BEGIN = "begin";
    private static final String OVER = "over";

    private final LeaseBook book;
    private final int self;
    /** The runs of all other nodes that are known. */
    private final Supplier<Set<Integer>> others;
    private final Consumer<JsonObject> tell;
    /** The same, and the engine has it then: who is told that a lease has begun may rely on it. */
    private final Consumer<JsonObject> tellNow;
    /** By topic; guarded by this, as is what follows. */
    private final Map<String, Lease> own = new HashMap<>();
    private final Map<Integer, Map<String, Lease>> elsewhere = new HashMap<>();
    private Consumer<List<Lease>> heir;
    private boolean closed;
    /** Whether there is no lease anywhere: then an event is nothing to note. */
    private volatile boolean isEmpty;

    LeaseNotes(LeaseBook book, int self, Supplier<Set<Integer>> others, Consumer<JsonObject> tell,
               Consumer<JsonObject> tellNow) {
        this.tellNow = tellNow;
        this.book = book;
        this.self = self;
        this.others = others;
        this.tell = tell;
        book.kept().forEach(lease -> own.put(lease.topic(), lease));
        isEmpty = own.isEmpty();
    }

    // ---- the committer

    @Override
    public List<Lease> kept() {
        return book.kept();
    }

    @Override
    public void begin(List<Lease> leases) throws IOException {
        begin(leases, tellNow);
    }

    @Override
    public void inherit(List<Lease> leases) throws IOException {
        begin(leases, tell);
    }

    private void begin(List<Lease> leases, Consumer<JsonObject> by) throws IOException {
        book.begin(leases);
        synchronized (this) {
            leases.forEach(lease -> own.put(lease.topic(), lease));
            isEmpty = false;
        }
        by.accept(begun(leases));
    }

    private static JsonObject begun(Collection<Lease> leases) {
        JsonArray all = new JsonArray();
        leases.forEach(lease -> {
            all.add(lease.topic());
            all.add(lease.ms());
            all.add(lease.isPrivate());
        });
        return note(BEGIN, all);
    }

    private static JsonObject note(String what, JsonArray topics) {
        JsonObject json = new JsonObject();
        json.add(what, topics);
        return json;
    }

    @Override
    public void over(List<String> topics) {
        book.over(topics);
        JsonArray all = new JsonArray();
        synchronized (this) {
            topics.forEach(own::remove);
            lookWhetherEmpty();
        }
        topics.forEach(all::add);
        tell.accept(note(OVER, all));
    }

    private void lookWhetherEmpty() {
        isEmpty = own.isEmpty() && elsewhere.values().stream().allMatch(Map::isEmpty);
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public void heard(List<String> topics, boolean isPrivate) {
        if (isEmpty) {
            return;
        }
        synchronized (this) {
            for (String topic : topics) {
                heard(own, topic, isPrivate);
                elsewhere.values().forEach(leases -> heard(leases, topic, isPrivate));
            }
        }
    }

    /** The end of a topic is private where its newest event is. */
    private static void heard(Map<String, Lease> leases, String topic, boolean isPrivate) {
        leases.computeIfPresent(topic, (t, lease) -> lease.isPrivate() == isPrivate ? lease
            : new Lease(topic, lease.ms(), isPrivate));
    }

    @Override
    public synchronized void onInherited(Consumer<List<Lease>> who) {
        heir = who;
    }

    // ---- the cluster

    @Override
    public void told(int node, JsonObject note) {
        synchronized (this) {
            Map<String, Lease> leases = elsewhere.computeIfAbsent(node, n -> new HashMap<>());
            if (note.has(ALL)) {
                leases.clear();
            } else if (note.has(BEGIN)) {
                JsonArray begun = note.getAsJsonArray(BEGIN);
                for (int i = 0; i + 2 < begun.size(); i += 3) {
                    String topic = begun.get(i).getAsString();
                    leases.put(topic, new Lease(topic, begun.get(i + 1).getAsInt(), begun.get(i + 2).getAsBoolean()));
                }
            } else {
                note.getAsJsonArray(OVER).forEach(topic -> leases.remove(topic.getAsString()));
            }
            lookWhetherEmpty();
        }
    }

    @Override
    public void gone(int node) {
        List<Lease> inherited;
        Consumer<List<Lease>> by;
        synchronized (this) {
            Map<String, Lease> leases = elsewhere.remove(node);
            if (leases == null || leases.isEmpty() || closed) {
                return;
            }
            int lowest = others.get().stream().filter(run -> run != node).min(Comparator.naturalOrder()).orElse(self);
            if (lowest < self) {
                elsewhere.computeIfAbsent(lowest, n -> new HashMap<>()).putAll(leases);
                return;
            }
            inherited = List.copyOf(leases.values());
            by = heir;
            lookWhetherEmpty();
        }
        LOG.info("This node waits for the publishers of {} topics that a node which is gone waited for",
            inherited.size());
        if (by != null) {
            by.accept(inherited);
        }
    }

    /** One after the other, each looked at when its turn comes: else one could come behind its own end. */
    @Override
    public Iterator<JsonObject> all() {
        Iterator<String> topics;
        synchronized (this) {
            topics = List.copyOf(own.keySet()).iterator();
        }
        return new Iterator<>() {
            private boolean begun;

            @Override
            public boolean hasNext() {
                return !begun || topics.hasNext();
            }

            @Override
            public JsonObject next() {
                if (!begun) {
                    begun = true;
                    JsonObject json = new JsonObject();
                    json.addProperty(ALL, true); // what was told before counts no more
                    return json;
                }
                List<Lease> some = new ArrayList<>();
                synchronized (LeaseNotes.this) {
                    for (int i = 0; i < TOGETHER && topics.hasNext(); i++) {
                        Lease lease = own.get(topics.next());
                        if (lease != null) {
                            some.add(lease);
                        }
                    }
                }
                return begun(some);
            }
        };
    }

    /** How many topics this node waits for: for tests. */
    synchronized int size() {
        return own.size();
    }

    /** The log closes: nodes that this one does not hear any more are not gone. */
    synchronized void close() {
        closed = true;
    }
}
