package io.rivulet.event;

/**
 * A position in the one total order: after {@code durable} events of the log and {@code transients} transient events
 * since then in this epoch. Invariant: {@code durable >= 0 && transients >= 0}; the first event of a store is at 1.
 *
 * <p>In a cluster a transient event is of all nodes or of one. Those of all have one order, and each the same position
 * at every node; those of one node lie between, at places that no other node knows. So {@code transients} is two
 * numbers there: the upper 32 bits count the events of all nodes since the durable one, the lower 32 bits tell those of
 * this node that follow on the same one of all nodes apart. They rise over the whole stretch behind a durable event, so
 * one number is enough to find an event of this node. A hub alone has events of its own only.
 */
public record Position(long durable, long transients) implements Comparable<Position> {

    /** Before everything. */
    public static final Position START = new Position(0, 0);

    /** The position of the durable event number {@code durable}. */
    public static Position ofDurable(long durable) {
        return new Position(durable, 0);
    }

    private static final int SHARED_SHIFT = 32;
    private static final long OWN = (1L << SHARED_SHIFT) - 1;

    /** The position of the transient event of all nodes that has this number behind the durable one. */
    public static Position ofShared(long durable, long number) {
        return new Position(durable, number << SHARED_SHIFT);
    }

    /** Behind everything that follows on this durable event, and before the next one. */
    public static Position endOf(long durable) {
        return new Position(durable, Long.MAX_VALUE);
    }

    /** The position of the event of this node that has this number, behind what stands here. */
    public Position withOwn(long number) {
        return new Position(durable, transients & ~OWN | number);
    }

    /** How many transient events of all nodes lie behind the durable one up to here. */
    public long shared() {
        return transients >>> SHARED_SHIFT;
    }

    /** The number of the event of this node; 0 for one of all nodes. */
    public long own() {
        return transients & OWN;
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
