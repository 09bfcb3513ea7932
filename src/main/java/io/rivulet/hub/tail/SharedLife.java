package io.rivulet.hub.tail;

import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;

/**
 * What an id of a transient event of all nodes means at this node. The committer changes it, resuming streams ask.
 * Immutable.
 *
 * <p>Numbers of such events begin anew where the engine has lost all of them. Here positions only rise; so those of the
 * new life follow on those of the old one, as long as no durable event came between.
 *
 * @param life     what stands in ids instead of an epoch; 0 where nothing was relayed yet
 * @param durable  the durable event behind which it began
 * @param first    so many of an earlier life lie behind that event
 * @param lostUpTo up to here some may be lost that neither ring nor memory know of
 */
public record SharedLife(int life, long durable, long first, Position lostUpTo) {

    /** How many of an earlier life lie behind this durable event. */
    public long firstAt(long position) {
        return position == durable ? first : 0;
    }

    /** Where the event with this id stands; null where it is of another life. */
    Position of(IdSeal.Opened id) {
        long at = id.position().durable();
        return id.epoch() == life ? Position.ofShared(at, firstAt(at) + id.position().transients()) : null;
    }

    /** The next life, behind this place. */
    public SharedLife next(int now, Position place) {
        return now == life ? this : new SharedLife(now, place.durable(), place.shared(), lostUpTo);
    }

    /** The same where all up to this place may be lost. */
    public SharedLife lost(Position upTo) {
        return new SharedLife(life, durable, first, upTo);
    }
}
