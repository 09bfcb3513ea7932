package io.rivulet.log;

/**
 * How long the publisher of a topic may be silent before the hub ends the topic.
 *
 * @param ms        of silence, in milliseconds
 * @param isPrivate whether the end is for those alone who have a right to the topic
 */
public record Lease(String topic, int ms, boolean isPrivate) {
}
