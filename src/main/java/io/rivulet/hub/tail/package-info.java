/**
 * The newest events in memory. The committer adds to the {@link io.rivulet.hub.tail.TailRing}, and shards and resuming
 * streams read from it; {@link io.rivulet.hub.tail.TransientTopics} remembers what transient topics said last.
 */
package io.rivulet.hub.tail;
