/**
 * The list of active subscriptions, which Mercure calls presence. The shards report each stream that begins or ends to
 * {@link io.rivulet.hub.presence.Presence}, which keeps the list; the Mercure doors read it. {@code PresenceTeller}
 * publishes the changes as events, with the texts of {@code SubscriptionDocument}. The streams know all this only as a
 * {@code StreamWatcher}.
 */
package io.rivulet.hub.presence;
