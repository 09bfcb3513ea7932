package io.rivulet.event;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Questions to other nodes of a cluster, and the answers to theirs, as notes of one kind. Nothing is kept of what they
 * say. The doors ask on any thread; the thread that hears other nodes answers, or has somebody answer soon.
 *
 * <p>A node may be dead, or stand still, and nobody knows which. So a question is over after a time, and those that
 * have not answered by then are named. Questions are bounded, for what waits for other nodes takes memory meanwhile.
 */
public final class NodeQuestions implements Nodes.Part {

    private static final long ANSWER_MS = 3_000;
    private static final int OPEN_MAX = 1_000;

    private static final String ASK = "ask";
    private static final String TO = "to";
    private static final String ANSWER = "answer";
    private static final String OF = "of";
    private static final String IS = "is";

    private final String kind;
    private final Nodes nodes;
    private final Later later;
    private final Answers answers;
    private final Map<Integer, Question> open = new HashMap<>();
    private int questions;

    /** Does something some milliseconds later. */
    public interface Later {
        /** Once. With 0 it is soon, and on another thread. */
        void after(long ms, Runnable task);
    }

    /** What this node answers. */
    public interface Answers {
        /** To this question; completed on any thread, exceptionally for no answer. */
        CompletableFuture<JsonObject> answer(JsonObject asked);
    }

    /**
     * The answer of a node.
     *
     * @param run  its number
     * @param node its name
     */
    public record Answer(int run, String node, JsonObject is) {
    }

    /**
     * What nodes have answered.
     *
     * @param silent names of those that have not
     */
    public record Heard(List<Answer> answers, List<String> silent) {
    }

    /** A question that is on its way; guarded by the outer lock. */
    private static final class Question {
        private final CompletableFuture<Heard> answer = new CompletableFuture<>();
        private final Map<Integer, String> waitsFor;
        private final Predicate<JsonObject> isEnough;
        private final List<Answer> answers = new ArrayList<>();

        Question(Map<Integer, String> whom, Predicate<JsonObject> isEnough) {
            waitsFor = new HashMap<>(whom);
            this.isEnough = isEnough;
        }

        Heard heard() {
            return new Heard(answers, List.copyOf(new TreeSet<>(waitsFor.values())));
        }
    }

    /** Notes of this kind are its own; {@code answers} are this node's. */
    public NodeQuestions(String kind, Nodes nodes, Later later, Answers answers) {
        this.kind = kind;
        this.nodes = nodes;
        this.later = later;
        this.answers = answers;
    }

    // ---- the doors

    /** Asks all other nodes. Completed within some seconds. */
    public CompletableFuture<Heard> ask(JsonObject question) {
        return ask(question, nodes.others(), answer -> false);
    }

    /**
     * Asks these nodes; one that is enough ends it.
     *
     * @throws Refused OVERLOADED when too many questions wait
     */
    public CompletableFuture<Heard> ask(JsonObject question, Map<Integer, String> whom,
                                        Predicate<JsonObject> isEnough) {
        if (whom.isEmpty()) {
            return CompletableFuture.completedFuture(new Heard(List.of(), List.of()));
        }
        Question asked = new Question(whom, isEnough);
        int number;
        synchronized (this) {
            if (open.size() >= OPEN_MAX) {
                throw Refused.because(Refused.Reason.OVERLOADED, open.size() + " questions to other nodes wait for "
                    + "an answer, the most that may");
            }
            number = ++questions;
            open.put(number, asked);
        }
        boolean isAsked = false;
        try {
            later.after(ANSWER_MS, () -> end(number));
            JsonArray to = new JsonArray();
            whom.keySet().forEach(to::add);
            question.addProperty(ASK, number);
            question.add(TO, to);
            nodes.tell(kind, question);
            isAsked = true;
        } finally {
            if (!isAsked) {
                end(number);
            }
        }
        return asked.answer;
    }

    /** Whoever has not answered by now is named. */
    private void end(int number) {
        Question question;
        Heard heard;
        synchronized (this) {
            question = open.remove(number);
            heard = question == null ? null : question.heard();
        }
        if (heard != null) {
            question.answer.complete(heard);
        }
    }

    // ---- the cluster

    @Override
    public void told(int node, JsonObject note) {
        if (note.has(ASK)) {
            if (note.getAsJsonArray(TO).contains(new JsonPrimitive(nodes.self()))) {
                answer(node, note);
            }
        } else if (note.get(OF).getAsInt() == nodes.self()) {
            answered(node, note.get(ANSWER).getAsInt(), note.getAsJsonObject(IS));
        }
    }

    private void answer(int node, JsonObject asked) {
        try {
            answers.answer(asked).thenAccept(is -> answer(node, asked.get(ASK), is));
        } catch (Refused e) {
            // this hub closes, or has too much to do: it is named among the silent
        }
    }

    private void answer(int node, JsonElement number, JsonObject is) {
        JsonObject note = new JsonObject();
        note.add(ANSWER, number);
        note.addProperty(OF, node);
        note.add(IS, is);
        nodes.tell(kind, note);
    }

    private void answered(int node, int number, JsonObject is) {
        boolean isLast;
        synchronized (this) {
            Question question = open.get(number);
            String name = question == null ? null : question.waitsFor.remove(node);
            if (name == null) {
                return; // it comes too late, or twice
            }
            question.answers.add(new Answer(node, name, is));
            isLast = question.waitsFor.isEmpty() || question.isEnough.test(is);
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
