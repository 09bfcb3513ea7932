/**
 * The heart: publishing is appending, subscribers are cursors. Publishers' threads hand a {@link
 * io.rivulet.hub.publish.Publication} to the committer; it appends a group to the log, then shows it to the {@code
 * TailRing}; each shard thread takes what is new from the ring to its subscribers; reader threads feed those who are
 * behind.
 */
package io.rivulet.hub;
