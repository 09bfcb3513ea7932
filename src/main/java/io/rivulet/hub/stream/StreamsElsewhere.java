package io.rivulet.hub.stream;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The open streams of the other nodes of a cluster, for operators. Nothing is kept of them: whoever wants to see them
 * asks, each node answers with those that have been open for longest, and one that does not answer in time is named
 * instead ({@link NodeQuestions}).
 */
public final class StreamsElsewhere implements Nodes.Part {

    static final String KIND = "streams";
    /** In an answer to another node, which keeps it in memory. */
    private static final int ANSWER_CHARS_MAX = 512 << 10;

    private static final String CLOSE = "close";
    private static final String NAME = "name";
    private static final String MOST = "most";
    private static final String TOTAL = "total";

    /**
     * What the other nodes have answered.
     *
     * @param streams as {@link ConnectionDocument} has them, with the node
     * @param total   how many they have
     * @param silent  names of nodes that have not answered
     */
    public record Found(List<JsonObject> streams, int total, List<String> silent) {

        /** Nobody was asked. */
        public static final Found NOTHING = new Found(List.of(), 0, List.of());

        /** Characters of all of them, about. */
        public long chars() {
            return streams.stream().mapToLong(one -> one.toString().length()).sum();
        }
    }

    /** The streams of this node; see {@link Connections}, which has them. */
    interface Here {
        Optional<Connection> find(String connection);

        List<Connection> oldest(int most);

        int open();

        CompletableFuture<Map<String, Lag>> lags(Collection<String> wanted);

        boolean close(String connection);
    }

    private final Here connections;
    private final Nodes nodes;
    private final NodeQuestions questions;

    StreamsElsewhere(Here connections, Nodes nodes, NodeQuestions.Later later) {
        this.connections = connections;
        this.nodes = nodes;
        questions = new NodeQuestions(KIND, nodes, later, this::answer);
    }

    // ---- the doors

    /** A stream of this node as the other nodes would show it. */
    public JsonObject here(Connection one, Lag lag) {
        JsonObject document = ConnectionDocument.of(one, lag);
        document.addProperty("node", nodes.name());
        document.addProperty("run", nodes.self());
        return document;
    }

    /** The streams of the other nodes; of each so many at most. Completed within some seconds. */
    public CompletableFuture<Found> oldest(int most) {
        JsonObject note = new JsonObject();
        note.addProperty(MOST, most);
        return questions.ask(note).thenApply(StreamsElsewhere::found);
    }

    /** The stream of this name; of none where no other node has it. */
    public CompletableFuture<Found> find(String name) {
        JsonObject note = new JsonObject();
        note.addProperty(NAME, name);
        return questions.ask(note, nodes.others(), answer -> answer.get(TOTAL).getAsInt() > 0)
            .thenApply(StreamsElsewhere::found);
    }

    private static Found found(NodeQuestions.Heard heard) {
        List<JsonObject> streams = new ArrayList<>();
        int total = 0;
        for (NodeQuestions.Answer answer : heard.answers()) {
            for (JsonElement one : answer.is().getAsJsonArray(KIND)) {
                JsonObject document = one.getAsJsonObject();
                document.addProperty("node", answer.node());
                document.addProperty("run", answer.run());
                streams.add(document);
            }
            total += answer.is().get(TOTAL).getAsInt();
        }
        return new Found(streams, total, heard.silent());
    }

    /** Ends the stream of this name, whichever node has it. */
    public void close(String name) {
        JsonObject note = new JsonObject();
        note.addProperty(CLOSE, name);
        nodes.tell(KIND, note);
    }

    // ---- the cluster

    @Override
    public void told(int node, JsonObject note) {
        if (note.has(CLOSE)) {
            connections.close(note.get(CLOSE).getAsString());
        } else {
            questions.told(node, note);
        }
    }

    private CompletableFuture<JsonObject> answer(JsonObject asked) {
        List<Connection> streams = asked.has(NAME)
            ? connections.find(asked.get(NAME).getAsString()).map(List::of).orElse(List.of())
            : connections.oldest(asked.get(MOST).getAsInt());
        int total = asked.has(NAME) ? streams.size() : connections.open();
        return connections.lags(streams.stream().map(Connection::connection).toList()).thenApply(lags -> {
            JsonArray documents = new JsonArray();
            int chars = 0;
            for (Connection one : streams) {
                JsonObject document = ConnectionDocument.of(one, lags.get(one.connection()));
                chars += document.toString().length();
                if (chars > ANSWER_CHARS_MAX) {
                    break; // the total tells that there are more
                }
                documents.add(document);
            }
            JsonObject answer = new JsonObject();
            answer.addProperty(TOTAL, total);
            answer.add(KIND, documents);
            return answer;
        });
    }

    @Override
    public void gone(int node) {
        questions.gone(node);
    }

    /** Nothing: each question is answered for itself. */
    @Override
    public Iterator<JsonObject> all() {
        return questions.all();
    }
}
