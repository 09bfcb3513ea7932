package io.rivulet.hub.presence;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.rivulet.event.Nodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the nodes of a cluster tell each other of active subscriptions. The shards tell those of this node, the thread
 * that hears other nodes has theirs put into the list of {@link Presence}, which tells them like its own.
 *
 * <p>All of them may be told again at any time, between two marks. Those of that node that were not among them have
 * ended meanwhile, and the note of it was lost.
 */
public final class PresenceNotes implements Nodes.Part {

    private static final String KIND = "presence";
    private static final String ON = "on";
    private static final String OFF = "off";
    private static final String ALL = "all";
    private static final String BEGIN = "begin";
    private static final String END = "end";

    private final Presence presence;
    private final Nodes nodes;
    private final Map<Integer, Told> others = new HashMap<>();

    /** What one node has told; {@code again} are those that it has told since it began to tell all, else null. */
    private static final class Told {
        private final Map<String, Registration> bySubscriber = new HashMap<>();
        private Set<String> again;
    }

    private PresenceNotes(Presence presence, Nodes nodes) {
        this.presence = presence;
        this.nodes = nodes;
    }

    /** Subscriptions at these nodes are in the list from now on, and their changes are told here as well. */
    public static void share(Presence presence, Nodes nodes) {
        if (presence.isOn()) {
            PresenceNotes notes = new PresenceNotes(presence, nodes);
            presence.tell(notes::changed);
            nodes.join(KIND, notes);
        }
    }

    // ---- the shards

    private void changed(Registration one) {
        nodes.tell(KIND, one.over ? note(OFF, new JsonPrimitive(one.subscriber)) : on(one));
    }

    private static JsonObject note(String what, JsonElement value) {
        JsonObject json = new JsonObject();
        json.add(what, value);
        return json;
    }

    private static JsonObject on(Registration one) {
        JsonArray subscriptions = new JsonArray();
        for (int i = 0; i < one.size(); i++) {
            ActiveSubscription of = one.get(i);
            JsonArray texts = new JsonArray();
            texts.add(of.type());
            texts.add(of.text());
            texts.add(of.payload());
            subscriptions.add(texts);
        }
        JsonObject json = note(ON, subscriptions);
        json.addProperty("of", one.subscriber);
        return json;
    }

    // ---- the cluster

    /**
     * One after the other, each looked at when its turn comes. T1 (who tells) makes the note of a connection. T2 (its
     * shard) ends it and tells that. With notes that were made beforehand T1's could come behind T2's, and others would
     * list the connection for ever.
     */
    @Override
    public Iterator<JsonObject> all() {
        Iterator<JsonObject> here = presence.registered().stream().filter(one -> one.isHere() && !one.over)
            .map(PresenceNotes::on).iterator();
        return new Iterator<>() {
            private boolean begun;
            private boolean ended;

            @Override
            public boolean hasNext() {
                return !ended;
            }

            @Override
            public JsonObject next() {
                if (begun && here.hasNext()) {
                    return here.next();
                }
                ended = begun;
                JsonObject mark = note(ALL, new JsonPrimitive(begun ? END : BEGIN));
                begun = true;
                return mark;
            }
        };
    }

    @Override
    public void told(int node, JsonObject note) {
        Told told = others.computeIfAbsent(node, n -> new Told());
        if (note.has(ON)) {
            began(told, note.get("of").getAsString(), note.getAsJsonArray(ON));
        } else if (note.has(OFF)) {
            ended(told, note.get(OFF).getAsString());
        } else if (note.get(ALL).getAsString().equals(BEGIN)) {
            told.again = new HashSet<>();
        } else if (told.again != null) {
            List.copyOf(told.bySubscriber.keySet()).stream().filter(one -> !told.again.contains(one))
                .forEach(one -> ended(told, one));
            told.again = null;
        }
    }

    private void began(Told told, String subscriber, JsonArray subscriptions) {
        if (told.again != null) {
            told.again.add(subscriber);
        }
        if (told.bySubscriber.containsKey(subscriber)) {
            return; // told again
        }
        List<ActiveSubscription> all = new ArrayList<>();
        for (JsonElement one : subscriptions) {
            JsonArray texts = one.getAsJsonArray();
            all.add(new ActiveSubscription(subscriber, texts.get(0).getAsString(), texts.get(1).getAsString(),
                texts.get(2).isJsonNull() ? null : texts.get(2).getAsString()));
        }
        Registration registration = new Registration(subscriber, List.copyOf(all));
        told.bySubscriber.put(subscriber, registration);
        presence.beganElsewhere(registration);
    }

    private void ended(Told told, String subscriber) {
        Registration registration = told.bySubscriber.remove(subscriber);
        if (registration != null) {
            presence.endedElsewhere(registration);
        }
    }

    @Override
    public void gone(int node) {
        Told told = others.remove(node);
        if (told != null) {
            told.bySubscriber.values().forEach(presence::endedElsewhere);
        }
    }
}
