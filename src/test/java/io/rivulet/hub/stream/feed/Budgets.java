package io.rivulet.hub.stream.feed;

/** A look at what the streams of a shard hold, for tests of other packages. */
public final class Budgets {

    private Budgets() {
    }

    /** Bytes that reads have taken and not given back. */
    public static long taken(ReadBudget budget) {
        return budget.taken();
    }

    /** What is held or taken now, in words; empty when nothing is. On the shard's thread. */
    public static String held(Turn turn) {
        return (turn.budget().bytes() == 0 ? "" : " write budget " + turn.budget().bytes())
            + (turn.readBudget().taken() == 0 ? "" : " read budget " + turn.readBudget().taken())
            + (turn.conflation().bytes() == 0 ? "" : " conflation " + turn.conflation().bytes());
    }
}
