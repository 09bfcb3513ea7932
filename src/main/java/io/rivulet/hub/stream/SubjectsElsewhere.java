package io.rivulet.hub.stream;

import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.event.Nodes;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * How many streams each subject has at the other nodes of a cluster, so that its cap holds for all of them together.
 * {@link StreamCaps} tells changes and asks, on any thread; the thread that hears other nodes counts. Two streams that
 * open at two nodes in the same moment do not know of each other yet: the cap may be passed by as many nodes as there
 * are.
 */
final class SubjectsElsewhere implements Nodes.Part {

    static final String KIND = "subjects";
    private static final String ISSUER = "issuer";
    private static final String SUBJECT = "subject";
    private static final String COUNT = "count";

    private final Nodes nodes;
    private final Supplier<List<Grant.Identity>> here;
    private final ToIntFunction<Grant.Identity> count;
    private final Map<Integer, Map<Grant.Identity, Integer>> counts = new ConcurrentHashMap<>();

    /** {@code here} are those who have streams at this node, and {@code count} tells how many one of them has now. */
    SubjectsElsewhere(Nodes nodes, Supplier<List<Grant.Identity>> here, ToIntFunction<Grant.Identity> count) {
        this.nodes = nodes;
        this.here = here;
        this.count = count;
    }

    /** Of this subject, at all other nodes. */
    int count(Grant.Identity subject) {
        int sum = 0;
        for (Map<Grant.Identity, Integer> one : counts.values()) {
            sum += one.getOrDefault(subject, 0);
        }
        return sum;
    }

    /** So many this subject has at this node now. */
    void changed(Grant.Identity subject, int streams) {
        nodes.tell(KIND, note(subject, streams));
    }

    private static JsonObject note(Grant.Identity subject, int streams) {
        JsonObject json = new JsonObject();
        json.addProperty(ISSUER, subject.issuer());
        json.addProperty(SUBJECT, subject.subject());
        json.addProperty(COUNT, streams);
        return json;
    }

    /** Each is counted when its turn comes: a count that was made before could come behind a newer one. */
    @Override
    public Iterator<JsonObject> all() {
        Iterator<Grant.Identity> subjects = here.get().iterator();
        return new Iterator<>() {
            private boolean begun;

            @Override
            public boolean hasNext() {
                return !begun || subjects.hasNext();
            }

            @Override
            public JsonObject next() {
                if (!begun) {
                    begun = true;
                    return new JsonObject(); // what was told before counts no more
                }
                Grant.Identity subject = subjects.next();
                return note(subject, count.applyAsInt(subject));
            }
        };
    }

    @Override
    public void told(int node, JsonObject note) {
        Map<Grant.Identity, Integer> ofNode = counts.computeIfAbsent(node, n -> new ConcurrentHashMap<>());
        if (!note.has(SUBJECT)) {
            ofNode.clear();
            return;
        }
        Grant.Identity subject = new Grant.Identity(note.get(ISSUER).getAsString(), note.get(SUBJECT).getAsString());
        int streams = note.get(COUNT).getAsInt();
        if (streams > 0) {
            ofNode.put(subject, streams);
        } else {
            ofNode.remove(subject);
        }
    }

    @Override
    public void gone(int node) {
        counts.remove(node);
    }
}
