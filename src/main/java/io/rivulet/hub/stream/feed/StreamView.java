package io.rivulet.hub.stream.feed;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Variant;
import io.rivulet.log.View;
import io.rivulet.topic.TopicSelection;
import java.util.List;

/**
 * Which events one stream gets, and in which bytes: its topics, its grant, and the way its dialect writes an event. The
 * stream implements it; its feeds ask. Shard thread, except where a stream's own method says more.
 *
 * <p>It is an interface rather than an object of its own, since each open stream would need one.
 */
public interface StreamView {

    /** The topics that the stream asked for. */
    TopicSelection topics();

    /** How its events are written: streams of one variant get the same bytes. */
    Variant variant();

    /** The rights of the stream now. */
    Grant grant();

    /** The part of the log that the stream may see now. */
    default View ofLog() {
        return View.of(topics(), grant());
    }

    /** An event's bytes, live. */
    default byte[] live(EventFrame frame) {
        return frame.live(variant(), told(frame));
    }

    /** An event's bytes, from history; {@code told} are the topics that the stream may be told. */
    default byte[] replay(EventFrame frame, List<String> told) {
        return frame.replay(variant(), told);
    }

    /** Whether other streams of this variant get the same bytes of this event: else its topics depend on the grant. */
    default boolean shares(EventFrame frame) {
        return variant().isShared() || !frame.isPrivate() || frame.isForOperators();
    }

    /** The topics that the stream may be told: of a private event only those that its grant covers. */
    private List<String> told(EventFrame frame) {
        return shares(frame) ? frame.topics()
            : frame.topics().stream().filter(grant().subscribes()::covers).toList();
    }
}
