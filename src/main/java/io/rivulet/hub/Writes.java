package io.rivulet.hub;

import io.rivulet.event.Position;

/**
 * What is handed to the outlets of one shard, and what they have not taken yet. A delivery costs a look at a field:
 * what a stream waits for is noted only when its outlet stops being ready. The shard's thread alone.
 */
final class Writes {

    private final Moment moment;
    private final WriteBudget budget;
    private final Readers readers;
    private final Portion portion = new Portion();

    /** A stream whose outlet is not ready. */
    static final class Wait {
        /** When the outlet took something last. */
        long progressNs;
        /** What it had left then. */
        int left;
        /** What it holds of the budget, or null. */
        WriteBudget.Share held;
    }

    Writes(Moment moment, WriteBudget budget, Readers readers) {
        this.moment = moment;
        this.budget = budget;
        this.readers = readers;
    }

    WriteBudget budget() {
        return budget;
    }

    /**
     * Whether something may be written to a stream now. What the hub itself has to say goes out here, before anything
     * else: it has its place in the stream's order, and its id is older than those of the events that follow. So every
     * writer asks this and not the outlet, which may become ready between one question and the next.
     */
    boolean mayWrite(Subscriber s) {
        while (s.outlet.isReady()) {
            byte[] controls = s.takeControls();
            if (controls == null) {
                return true;
            }
            write(s, controls);
        }
        return false;
    }

    /** Hands these bytes to an outlet that is ready; {@link #mayWrite} has just said so. */
    void write(Subscriber s, byte[] bytes) {
        if (s.wait != null) {
            taken(s);
        }
        s.writtenNs = moment.ns;
        s.outlet.write(portion.of(bytes));
    }

    /** Notes whether the outlet is ready, as it has just said. */
    void noted(Subscriber s, boolean ready) {
        if (ready && s.wait != null) {
            taken(s);
        } else if (!ready && s.wait == null) {
            waits(s);
        }
    }

    private void taken(Subscriber s) {
        budget.release(s.wait.held);
        s.wait = null;
    }

    private void waits(Subscriber s) {
        Wait wait = new Wait();
        byte[] held = s.outlet.held();
        wait.held = held == null || s.kept != null ? null : budget.hold(held, held.length); // kept: reckoned already
        wait.left = s.outlet.left();
        wait.progressNs = moment.ns;
        s.wait = wait;
        s.stride = WriteBudget.FREE_BYTES;
    }

    /** Notes that the client has an id for this place now: {@code rivulet.cursor} need not remind it. */
    void told(Subscriber s, Position at) {
        s.idBytes = moment.bytesAppended;
        s.idMs = moment.ms;
        s.idDurable = at.durable();
    }

    /** Frees what was read for a stream, for its cursor knows where to read again; unless nobody could. */
    void dropChunk(Subscriber s) {
        if (s.chunkBytes > 0) {
            endChunk(s);
        }
    }

    /** Frees what was read for a stream: it has been written, or never will be. */
    void endChunk(Subscriber s) {
        readers.release(s.chunkBytes);
        budget.release(s.kept);
        s.chunk = null;
        s.chunkBytes = 0;
        s.kept = null;
    }

    /** The stream ends: nothing of what it held is its own any more. */
    void end(Subscriber s) {
        endChunk(s);
        s.takeControls();
        if (s.wait != null) {
            taken(s);
        }
    }
}
