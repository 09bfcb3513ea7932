package io.rivulet.event;

import com.google.gson.JsonObject;
import java.util.Iterator;
import java.util.Map;

/**
 * What the nodes of a cluster tell each other beside events: who is subscribed, who is banned. The cluster is one, and
 * a hub alone has {@link #ALONE}, which costs nothing. It is an interface down here so that the parts of a hub that
 * tell know nothing of engines. Any thread.
 *
 * <p>Notes reach all nodes in one order, and none twice, as long as nothing is lost. Something may be: an engine that
 * crashed, or a node that stood still for too long. So each part can tell all of it again, and telling twice does no
 * harm.
 */
public interface Nodes {

    /** There is no other node. */
    Nodes ALONE = new Nodes() {
        @Override
        public void join(String kind, Part part) {
            // nobody tells anything
        }

        @Override
        public void tell(String kind, JsonObject note) {
            // nobody hears it
        }

        @Override
        public Map<Integer, String> others() {
            return Map.of();
        }

        @Override
        public int self() {
            return 0;
        }

        @Override
        public String name() {
            return "";
        }
    };

    /** What notes of one kind are about. Its methods are called by one thread at a time, and must not wait. */
    interface Part {

        /** Another node has told this. */
        void told(int node, JsonObject note);

        /** That node is gone: what it has told of itself holds no more. It may come back. */
        void gone(int node);

        /** Notes that tell all of it, made while they are asked for. */
        Iterator<JsonObject> all();
    }

    /** From now on this part gets the notes of this kind; before the first node is heard. */
    void join(String kind, Part part);

    /** Tells all other nodes. Where they cannot be reached it is told later, at worst as a part of {@link Part#all}. */
    void tell(String kind, JsonObject note);

    /** The names of the other nodes that are known to run. */
    Map<Integer, String> others();

    /** By which number the others know this one. */
    int self();

    /** What this one is called. */
    String name();
}
