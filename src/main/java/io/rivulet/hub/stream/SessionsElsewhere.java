package io.rivulet.hub.stream;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Which sessions other nodes of a cluster remember. A node tells a session once its topics have changed there, by a
 * digest alone; the topics themselves go to the node to which the client comes back, and asks for them. From then on
 * that node has the session: the number of such moves, its term, tells which of two nodes has it now.
 *
 * <p>So a stream that opens with a session of which nothing was changed, as most do, costs no look at other nodes.
 * {@link StreamSessions} asks, on any thread; the thread that hears other nodes notes what they tell.
 */
final class SessionsElsewhere implements Nodes.Part {

    static final String KIND = "sessions";
    /** Of all nodes; each some hundred bytes. Those that were told first are forgotten first. */
    static final int KNOWN_MAX = 65_536;

    private static final String SESSION = "session";
    private static final String TERM = "term";
    private static final String TOPICS = "topics";
    private static final String BEGIN = "begin";

    /** The sessions of this node; see {@link StreamSessions}. */
    interface Here {
        /** What this session was changed to, and is here; null for none. */
        TopicSelection changed(String session);

        /**
         * Another node has it from now on, unless it has moved here meanwhile.
         *
         * @param wins whether it counts where it has moved to both
         */
        boolean moved(String session, long term, boolean wins);

        /** Those that are here, with their terms. */
        Map<String, Long> all();
    }

    /** Where a session is. */
    record Home(int run, long term) {
        boolean isNewerThan(Home other) {
            return term > other.term || term == other.term && run > other.run;
        }
    }

    private final Here sessions;
    private final Nodes nodes;
    private final NodeQuestions questions;
    private final NodeQuestions.Later later;
    private final TopicSpace topics;
    /** By digest; guarded by itself. */
    private final Map<String, Home> homes = new LinkedHashMap<>();

    SessionsElsewhere(Here sessions, Nodes nodes, NodeQuestions.Later later, TopicSpace topics) {
        this.sessions = sessions;
        this.nodes = nodes;
        this.later = later;
        this.topics = topics;
        questions = new NodeQuestions(KIND, nodes, later, this::answer);
    }

    /** Whether other nodes have none. */
    boolean isEmpty() {
        synchronized (homes) {
            return homes.isEmpty();
        }
    }

    /** The other node that has this session; null for none that is known. */
    Home home(String session) {
        synchronized (homes) {
            return homes.get(session);
        }
    }

    /**
     * The term of a session that moves here from there. Another node may have taken it, and said so, since it was asked
     * for: with the same term both would have it for good, for that node says it once.
     */
    long termAfter(String session, Home from) {
        Home now = home(session);
        return Math.max(from.term, now == null ? 0 : now.term) + 1;
    }

    /** It is this node's from now on. */
    void taken(String session, long term) {
        synchronized (homes) {
            homes.remove(session);
        }
        nodes.tell(KIND, note(session, term));
    }

    /** This node has forgotten it. */
    void forgotten(String session) {
        nodes.tell(KIND, note(session, 0));
    }

    private static JsonObject note(String session, long term) {
        JsonObject json = new JsonObject();
        json.addProperty(SESSION, session);
        json.addProperty(TERM, term);
        return json;
    }

    /**
     * What a session was changed to at the node that has it; null where it has forgotten it, or is gone.
     *
     * @return fails with {@link Refused} where that node does not answer
     */
    CompletableFuture<TopicSelection> ask(String session, Home home) {
        String node = nodes.others().get(home.run());
        if (node == null) {
            return CompletableFuture.completedFuture(null);
        }
        JsonObject question = new JsonObject();
        question.addProperty(SESSION, session);
        CompletableFuture<TopicSelection> answer = new CompletableFuture<>();
        questions.ask(question, Map.of(home.run(), node), is -> true).thenAccept(heard -> {
            if (!heard.silent().isEmpty()) {
                answer.completeExceptionally(Refused.because(Reason.OVERLOADED, "the node that knows what this session "
                    + "asks for has not answered: " + heard.silent()));
            } else if (heard.answers().isEmpty() || !heard.answers().get(0).is().has(TOPICS)) {
                answer.complete(null);
            } else {
                compile(heard.answers().get(0).is().getAsJsonArray(TOPICS), answer);
            }
        });
        return answer;
    }

    /** On another thread: that may take its time. */
    private void compile(JsonArray texts, CompletableFuture<TopicSelection> answer) {
        try {
            later.after(0, () -> {
                try {
                    List<TopicMatcher> matchers = new ArrayList<>();
                    for (int i = 0; i + 1 < texts.size(); i += 2) {
                        matchers.add(topics.again(texts.get(i).getAsString(), texts.get(i + 1).getAsString()));
                    }
                    answer.complete(topics.select(matchers));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (Refused e) {
            answer.completeExceptionally(e);
        }
    }

    // ---- the cluster

    private CompletableFuture<JsonObject> answer(JsonObject asked) {
        JsonObject is = new JsonObject();
        TopicSelection now = sessions.changed(asked.get(SESSION).getAsString());
        if (now != null) {
            JsonArray texts = new JsonArray();
            now.matchers().forEach(one -> {
                texts.add(one.type());
                texts.add(one.text());
            });
            is.add(TOPICS, texts);
        }
        return CompletableFuture.completedFuture(is);
    }

    @Override
    public void told(int node, JsonObject note) {
        if (note.has(BEGIN)) {
            gone(node, false);
        } else if (note.has(TERM)) {
            told(note.get(SESSION).getAsString(), new Home(node, note.get(TERM).getAsLong()));
        } else {
            questions.told(node, note);
        }
    }

    private void told(String session, Home at) {
        if (at.term > 0 && !sessions.moved(session, at.term, at.run > nodes.self())) {
            return;
        }
        synchronized (homes) {
            Home known = homes.get(session);
            if (at.term == 0) {
                if (known != null && known.run == at.run) {
                    homes.remove(session);
                }
                return;
            }
            if (known != null && known.isNewerThan(at)) {
                return;
            }
            homes.remove(session);
            homes.put(session, at); // behind all others
            if (homes.size() > KNOWN_MAX) {
                Iterator<String> oldest = homes.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }

    @Override
    public void gone(int node) {
        gone(node, true);
    }

    private void gone(int node, boolean isSilent) {
        synchronized (homes) {
            homes.values().removeIf(home -> home.run == node);
        }
        if (isSilent) {
            questions.gone(node);
        }
    }

    @Override
    public Iterator<JsonObject> all() {
        JsonObject begin = new JsonObject();
        begin.addProperty(BEGIN, true); // what was told before counts no more
        List<JsonObject> notes = new ArrayList<>(List.of(begin));
        sessions.all().forEach((session, term) -> notes.add(note(session, term)));
        return notes.iterator();
    }
}
