package io.rivulet.hub.resume;

import io.rivulet.auth.Grant;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.topic.TopicSelection;
import java.time.Duration;

/**
 * The request of a client for one stream. The doors make it, and its stream keeps it to the end. Immutable, any thread.
 *
 * @param topics          what it wants
 * @param grant           what it may see when it opens
 * @param cursor          the id it resumes after, or null at a first connect; beats {@code since}
 * @param since           where a first connect begins, or one whose cursor nobody knows
 * @param heartbeat       the longest silence
 * @param heartbeatEvents whether the heartbeat is an event that scripts can see, rather than a comment
 * @param dialect         how it is spoken to
 * @param peer            its address, for the operator and for the cap on streams from one address
 * @param terms           what few ask for
 */
public record SubscribeRequest(TopicSelection topics, Grant grant, String cursor, Since since, Duration heartbeat,
                               boolean heartbeatEvents, Dialect dialect, String peer, Terms terms) {

    /**
     * What few ask for, apart from the rest: most of many thousand streams share one.
     *
     * @param pace    how much of it, and how fast
     * @param portion how much of it one response holds
     * @param session by what its client finds changed topics again; null for none
     */
    record Terms(Pace pace, Portion portion, Session session) {
        private static final Terms USUAL = new Terms(Pace.EVERYTHING, Portion.ALL, null);
    }

    /**
     * The client's own name for what it does over several streams, one after the other.
     *
     * @param name  random, so that nobody else guesses it
     * @param asked what the request itself asked for, before anything was changed
     */
    public record Session(String name, TopicSelection asked) {
    }

    /** The same for all of it, as fast as the socket takes it. */
    public SubscribeRequest(TopicSelection topics, Grant grant, String cursor, Since since, Duration heartbeat,
                            boolean heartbeatEvents, Dialect dialect, String peer) {
        this(topics, grant, cursor, since, heartbeat, heartbeatEvents, dialect, peer, Terms.USUAL);
    }

    private SubscribeRequest on(Terms others) {
        return new SubscribeRequest(topics, grant, cursor, since, heartbeat, heartbeatEvents, dialect, peer, others);
    }

    /** The same at this pace. */
    public SubscribeRequest at(Pace pace) {
        return pace.equals(Pace.EVERYTHING) ? this : on(new Terms(pace, terms.portion, terms.session));
    }

    /** The same, so much of it. */
    public SubscribeRequest only(Portion portion) {
        return portion.equals(Portion.ALL) ? this : on(new Terms(terms.pace, portion, terms.session));
    }

    /** The same in the session of this name; null for none. */
    public SubscribeRequest in(String name) {
        return name == null ? this : on(new Terms(terms.pace, terms.portion, new Session(name, topics)));
    }

    /** The same for other topics, in the same session. */
    public SubscribeRequest asking(TopicSelection others) {
        return new SubscribeRequest(others, grant, cursor, since, heartbeat, heartbeatEvents, dialect, peer, terms);
    }

    /** How much of it, and how fast. */
    public Pace pace() {
        return terms.pace;
    }

    /** How much of it one response holds. */
    public Portion portion() {
        return terms.portion;
    }

    /** By what its client finds changed topics again; null for none. */
    public Session session() {
        return terms.session;
    }

    /** The part that decides where the stream begins. */
    public ResumeRequest resume() {
        return new ResumeRequest(topics, grant, cursor, since, pace().conflates(), dialect.tellsPlaces());
    }
}
