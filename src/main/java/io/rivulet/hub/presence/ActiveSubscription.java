package io.rivulet.hub.presence;

import io.rivulet.topic.TopicMatcher;

/**
 * One matcher of one open stream, which Mercure calls an active subscription. {@link Presence} lists it. Immutable, any
 * thread.
 *
 * @param subscriber names the connection to others: random, the same for all its subscriptions (ACT-04); neither the
 *                   connection's own name nor its secret
 * @param matcher    what is subscribed to
 * @param payload    a JSON value from the subscriber's token, or null
 */
public record ActiveSubscription(String subscriber, TopicMatcher matcher, String payload) {
}
