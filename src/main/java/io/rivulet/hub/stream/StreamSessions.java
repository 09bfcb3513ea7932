package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.event.NodeQuestions;
import io.rivulet.event.Nodes;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.log.Digest;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Remembers the changed topics of streams that have a session, so that a client that is cut finds them again. The hub
 * asks it when a stream opens, and tells it when one changes or ends. Any thread; its lock is held for work on a map.
 *
 * <p>What is remembered belongs to the session's name, to the caller, and to what the request itself asked for. So
 * whoever guesses a name gets nothing of another subject, and a client that asks for something else gets that.
 *
 * <p>While a stream of it is open a session takes no more than its stream, which is counted. Of those without one the
 * memory is bounded, and the ones that ended first are forgotten first: their clients see in {@code rivulet.hello} what
 * they get, and change it again.
 *
 * <p>In a cluster a client may come back to another node, which then takes the session over ({@link #fetched}).
 */
public final class StreamSessions implements SessionsElsewhere.Here {

    /** How long after its last stream a session is found again. */
    static final long KEPT_MS = 300_000;
    /** What all sessions without a stream keep alive. */
    static final long BYTES_MAX = 4 << 20;
    private static final long ENTRY_BYTES = 200;
    /** How often a session is asked for once more, where it has moved meanwhile. */
    private static final int MOVES = 3;
    /** What a digest takes beside that. */
    private static final long TOLD_BYTES = 200;

    private final InstantSource clock;
    private final Map<Key, Kept> open = new HashMap<>();
    /** Those without a stream, in the order in which they ended. */
    private final Map<Key, Kept> left = new LinkedHashMap<>();
    private long leftBytes;
    /** Those that were changed, as other nodes know them; null in a hub alone, as the next one. */
    private Map<String, Key> told;
    private volatile SessionsElsewhere elsewhere;

    private record Key(Grant.Identity caller, String name, List<TopicMatcher> asked) {

        static Key of(SubscribeRequest request) {
            return new Key(request.grant().identity(), request.session().name(), request.session().asked().matchers());
        }

        /** For other nodes. It tells nothing of what it is made of. */
        String digest() {
            byte[][] parts = Stream.concat(Stream.of(caller.issuer(), caller.subject(), name),
                asked.stream().flatMap(one -> Stream.of(one.type(), one.text())))
                .map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
            Digest digest = Digest.of(parts);
            return Long.toHexString(digest.high()) + '-' + Long.toHexString(digest.low());
        }
    }

    private static final class Kept {
        /** What its streams ask for now; null while that was never changed. */
        private TopicSelection topics;
        private int streams;
        private long endedMs;
        private long bytes;
        /** What other nodes call it, and how often it has moved between them; null while it was not told. */
        private String digest;
        private long term;
    }

    /** No session yet. */
    public StreamSessions(InstantSource clock) {
        this.clock = clock;
    }

    /** Sessions may be at other nodes, too: {@link #fetched} gets them from there. Before the first stream. */
    void share(Nodes nodes, NodeQuestions.Later later, TopicSpace topics) {
        told = new HashMap<>();
        elsewhere = new SessionsElsewhere(this, nodes, later, topics);
        nodes.join(SessionsElsewhere.KIND, elsewhere);
    }

    /**
     * Gets what the session of this request was changed to at another node, for {@link #found}.
     *
     * @return completed once it is here; null where it need not be got, as mostly. Fails with
     *     {@link io.rivulet.refusal.Refused} where the node that has it does not answer
     */
    public CompletableFuture<?> fetched(SubscribeRequest request) {
        SessionsElsewhere others = elsewhere;
        if (request.session() == null || others == null || others.isEmpty()) {
            return null;
        }
        Key key = Key.of(request);
        String digest = key.digest();
        SessionsElsewhere.Home home = others.home(digest);
        return home == null ? null : fetched(request, key, digest, home, MOVES);
    }

    /**
     * A client may come back to two nodes at once, and then to a third one, which has heard of one of the two alone.
     * The other one has taken the session from that by then, which has nothing to give. But what that had heard before
     * it answered, this node has heard before the answer came: where the session is now.
     */
    private CompletableFuture<TopicSelection> fetched(SubscribeRequest request, Key key, String digest,
                                                      SessionsElsewhere.Home home, int moves) {
        return elsewhere.ask(digest, home).thenCompose(topics -> {
            if (topics != null) {
                take(key, digest, topics, home, request);
                return CompletableFuture.completedFuture(topics);
            }
            SessionsElsewhere.Home now = elsewhere.home(digest);
            return now == null || now.equals(home) || moves == 0 ? CompletableFuture.completedFuture(null)
                : fetched(request, key, digest, now, moves - 1);
        });
    }

    /** Whether another node is known to have the session of this request: for tests. */
    public boolean isElsewhere(SubscribeRequest request) {
        return elsewhere.home(Key.of(request).digest()) != null;
    }

    private synchronized void take(Key key, String digest, TopicSelection topics, SessionsElsewhere.Home from,
                                   SubscribeRequest request) {
        long term = elsewhere.termAfter(digest, from);
        Kept kept = open.getOrDefault(key, left.get(key));
        if (kept != null && kept.term >= term) {
            return; // another stream of it has come back, too
        }
        if (kept == null) {
            kept = new Kept();
        } else if (left.remove(key) != null) {
            leftBytes -= kept.bytes;
        }
        kept.topics = topics;
        tell(key, kept, digest, term);
        if (kept.streams == 0) {
            leave(key, kept, request);
            forgetOld();
        }
    }

    private void tell(Key key, Kept kept, String digest, long term) {
        kept.digest = digest;
        kept.term = term;
        told.put(digest, key);
        elsewhere.taken(digest, term);
    }

    /** The same request, for the topics to which its session was changed. */
    public synchronized SubscribeRequest found(SubscribeRequest request) {
        if (request.session() == null) {
            return request;
        }
        forgetOld();
        Key key = Key.of(request);
        Kept kept = open.getOrDefault(key, left.get(key));
        return kept == null || kept.topics == null ? request : request.asking(kept.topics);
    }

    /** A stream of this request opens; its end is told by {@link #ended}. */
    public synchronized void opened(SubscribeRequest request) {
        if (request.session() == null) {
            return;
        }
        Key key = Key.of(request);
        Kept kept = left.get(key);
        if (kept != null) {
            open.put(key, kept); // first: where it fails nothing is done
            left.remove(key);
            leftBytes -= kept.bytes;
        } else {
            kept = open.computeIfAbsent(key, k -> new Kept());
        }
        kept.streams++;
    }

    /** A stream asks for the topics of this request from now on. */
    public synchronized void changed(SubscribeRequest request) {
        Kept kept = request.session() == null ? null : open.get(Key.of(request));
        if (kept != null) {
            kept.topics = request.topics();
            if (elsewhere != null) {
                changedHere(Key.of(request), kept);
            }
        }
    }

    /** Other nodes are told once, and again where another one has taken it meanwhile. */
    private void changedHere(Key key, Kept kept) {
        String digest = kept.digest == null ? key.digest() : kept.digest;
        SessionsElsewhere.Home home = elsewhere.home(digest);
        if (kept.term == 0 || home != null) {
            tell(key, kept, digest, Math.max(kept.term, home == null ? 0 : home.term()) + 1);
        }
    }

    /** A stream of this request has ended. */
    public synchronized void ended(SubscribeRequest request) {
        Key key = request.session() == null ? null : Key.of(request);
        Kept kept = key == null ? null : open.get(key);
        if (kept == null) {
            return;
        }
        if (kept.streams == 1) {
            if (kept.topics != null) {
                leave(key, kept, request); // first: where it fails nothing is done
            }
            open.remove(key);
        }
        kept.streams--;
        forgetOld();
    }

    private void leave(Key key, Kept kept, SubscribeRequest request) {
        kept.endedMs = clock.millis();
        kept.bytes = ENTRY_BYTES + (kept.digest == null ? 0 : TOLD_BYTES) + kept.topics.weight()
            + request.session().asked().weight();
        left.put(key, kept);
        leftBytes += kept.bytes;
    }

    private void forgetOld() {
        Iterator<Kept> oldest = left.values().iterator();
        while (oldest.hasNext()) {
            Kept kept = oldest.next();
            if (leftBytes <= BYTES_MAX && clock.millis() - kept.endedMs < KEPT_MS) {
                return;
            }
            leftBytes -= kept.bytes;
            oldest.remove();
            if (kept.term > 0) {
                told.remove(kept.digest);
                elsewhere.forgotten(kept.digest);
            }
        }
    }

    // ---- for other nodes

    @Override
    public synchronized TopicSelection changed(String session) {
        Key key = told.get(session);
        Kept kept = key == null ? null : open.getOrDefault(key, left.get(key));
        return kept == null ? null : kept.topics;
    }

    /** What is remembered of it here is older. A stream of it that is open here still may be one that was cut. */
    @Override
    public synchronized boolean moved(String session, long term, boolean wins) {
        Key key = told.get(session);
        Kept kept = key == null ? null : open.getOrDefault(key, left.get(key));
        if (kept == null) {
            return true;
        }
        if (kept.term > term || kept.term == term && !wins) {
            return false;
        }
        told.remove(session);
        kept.term = 0;
        kept.topics = null;
        if (left.remove(key) != null) {
            leftBytes -= kept.bytes;
        }
        return true;
    }

    @Override
    public synchronized Map<String, Long> all() {
        Map<String, Long> all = new HashMap<>();
        told.forEach((digest, key) -> {
            Kept kept = open.getOrDefault(key, left.get(key));
            if (kept != null) { // else an error came between
                all.put(digest, kept.term);
            }
        });
        return all;
    }

    /** How many are remembered: for tests. */
    synchronized int remembered() {
        return open.size() + left.size();
    }
}
