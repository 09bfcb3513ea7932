package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.event.Dialect;
import io.rivulet.topic.TopicSelection;
import java.time.Duration;

/**
 * What a client asks for when it opens a stream.
 *
 * @param topics          what it wants
 * @param grant           what it may see when it opens
 * @param cursor          the id it resumes after, or null at a first connect; beats {@code since}
 * @param since           where a first connect begins
 * @param heartbeat       the longest silence
 * @param heartbeatEvents whether the heartbeat is an event that scripts can see, rather than a comment
 * @param dialect         how it is spoken to
 * @param peer            its address, for the operator and for the cap on streams from one address
 */
public record SubscribeRequest(TopicSelection topics, Grant grant, String cursor, Since since, Duration heartbeat,
                               boolean heartbeatEvents, Dialect dialect, String peer) {

    /** Whether events of the hub's own may be sent. */
    boolean controls() {
        return dialect.controls();
    }
}
