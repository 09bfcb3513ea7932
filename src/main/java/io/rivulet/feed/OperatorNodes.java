package io.rivulet.feed;

import com.google.gson.JsonObject;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.refusal.Refused;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What operators see of the other nodes of a cluster. A node makes such a document when another one asks for it, once
 * for each, so what nodes tell each other is bounded by the pace of the topics and by how many are named ({@link
 * OperatorFeed#BELOW_MAX}). The thread {@code rivulet-feed} asks.
 */
final class OperatorNodes {

    private static final String KIND = "operators";
    private static final String WHAT = "what";

    private final Map<String, Supplier<CompletableFuture<JsonObject>>> here;
    private final Nodes nodes;
    private final NodeQuestions questions;
    private final NodeQuestions.Later later;

    /** Of these nodes; {@code here} are the documents of this one by their topics. */
    OperatorNodes(Map<String, Supplier<CompletableFuture<JsonObject>>> here, Nodes nodes, NodeQuestions.Later later) {
        this.here = here;
        this.nodes = nodes;
        this.later = later;
        questions = new NodeQuestions(KIND, nodes, later, this::answer);
        nodes.join(KIND, questions);
    }

    /** Says in a document that it is of this node. */
    void sign(JsonObject json) {
        json.addProperty("node", nodes.name());
        json.addProperty("run", nodes.self());
    }

    /**
     * The document of this topic of the node of that run, which may be this one.
     *
     * @return with a state alone where there is no such node, or it does not answer
     */
    CompletableFuture<JsonObject> ask(String topic, int run) {
        if (run == nodes.self()) {
            return here.get(topic).get();
        }
        String node = nodes.others().get(run);
        JsonObject question = new JsonObject();
        question.addProperty(WHAT, topic);
        return node == null ? CompletableFuture.completedFuture(without(run, "gone"))
            : questions.ask(question, Map.of(run, node), is -> true).thenApply(heard -> !heard.answers().isEmpty()
                ? heard.answers().get(0).is() : without(run, heard.silent().isEmpty() ? "gone" : "silent"));
    }

    private static JsonObject without(int run, String state) {
        JsonObject json = new JsonObject();
        json.addProperty("run", run);
        json.addProperty("state", state);
        return json;
    }

    /** On another thread: to look at all streams takes its time. */
    private CompletableFuture<JsonObject> answer(JsonObject asked) {
        Supplier<CompletableFuture<JsonObject>> document = here.get(asked.get(WHAT).getAsString());
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        if (document != null) { // else a later version asks for more
            later.after(0, () -> {
                try {
                    document.get().thenAccept(answer::complete);
                } catch (Refused e) {
                    answer.completeExceptionally(e); // this hub opens, closes or is full; the next question is soon
                }
            });
        }
        return answer;
    }
}
