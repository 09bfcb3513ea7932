package io.rivulet.hub.publish;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.event.Nodes;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much subjects publish at the other nodes of a cluster: those who publish much, as each node has told it last.
 * {@link PublishRates} tells some times a minute, and asks for each publish, on any thread; the thread that hears other
 * nodes notes what they tell.
 */
final class RatesElsewhere implements Nodes.Part {

    private static final String KIND = "rates";
    private static final String SPENT = "spent";

    /** A subject that publishes so many events a second. */
    record Spending(Grant.Identity who, long perSecond) {
    }

    private final Nodes nodes;
    private final Map<Integer, Map<Grant.Identity, Long>> told = new ConcurrentHashMap<>();
    private boolean saidNothing = true;
    /** Of all nodes: asked for by each publish, so it is not counted each time. */
    private volatile int count = 1;

    RatesElsewhere(Nodes nodes) {
        this.nodes = nodes;
        nodes.join(KIND, this);
    }

    /** How many nodes there are. */
    int nodes() {
        return count;
    }

    /** Events a second of this subject at all other nodes. */
    long of(Grant.Identity who) {
        if (told.isEmpty()) {
            return 0;
        }
        long sum = 0;
        for (Map<Grant.Identity, Long> one : told.values()) {
            sum += one.getOrDefault(who, 0L);
        }
        return sum;
    }

    /** This is all that subjects spend here now; one thread at a time. */
    void tell(List<Spending> spending) {
        count = nodes.others().size() + 1;
        if (spending.isEmpty() && saidNothing) {
            return;
        }
        saidNothing = spending.isEmpty();
        JsonArray all = new JsonArray();
        for (Spending one : spending) {
            all.add(one.who().issuer());
            all.add(one.who().subject());
            all.add(one.perSecond());
        }
        JsonObject note = new JsonObject();
        note.add(SPENT, all);
        nodes.tell(KIND, note);
    }

    @Override
    public void told(int node, JsonObject note) {
        JsonArray all = note.getAsJsonArray(SPENT);
        Map<Grant.Identity, Long> spending = new HashMap<>();
        for (int i = 0; i + 2 < all.size(); i += 3) {
            spending.put(new Grant.Identity(all.get(i).getAsString(), all.get(i + 1).getAsString()),
                all.get(i + 2).getAsLong());
        }
        if (spending.isEmpty()) {
            told.remove(node);
        } else {
            told.put(node, spending);
        }
    }

    @Override
    public void gone(int node) {
        told.remove(node);
    }

    /** Nothing: it is told anew in a moment. */
    @Override
    public Iterator<JsonObject> all() {
        return Collections.emptyIterator();
    }
}
