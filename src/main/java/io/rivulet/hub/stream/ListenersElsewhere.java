package io.rivulet.hub.stream;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * How many streams of the other nodes of a cluster would get an event of a topic. Nothing is kept of it: whoever wants
 * to know asks. The doors ask on any thread, and so does who waits until nobody hears a topic.
 *
 * <p>Everybody may ask, as often as they like. So few questions are under way at a time, and whoever comes meanwhile is
 * in the next one, which is for the topics of many.
 */
public final class ListenersElsewhere implements Nodes.Part {

    static final String KIND = "listeners";
    private static final int UNDER_WAY_MAX = 4;
    private static final int WAITING_MAX = 1_000;
    /** The topics of a question end with the one that reaches so many. */
    private static final int CHARS = 64 << 10;

    private static final String TOPICS = "topics";
    private static final String COUNTS = "counts";

    /**
     * What the other nodes have said.
     *
     * @param byTopic streams by topic, of all that have answered
     * @param silent  names of those that have not; null in a hub alone
     */
    public record Counted(Map<String, Integer> byTopic, List<String> silent) {

        /** There is no other node. */
        public static final Counted ALONE = new Counted(Map.of(), null);

        private Counted and(Counted others) {
            Map<String, Integer> all = new HashMap<>(byTopic);
            all.putAll(others.byTopic);
            return new Counted(all,
                Stream.concat(silent.stream(), others.silent.stream()).distinct().sorted().toList());
        }

        /** Of this topic. */
        public int of(String topic) {
            return byTopic.getOrDefault(topic, 0);
        }
    }

    private record Asked(List<String> topics, CompletableFuture<Counted> answer) {
    }

    /** Less than 0 while it has not found out. */
    private final ToIntFunction<String> here;
    private final NodeQuestions questions;
    private final NodeQuestions.Later later;
    /** Guarded by this, as the number. */
    private final Deque<Asked> waiting = new ArrayDeque<>();
    private int underWay;

    ListenersElsewhere(ToIntFunction<String> here, Nodes nodes, NodeQuestions.Later later) {
        this.here = here;
        this.later = later;
        questions = new NodeQuestions(KIND, nodes, later, this::answer);
    }

    /**
     * Of these topics. Completed within some seconds.
     *
     * @throws Refused OVERLOADED when too many ask
     */
    public CompletableFuture<Counted> count(List<String> topics) {
        int chars = 0;
        int most = 0;
        while (most < topics.size() && chars < CHARS) {
            chars += topics.get(most++).length();
        }
        CompletableFuture<Counted> first = wait(topics.subList(0, most));
        return most == topics.size() ? first
            : first.thenCombine(count(topics.subList(most, topics.size())), Counted::and);
    }

    private CompletableFuture<Counted> wait(List<String> topics) {
        Asked asked = new Asked(topics, new CompletableFuture<>());
        synchronized (this) {
            if (waiting.size() >= WAITING_MAX) {
                throw Refused.because(Reason.OVERLOADED, waiting.size() + " requests wait for what other nodes say of "
                    + "listeners, the most that may");
            }
            waiting.add(asked);
        }
        askOn();
        return asked.answer();
    }

    /** Whether a stream of theirs would get an event of this topic; true as well while one of them does not answer. */
    public CompletableFuture<Boolean> isHeard(String topic) {
        return count(List.of(topic)).thenApply(counted -> counted.of(topic) > 0 || !counted.silent().isEmpty());
    }

    private void askOn() {
        List<Asked> together = new ArrayList<>();
        Set<String> topics = new LinkedHashSet<>();
        synchronized (this) {
            if (waiting.isEmpty() || underWay >= UNDER_WAY_MAX) {
                return;
            }
            underWay++;
            long chars = 0;
            while (!waiting.isEmpty() && chars < CHARS) {
                Asked next = waiting.poll();
                together.add(next);
                topics.addAll(next.topics());
                chars += next.topics().stream().mapToInt(String::length).sum();
            }
        }
        CompletableFuture<NodeQuestions.Heard> heard;
        try {
            JsonObject question = new JsonObject();
            question.add(TOPICS, ConnectionDocument.texts(List.copyOf(topics)));
            heard = questions.ask(question);
        } catch (RuntimeException e) {
            heard = CompletableFuture.failedFuture(e);
        }
        heard.whenComplete((said, failure) -> {
            synchronized (this) {
                underWay--;
            }
            Counted counted = failure == null ? counted(topics, said) : null;
            together.forEach(one -> {
                if (counted != null) {
                    one.answer().complete(counted);
                } else {
                    one.answer().completeExceptionally(failure);
                }
            });
            askOn();
        });
    }

    private static Counted counted(Set<String> topics, NodeQuestions.Heard heard) {
        Map<String, Integer> sums = new HashMap<>();
        for (NodeQuestions.Answer answer : heard.answers()) {
            Iterator<String> topic = topics.iterator();
            answer.is().getAsJsonArray(COUNTS).forEach(count -> sums.merge(topic.next(), count.getAsInt(),
                Integer::sum));
        }
        return new Counted(sums, heard.silent());
    }

    // ---- the cluster

    /**
     * On the thread of the alarms, which serves all: each topic is tried on the patterns of all streams, so one topic
     * is one task, or several.
     */
    private CompletableFuture<JsonObject> answer(JsonObject asked) {
        JsonObject is = new JsonObject();
        is.add(COUNTS, new JsonArray());
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        count(asked.getAsJsonArray(TOPICS), is, answer);
        return answer;
    }

    private void count(JsonArray topics, JsonObject is, CompletableFuture<JsonObject> answer) {
        JsonArray counts = is.getAsJsonArray(COUNTS);
        if (counts.size() == topics.size()) {
            answer.complete(is);
            return;
        }
        later.after(0, () -> {
            int streams = here.applyAsInt(topics.get(counts.size()).getAsString());
            if (streams >= 0) {
                counts.add(streams);
            }
            count(topics, is, answer);
        });
    }

    @Override
    public void told(int node, JsonObject note) {
        questions.told(node, note);
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
