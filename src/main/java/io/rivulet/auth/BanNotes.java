package io.rivulet.auth;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.rivulet.event.Nodes;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What the nodes of a cluster tell each other of {@link Bans}, some at a time. The bans tell changes, whoever hears
 * other nodes has theirs noted.
 */
public final class BanNotes implements Nodes.Part {

    private static final String KIND = "bans";
    private static final int TOGETHER = 100;
    private static final Gson GSON = new Gson();

    private final Bans bans;
    private final Nodes nodes;
    private final Runnable endBanned;

    private BanNotes(Bans bans, Nodes nodes, Runnable endBanned) {
        this.bans = bans;
        this.nodes = nodes;
        this.endBanned = endBanned;
    }

    /** Bans are those of all nodes from now on; {@code endBanned} ends the streams of those who are banned then. */
    public static void share(Bans bans, Nodes nodes, Runnable endBanned) {
        BanNotes notes = new BanNotes(bans, nodes, endBanned);
        bans.tell(notes::made);
        nodes.join(KIND, notes);
    }

    /** These were made or lifted here. */
    private void made(List<Ban> changes) {
        nodes.tell(KIND, note(changes));
    }

    private static JsonObject note(List<Ban> changes) {
        JsonObject json = new JsonObject();
        json.add(KIND, GSON.toJsonTree(changes));
        return json;
    }

    /** A list that was made a moment ago does no harm: what was said later counts, in whatever order it comes. */
    @Override
    public Iterator<JsonObject> all() {
        List<Ban> all = bans.all();
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < all.size();
            }

            @Override
            public JsonObject next() {
                int from = at;
                at = Math.min(all.size(), from + TOGETHER);
                return note(all.subList(from, at));
            }
        };
    }

    @Override
    public void told(int node, JsonObject note) {
        if (bans.heard(Arrays.asList(GSON.fromJson(note.get(KIND), Ban[].class)))) {
            endBanned.run();
        }
    }

    @Override
    public void gone(int node) {
        // what it said holds
    }
}
