package io.rivulet.hub.stream;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantNote;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * What owners of streams ask of the node that a balancer chose for them, and another node does, which has the stream.
 * The name of the stream tells which node that is. The doors ask, on any thread; the node that has the stream does it
 * as if it had been asked itself, and its answer is the answer.
 *
 * <p>The secret stays here: another node is told what proves that it was shown ({@link StreamNames#proof}).
 */
public final class OwnersElsewhere implements Nodes.Part {

    static final String KIND = "owners";
    static final String NOBODY = "no connection has this name and this secret";
    /** Wishes for one stream that are under way at the same time. */
    private static final int OF_ONE_MAX = 8;
    /** So many nodes may begin before this one hears of the first. */
    private static final int BEGINNING_MAX = 64;
    /** So long a node that has begun may not know yet which others there are. */
    private static final long BEGINNING_NS = TimeUnit.SECONDS.toNanos(10);

    private static final String NAME = "name";
    private static final String PROOF = "proof";
    private static final String GRANT = "grant";
    private static final String WISH = "wish";
    private static final String RENEW = "renew";
    private static final String CHANGE = "change";
    private static final String CLOSE = "close";
    private static final String ADD = "add";
    private static final String REMOVE = "remove";
    private static final String PEER = "peer";
    private static final String TOPICS = "topics";
    private static final String REFUSED = "refused";
    private static final String BECAUSE = "because";

    /** The streams of this node; see {@link Connections}, which has them. */
    interface Here {
        CompletableFuture<Void> renew(String connection, String secret, Grant fresh);

        CompletableFuture<TopicSelection> change(String connection, String secret, Grant caller,
                                                 UnaryOperator<TopicSelection> wish);

        boolean closeOwn(String connection, String secret, Grant caller);
    }

    /** Makes a change of topics of what people write; it may compile patterns. */
    public interface Wishes {
        /** Adds these and removes those, for the client at this address; throws {@link Refused}. */
        UnaryOperator<TopicSelection> of(List<String> add, List<String> remove, String peer);
    }

    private final Here connections;
    private final StreamNames names;
    private final Nodes nodes;
    private final TopicSpace topics;
    private final NodeQuestions questions;
    private final NodeQuestions.Later later;
    private final LongSupplier nanos;
    /** By stream; guarded by itself. */
    private final Map<String, Integer> underWay = new HashMap<>();
    private volatile long begunNs;
    private volatile Wishes wishes = (add, remove, peer) -> {
        throw Refused.because(Reason.NOT_OPEN, "the doors of this node are not open yet");
    };

    OwnersElsewhere(Here connections, StreamNames names, Nodes nodes, TopicSpace topics, NodeQuestions.Later later,
                    LongSupplier nanos) {
        this.connections = connections;
        this.names = names;
        this.nodes = nodes;
        this.topics = topics;
        this.later = later;
        this.nanos = nanos;
        questions = new NodeQuestions(KIND, nodes, later, this::answer);
        begunNs = nanos.getAsLong();
    }

    /** How this node reads the topics that owners elsewhere wish for. */
    public void wishes(Wishes some) {
        wishes = some;
    }

    /** A log is open from now on, and others may have streams. */
    void begun() {
        begunNs = nanos.getAsLong();
    }

    // ---- the doors

    /**
     * Whether another node may have the stream of this name; else it is this node's or nobody's.
     *
     * @throws Refused NOT_OPEN while this node does not know yet whether there is such a node
     */
    public boolean mayHave(String connection) {
        StreamNames.Name name = StreamNames.Name.of(connection);
        int run = name == null ? 0 : names.runOf(name);
        Map<Integer, String> others = nodes.others();
        if (name == null || run == nodes.self() && run != 0 || others.containsKey(run)) {
            return name != null && run != nodes.self();
        }
        if (nodes.self() == 0 || nanos.getAsLong() - begunNs < BEGINNING_NS) {
            throw Refused.because(Reason.NOT_OPEN, "this node has just begun, and does not know all others yet; one of "
                + "them may have this connection");
        }
        int newest = others.keySet().stream().reduce(nodes.self(), Math::max);
        if (run > newest && run - newest <= BEGINNING_MAX) {
            throw Refused.because(Reason.NOT_OPEN, "a node that has just begun has this connection, and is not known "
                + "here yet");
        }
        return false;
    }

    /** As {@link Connections#renew}. */
    public CompletableFuture<Void> renew(String connection, String secret, Grant fresh) {
        return ask(RENEW, connection, secret, fresh, new JsonObject()).thenApply(done -> null);
    }

    /** As {@link Connections#change}: all topics that the stream has then, as texts. */
    public CompletableFuture<List<String>> change(String connection, String secret, Grant caller, List<String> add,
                                                  List<String> remove, String peer) {
        JsonObject wish = new JsonObject();
        wish.add(ADD, ConnectionDocument.texts(add));
        wish.add(REMOVE, ConnectionDocument.texts(remove));
        wish.addProperty(PEER, peer);
        return ask(CHANGE, connection, secret, caller, wish).thenApply(done -> texts(done.getAsJsonArray(TOPICS)));
    }

    /** As {@link Connections#closeOwn}; fails with NOT_FOUND. */
    public CompletableFuture<Void> close(String connection, String secret, Grant caller) {
        return ask(CLOSE, connection, secret, caller, new JsonObject()).thenApply(done -> null);
    }

    private static List<String> texts(JsonArray of) {
        List<String> texts = new ArrayList<>(of.size());
        of.forEach(one -> texts.add(one.getAsString()));
        return texts;
    }

    private CompletableFuture<JsonObject> ask(String wish, String connection, String secret, Grant grant,
                                              JsonObject note) {
        int run = names.runOf(StreamNames.Name.of(connection));
        String node = nodes.others().get(run);
        if (node == null) {
            return CompletableFuture.failedFuture(nobody());
        }
        note.addProperty(WISH, wish);
        note.addProperty(NAME, connection);
        note.addProperty(PROOF, StreamNames.proof(connection, secret == null ? "" : secret));
        note.add(GRANT, GrantNote.of(grant));
        enter(connection);
        CompletableFuture<NodeQuestions.Heard> heard = null;
        try {
            heard = questions.ask(note, Map.of(run, node), answer -> true);
        } finally {
            if (heard == null) {
                leave(connection);
            }
        }
        return heard.whenComplete((is, failure) -> leave(connection)).thenApply(OwnersElsewhere::answered);
    }

    private void enter(String connection) {
        synchronized (underWay) {
            int now = underWay.getOrDefault(connection, 0);
            if (now >= OF_ONE_MAX) {
                throw Refused.because(Reason.OVERLOADED, now + " changes of this stream are under way at the node that "
                    + "has it, the most that may");
            }
            underWay.put(connection, now + 1);
        }
    }

    private void leave(String connection) {
        synchronized (underWay) {
            underWay.computeIfPresent(connection, (c, n) -> n == 1 ? null : n - 1);
        }
    }

    private static Refused nobody() {
        return Refused.because(Reason.NOT_FOUND, NOBODY);
    }

    /** What the node has said; where it is gone meanwhile its streams are, too. */
    private static JsonObject answered(NodeQuestions.Heard heard) {
        if (!heard.silent().isEmpty()) {
            throw Refused.because(Reason.OVERLOADED, "the node that may have this connection has not answered: "
                + heard.silent());
        }
        if (heard.answers().isEmpty()) {
            throw nobody();
        }
        JsonObject answer = heard.answers().get(0).is();
        JsonElement refused = answer.get(REFUSED);
        if (refused != null) {
            throw Refused.because(Reason.valueOf(refused.getAsString()), answer.get(BECAUSE).getAsString());
        }
        return answer;
    }

    // ---- the node that has the stream

    /** On another thread: a token, or topics, may have patterns that take their time. */
    private CompletableFuture<JsonObject> answer(JsonObject asked) {
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        try {
            later.after(0, () -> {
                try {
                    done(asked).whenComplete((is, failure) -> answer.complete(failure == null ? is : refused(failure)));
                } catch (RuntimeException e) {
                    answer.complete(refused(e));
                }
            });
        } catch (Refused e) {
            answer.complete(refused(e));
        }
        return answer;
    }

    private CompletableFuture<JsonObject> done(JsonObject asked) {
        String connection = asked.get(NAME).getAsString();
        StreamNames.Name name = StreamNames.Name.of(connection);
        String secret = name == null ? "" : names.proven(name, asked.get(PROOF).getAsString());
        Grant grant = GrantNote.read(asked.getAsJsonObject(GRANT), topics);
        Function<Object, JsonObject> nothing = is -> new JsonObject();
        return switch (asked.get(WISH).getAsString()) {
            case RENEW -> connections.renew(connection, secret, grant).thenApply(nothing);
            case CHANGE -> connections.change(connection, secret, grant, wishes.of(texts(asked.getAsJsonArray(ADD)),
                texts(asked.getAsJsonArray(REMOVE)), asked.get(PEER).getAsString())).thenApply(now -> {
                    JsonObject is = new JsonObject();
                    is.add(TOPICS, ConnectionDocument.texts(now.matchers().stream().map(TopicMatcher::text).toList()));
                    return is;
                });
            case CLOSE -> connections.closeOwn(connection, secret, grant)
                ? CompletableFuture.completedFuture(new JsonObject()) : CompletableFuture.failedFuture(nobody());
            default -> CompletableFuture.failedFuture(Refused.because(Reason.OVERLOADED,
                "the node that has this connection is of another version, which cannot do that"));
        };
    }

    private static JsonObject refused(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        Refused refused = cause instanceof Refused known ? known
            : Refused.because(Reason.OVERLOADED, "the node that has this connection failed: " + cause);
        JsonObject is = new JsonObject();
        is.addProperty(REFUSED, refused.reason().name());
        is.addProperty(BECAUSE, refused.getMessage());
        return is;
    }

    // ---- the cluster

    @Override
    public void told(int node, JsonObject note) {
        questions.told(node, note);
    }

    @Override
    public void gone(int node) {
        questions.gone(node);
    }

    /** Nothing: each wish is told for itself. */
    @Override
    public Iterator<JsonObject> all() {
        return questions.all();
    }
}
