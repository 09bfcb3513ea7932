/**
 * An event, its id, its position and its bytes on the wire. {@link io.rivulet.event.Event} is safe to write as it is:
 * its builder checks the rules. {@link io.rivulet.event.EventFrame} is the event in its {@link
 * io.rivulet.event.Position}, rendered once for all who get it; {@link io.rivulet.event.IdSeal} makes ids of positions.
 * The doors make events, the committer gives them positions, and the shards send their frames.
 */
package io.rivulet.event;
