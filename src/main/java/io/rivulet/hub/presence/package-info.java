/**
 * Who is subscribed to what: {@link io.rivulet.hub.presence.Presence} keeps the list of active subscriptions, and
 * {@code PresenceTeller} publishes its changes as events. The Mercure doors read the list.
 */
package io.rivulet.hub.presence;
