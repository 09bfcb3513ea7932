package io.rivulet.hub.stream;

import com.google.gson.JsonObject;
import io.rivulet.event.Nodes;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * How many streams each subject, or each address, has at the other nodes of a cluster, so that its cap holds for all of
 * them together. {@link StreamCaps} tells changes and asks, on any thread; the thread that hears other nodes counts.
 * Two streams that open at two nodes in the same moment do not know of each other yet: the cap may be passed by as many
 * nodes as there are.
 *
 * <p>Most callers have a stream or two, which come and go all day, and thousands come back at once: none of that may be
 * work for the engine. So a node tells of a caller only when its number there has changed by a tenth of the cap since
 * it told last, or is none any more. With a cap of a few it tells each change.
 *
 * @param <K> a caller
 */
final class CallersElsewhere<K> implements Nodes.Part {

    private static final String WHO = "who";
    private static final String COUNT = "count";

    private final String kind;
    private final int step;
    private final Object lock;
    private final Nodes nodes;
    private final Function<K, String> name;
    private final Supplier<List<K>> here;
    private final ToIntFunction<K> count;
    /** What this node has told; nothing of those of whom none counts. Under the lock. */
    private final Map<K, Integer> said = new HashMap<>();
    private final Map<Integer, Map<String, Integer>> counts = new ConcurrentHashMap<>();

    /**
     * Those of this kind, of whom a node tells in steps of so many streams.
     *
     * @param lock  of those who count, held while {@link #changed} is called
     * @param name  of a caller, the same at all nodes
     * @param here  those who have streams at this node
     * @param count tells how many one of them has now
     */
    CallersElsewhere(String kind, int step, Object lock, Nodes nodes, Function<K, String> name,
                     Supplier<List<K>> here, ToIntFunction<K> count) {
        this.kind = kind;
        this.step = step;
        this.lock = lock;
        this.nodes = nodes;
        this.name = name;
        this.here = here;
        this.count = count;
        nodes.join(kind, this);
    }

    /** Of this caller, at all other nodes. */
    int count(K caller) {
        if (counts.isEmpty()) {
            return 0;
        }
        String who = name.apply(caller);
        int sum = 0;
        for (Map<String, Integer> one : counts.values()) {
            sum += one.getOrDefault(who, 0);
        }
        return sum;
    }

    /** So many this caller has at this node now, and had one more or one less before. */
    void changed(K caller, int streams) {
        int known = said.getOrDefault(caller, 0);
        if (Math.abs(streams - known) >= step || streams == 0 && known > 0) {
            nodes.tell(kind, note(caller, streams));
        }
    }

    /** Under the lock. */
    private JsonObject note(K caller, int streams) {
        if (streams > 0) {
            said.put(caller, streams);
        } else {
            said.remove(caller);
        }
        JsonObject json = new JsonObject();
        json.addProperty(WHO, name.apply(caller));
        json.addProperty(COUNT, streams);
        return json;
    }

    /** Each is counted when its turn comes: a count that was made before could come behind a newer one. */
    @Override
    public Iterator<JsonObject> all() {
        return new Iterator<>() {
            private Iterator<K> callers;

            @Override
            public boolean hasNext() {
                return callers == null || callers.hasNext();
            }

            @Override
            public JsonObject next() {
                synchronized (lock) {
                    if (callers == null) {
                        said.clear();
                        callers = here.get().stream().filter(one -> count.applyAsInt(one) >= step).toList().iterator();
                        return new JsonObject(); // what was told before counts no more
                    }
                    K caller = callers.next();
                    return note(caller, count.applyAsInt(caller));
                }
            }
        };
    }

    @Override
    public void told(int node, JsonObject note) {
        Map<String, Integer> ofNode = counts.computeIfAbsent(node, n -> new ConcurrentHashMap<>());
        if (!note.has(WHO)) {
            ofNode.clear();
            return;
        }
        int streams = note.get(COUNT).getAsInt();
        if (streams > 0) {
            ofNode.put(note.get(WHO).getAsString(), streams);
        } else {
            ofNode.remove(note.get(WHO).getAsString());
        }
    }

    @Override
    public void gone(int node) {
        counts.remove(node);
    }
}
