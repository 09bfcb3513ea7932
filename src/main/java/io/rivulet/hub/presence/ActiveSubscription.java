package io.rivulet.hub.presence;

import io.rivulet.topic.TopicMatcher;

/**
 * One matcher of one open stream, which Mercure calls an active subscription. {@link Presence} lists it. Immutable, any
 * thread.
 *
 * @param subscriber names the connection to others: random, the same for all its subscriptions (ACT-04); neither the
 *                   connection's own name nor its secret
 * @param type       the kind of the matcher, in Mercure's words
 * @param text       what is subscribed to, in the subscriber's
 * @param payload    a JSON value from the subscriber's token, or null
 */
public record ActiveSubscription(String subscriber, String type, String text, String payload) {

    /** Of this matcher. */
    public ActiveSubscription(String subscriber, TopicMatcher matcher, String payload) {
        this(subscriber, matcher.type(), matcher.text(), payload);
    }
}
