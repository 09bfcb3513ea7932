package io.rivulet.hub.stream.feed;

import io.rivulet.event.Position;

/**
 * The one decision on which "no gap, no duplicate" rests: whether a stream that is behind has examined everything that
 * its shard has dispatched. Feeds ask it, on the shard's thread.
 *
 * <p>That thread alone moves both sides, so nothing can be dispatched between the question and the answer. A test
 * replaces the decision by a wrong one and must then fail.
 */
public interface GoLive {

    /** The right one: {@code seen} has reached the dispatched place. */
    GoLive EXACT = (seen, dispatched) -> !dispatched.isAfter(seen);

    /** Whether the stream may go live. */
    boolean mayGoLive(Position seen, Position dispatched);
}
