package io.rivulet.log;

import io.rivulet.event.Position;
import java.io.IOException;
import java.util.List;

/**
 * The transient events of all nodes, in one order that also says where in the log they belong. No disk has them. The
 * committer relays what is published at this node, and shows what comes back: so all nodes show the same in the same
 * order, the node of the publisher as well.
 */
public interface TransientRelay {

    /**
     * Events that were relayed together.
     *
     * @param life    numbers begin anew with each: the engine had lost all that was relayed; 0 for none yet
     * @param number  rises by one with each batch
     * @param at      the durable event behind which they belong
     * @param before  so many were relayed behind that event before
     * @param timeMs  by the clock of their node
     * @param records none where something was lost: this node has missed what came before, nobody knows how much
     */
    record Batch(long life, long number, long at, long before, long timeMs, List<LogRecord> records) {

        /** Whether it tells that events were lost. */
        public boolean isLoss() {
            return records.isEmpty();
        }
    }

    /**
     * Where this node begins.
     *
     * @param range of the log then
     * @param place behind all that was relayed before
     */
    record Start(LogRange range, Position place, long life) {
    }

    /** Begins to give what is relayed from now on; what came before is lost to this node. Once for each hub. */
    Start begin();

    /**
     * Relays a group in order, all of it or nothing. It comes back by {@link #poll}, behind what other nodes relayed
     * before.
     *
     * @param compared the group was compared with all up to this number; -1 where it depends on nothing
     * @return the number of its batch
     * @throws LogMoved when others came after that; nothing was relayed
     * @throws LogAway  when the engine cannot be asked
     */
    long publish(List<LogRecord> group, long compared) throws IOException;

    /** The next batch that belongs behind this durable event or an earlier one; null for none. The committer alone. */
    Batch poll(long durable);
}
