package io.rivulet.hub.stream;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rivulet.event.Nodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The open streams of the other nodes of a cluster, for operators. Nothing is kept of them: whoever wants to see them
 * asks, each node answers with those that have been open for longest, and one that does not answer in time is named
 * instead. The doors ask on any thread; the thread that hears other nodes answers.
 */
public final class StreamsElsewhere implements Nodes.Part {

    static final String KIND = "streams";
    /** In an answer to another node, which keeps it in memory. */
    private static final int ANSWER_CHARS_MAX = 512 << 10;
    private static final long ANSWER_MS = 3_000;

    private static final String ASK = "ask";
    private static final String ANSWER = "answer";
    private static final String CLOSE = "close";
    private static final String NAME = "name";
    private static final String OF = "of";
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

    /** Does something some milliseconds later. */
    public interface Later {
        /** Once. */
        void after(long ms, Runnable task);
    }

    private final Here connections;
    private final Nodes nodes;
    private final Later later;
    private final Map<Integer, Question> open = new HashMap<>();
    private int questions;

    /** A question that is on its way; guarded by this class's lock. */
    private static final class Question {
        private final CompletableFuture<Found> answer = new CompletableFuture<>();
        private final Map<Integer, String> waitsFor;
        private final List<JsonObject> streams = new ArrayList<>();
        private int total;

        Question(Map<Integer, String> waitsFor) {
            this.waitsFor = new HashMap<>(waitsFor);
        }

        Found found() {
            return new Found(streams, total, List.copyOf(new TreeSet<>(waitsFor.values())));
        }
    }

    StreamsElsewhere(Here connections, Nodes nodes, Later later) {
        this.connections = connections;
        this.nodes = nodes;
        this.later = later;
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
        note.addProperty("most", most);
        return ask(note);
    }

    /** The stream of this name; of none where no other node has it. */
    public CompletableFuture<Found> find(String name) {
        JsonObject note = new JsonObject();
        note.addProperty(NAME, name);
        return ask(note);
    }

    /** Ends the stream of this name, whichever node has it. */
    public void close(String name) {
        JsonObject note = new JsonObject();
        note.addProperty(CLOSE, name);
        nodes.tell(KIND, note);
    }

    private CompletableFuture<Found> ask(JsonObject note) {
        Map<Integer, String> others = nodes.others();
        if (others.isEmpty()) {
            return CompletableFuture.completedFuture(Found.NOTHING);
        }
        Question question = new Question(others);
        int number;
        synchronized (this) {
            number = ++questions;
            open.put(number, question);
        }
        note.addProperty(ASK, number);
        nodes.tell(KIND, note);
        later.after(ANSWER_MS, () -> end(number));
        return question.answer;
    }

    /** Whoever has not answered by now is named. */
    private void end(int number) {
        Question question;
        Found found;
        synchronized (this) {
            question = open.remove(number);
            found = question == null ? null : question.found();
        }
        if (found != null) {
            question.answer.complete(found);
        }
    }

    // ---- the cluster

    @Override
    public void told(int node, JsonObject note) {
        if (note.has(ASK)) {
            answer(node, note);
        } else if (note.has(ANSWER)) {
            if (note.get(OF).getAsInt() == nodes.self()) {
                answered(node, note);
            }
        } else if (note.has(CLOSE)) {
            connections.close(note.get(CLOSE).getAsString());
        }
    }

    private void answer(int node, JsonObject asked) {
        List<Connection> streams = asked.has(NAME)
            ? connections.find(asked.get(NAME).getAsString()).map(List::of).orElse(List.of())
            : connections.oldest(asked.get("most").getAsInt());
        int total = asked.has(NAME) ? streams.size() : connections.open();
        connections.lags(streams.stream().map(Connection::connection).toList()).thenAccept(lags -> {
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
            JsonObject note = new JsonObject();
            note.addProperty(ANSWER, asked.get(ASK).getAsInt());
            note.addProperty(OF, node);
            note.addProperty(TOTAL, total);
            note.add(KIND, documents);
            nodes.tell(KIND, note);
        });
    }

    private void answered(int node, JsonObject note) {
        int number = note.get(ANSWER).getAsInt();
        boolean isLast;
        synchronized (this) {
            Question question = open.get(number);
            String name = question == null ? null : question.waitsFor.remove(node);
            if (name == null) {
                return; // it comes too late, or twice
            }
            for (JsonElement one : note.getAsJsonArray(KIND)) {
                JsonObject document = one.getAsJsonObject();
                document.addProperty("node", name);
                document.addProperty("run", node);
                question.streams.add(document);
            }
            question.total += note.get(TOTAL).getAsInt();
            isLast = question.waitsFor.isEmpty();
        }
        if (isLast) {
            end(number);
        }
    }

    @Override
    public void gone(int node) {
        Set<Integer> done = new TreeSet<>();
        synchronized (this) {
            open.forEach((number, question) -> {
                if (question.waitsFor.remove(node) != null && question.waitsFor.isEmpty()) {
                    done.add(number);
                }
            });
        }
        done.forEach(this::end);
    }

    /** Nothing: each question is answered for itself. */
    @Override
    public Iterator<JsonObject> all() {
        return Collections.emptyIterator();
    }
}
