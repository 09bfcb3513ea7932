package io.rivulet.event;

/**
 * A position in the one total order: after {@code durable} events of the log and {@code transients} transient events
 * since then in this epoch. Invariant: {@code durable >= 0 && transients >= 0}; the first event of a store is at 1.
 */
public record Position(long durable, long transients) implements Comparable<Position> {

    /** Before everything. */
    public static final Position START = new Position(0, 0);

    /** The position of the durable event number {@code durable}. */
    public static Position ofDurable(long durable) {
        return new Position(durable, 0);
    }

    /** The position just before the event at this one: everything earlier lies at or below it. */
    public Position before() {
        return transients > 0 ? new Position(durable, transients - 1) : new Position(durable - 1, Long.MAX_VALUE);
    }

    @Override
    public int compareTo(Position other) {
        int c = Long.compare(durable, other.durable);
        return c != 0 ? c : Long.compare(transients, other.transients);
    }

    /** Whether this comes later. */
    public boolean isAfter(Position other) {
        return compareTo(other) > 0;
    }
}
