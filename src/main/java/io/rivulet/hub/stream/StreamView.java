package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Variant;
import io.rivulet.log.View;
import io.rivulet.topic.TopicSelection;
import java.util.List;

/**
 * Which events one stream gets, and in which bytes: what it asked for, what its grant lets it see, and how its dialect
 * writes an event. The feeds of the stream see it so. An interface, so that a stream is one object: there are many.
 */
interface StreamView {

    /** What the stream asked for. */
    TopicSelection topics();

    /** How its events are written: streams of one variant get the same bytes. */
    Variant variant();

    /** What the stream may see now. */
    Grant grant();

    /** What the log may tell it now. */
    default View ofLog() {
        return View.of(topics(), grant());
    }

    /** Whether the stream asked for the event. */
    default boolean asksFor(EventFrame frame) {
        return topics().matches(frame.topics());
    }

    /** Whether the stream may see the event. */
    default boolean maySee(EventFrame frame) {
        return !frame.isPrivate() || grant().maySeePrivate(frame.topics());
    }

    /** An event's bytes, live. */
    default byte[] live(EventFrame frame) {
        return frame.live(variant(), told(frame));
    }

    /** An event's bytes, from history. */
    default byte[] replay(EventFrame frame) {
        return frame.replay(variant(), told(frame));
    }

    /** Whether other streams of this variant get the same bytes of this event: else its topics depend on the grant. */
    default boolean shares(EventFrame frame) {
        return variant().isShared() || !frame.isPrivate();
    }

    /** The topics that it may be told: of a private event those that its grant covers, for others are none of its. */
    private List<String> told(EventFrame frame) {
        return shares(frame) ? frame.topics()
            : frame.topics().stream().filter(grant().subscribes()::covers).toList();
    }
}
