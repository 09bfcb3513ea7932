package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
 */
public final class StreamSessions {

    /** How long after its last stream a session is found again. */
    static final long KEPT_MS = 300_000;
    /** What all sessions without a stream keep alive. */
    static final long BYTES_MAX = 4 << 20;
    private static final long ENTRY_BYTES = 200;

    private final InstantSource clock;
    private final Map<Key, Kept> open = new HashMap<>();
    /** Those without a stream, in the order in which they ended. */
    private final Map<Key, Kept> left = new LinkedHashMap<>();
    private long leftBytes;

    private record Key(Grant.Identity caller, String name, List<TopicMatcher> asked) {

        static Key of(SubscribeRequest request) {
            return new Key(request.grant().identity(), request.session().name(), request.session().asked().matchers());
        }
    }

    private static final class Kept {
        /** What its streams ask for now; null while that was never changed. */
        private TopicSelection topics;
        private int streams;
        private long endedMs;
        private long bytes;
    }

    /** No session yet. */
    public StreamSessions(InstantSource clock) {
        this.clock = clock;
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
        Kept kept = left.remove(key);
        if (kept != null) {
            leftBytes -= kept.bytes;
            open.put(key, kept);
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
        }
    }

    /** A stream of this request has ended. */
    public synchronized void ended(SubscribeRequest request) {
        Key key = request.session() == null ? null : Key.of(request);
        Kept kept = key == null ? null : open.get(key);
        if (kept == null || --kept.streams > 0) {
            return;
        }
        open.remove(key);
        if (kept.topics != null) {
            kept.endedMs = clock.millis();
            kept.bytes = ENTRY_BYTES + kept.topics.weight() + request.session().asked().weight();
            left.put(key, kept);
            leftBytes += kept.bytes;
            forgetOld();
        }
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
        }
    }

    /** How many are remembered: for tests. */
    synchronized int remembered() {
        return open.size() + left.size();
    }
}
