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
 * @param pace            how much of it, and how fast
 */
public record SubscribeRequest(TopicSelection topics, Grant grant, String cursor, Since since, Duration heartbeat,
                               boolean heartbeatEvents, Dialect dialect, String peer, Pace pace) {

    /** The same for all of it, as fast as the socket takes it. */
    public SubscribeRequest(TopicSelection topics, Grant grant, String cursor, Since since, Duration heartbeat,
                            boolean heartbeatEvents, Dialect dialect, String peer) {
        this(topics, grant, cursor, since, heartbeat, heartbeatEvents, dialect, peer, Pace.EVERYTHING);
    }

    /** The same at this pace. */
    public SubscribeRequest at(Pace other) {
        return new SubscribeRequest(topics, grant, cursor, since, heartbeat, heartbeatEvents, dialect, peer, other);
    }

    /** The part that decides where the stream begins. */
    public ResumeRequest resume() {
        return new ResumeRequest(topics, grant, cursor, since, pace.conflates(), dialect.tellsPlaces());
    }
}
