/**
 * The newest events in memory. The committer adds each event to the {@link io.rivulet.hub.tail.TailRing}; shards and
 * resuming streams read it there. The ring evicts the oldest events, and {@link io.rivulet.hub.tail.TransientTopics}
 * then still knows the newest event of each transient topic, and where a topic lost one.
 */
package io.rivulet.hub.tail;
