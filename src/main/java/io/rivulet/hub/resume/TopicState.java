package io.rivulet.hub.resume;

import io.rivulet.event.TopicEnd;

/**
 * What is known of one topic, as far as one may know who asks: the door shows it. {@link TopicStates} finds it.
 * Immutable, any thread.
 *
 * @param topic       which
 * @param end         why it has ended; null while it is open
 * @param isCancelled whether its end was asked for, and its publisher has not ended it yet
 * @param first       its oldest event that is kept; null for none
 * @param last        its newest; null for none
 * @param count       how many are kept
 */
public record TopicState(String topic, TopicEnd end, boolean isCancelled, Seen first, Seen last, long count) {

    /**
     * An event of it.
     *
     * @param id     after which a stream may begin
     * @param timeMs when it was committed, in milliseconds since 1970
     */
    public record Seen(String id, long timeMs) {
    }
}
