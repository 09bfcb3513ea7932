package io.rivulet.cluster;

import io.rivulet.log.LogAway;
import java.io.IOException;
import java.util.List;

/**
 * An ordered log that several nodes share, and nothing more. {@link SharedLog} alone calls it; one class for each kind
 * of engine. Everything that the nodes have in common (the copy, recovery, barriers, time limits of its own) is not
 * here.
 *
 * <p>What an engine promises: batches have positions without holes, in the order in which they were appended; a batch
 * that was answered stays, as durably as the engine is set; a batch that is sent twice is appended once. Each call ends
 * within a time limit, with {@link IOException} when the engine cannot be asked. A call after that connects anew, and
 * looks the address up anew.
 *
 * <p>One thread at a time calls {@link #append}, {@link #read}, {@link #trim}, {@link #tell}, {@link #notes},
 * {@link #relay} and {@link #relayed}; {@link #await} has a thread of its own. {@link #close} may come at any moment,
 * and ends the others.
 */
interface ClusterEngine extends AutoCloseable {

    /**
     * One run of one node: from the opening of its copy to the end.
     *
     * @param epoch   no other run has it; it rises
     * @param storeId which log it is; another one when somebody emptied the engine
     * @param key     of the ids, the same on all nodes
     * @param first   the oldest position; one more than the head where there is none
     */
    record Run(int epoch, long storeId, byte[] key, long first) {
    }

    /**
     * A batch to append, of one run.
     *
     * @param number counts the batches of the run: by it and the epoch the engine knows one that comes again
     * @param nonce  24 random bits
     * @param timeMs by the node's clock; the engine makes it no earlier than that of the batch before
     * @param format of the body
     */
    record Batch(int epoch, long number, int nonce, long timeMs, int count, int format, byte[] body) {
    }

    /** How an append went. */
    enum Outcome {
        /** The batch is in the log, also when it was there before. */
        APPENDED,
        /** The head is not where the caller expected it; nothing was appended. */
        MOVED,
        /** The engine does not know this run: it has lost what it had. Nothing was appended. */
        LOST
    }

    /**
     * The answer to an append.
     *
     * @param base        position of the first event of the batch
     * @param timeMs      that the batch has got
     * @param nonceBefore of the batch before it; -1 where the batch had come before
     * @param relayed     up to where was relayed at the same moment; null where the engine cannot tell
     */
    record Appended(Outcome outcome, long base, long timeMs, int nonceBefore, RelayHead relayed) {

        Appended(Outcome outcome, long base, long timeMs, int nonceBefore) {
            this(outcome, base, timeMs, nonceBefore, null);
        }
    }

    /** A batch at its position; {@code body} is null where it was not asked for. */
    record Stored(long base, int count, int epoch, int nonce, long timeMs, int format, byte[] body) {
        long last() {
            return base + count - 1;
        }
    }

    /**
     * What the engine holds from a position on, at one moment.
     *
     * @param first   the oldest position
     * @param head    the newest position
     * @param epoch   the newest that was given out
     * @param at      the batch that holds the position that was asked for, without its body; null when it is gone
     * @param batches those behind it, in order; not all of them where there are many
     * @param relayed up to where was relayed at that moment; null where the engine cannot tell
     */
    record Portion(long first, long head, int epoch, Stored at, List<Stored> batches, RelayHead relayed) {

        Portion(long first, long head, int epoch, Stored at, List<Stored> batches) {
            this(first, head, epoch, at, batches, null);
        }
    }

    /**
     * What the node of a run has told all others. It stands beside the log, and is in no history.
     *
     * @param number rises by one with each
     */
    record Note(long number, int epoch, byte[] body) {
    }

    /**
     * Notes behind a number.
     *
     * @param life  another one where the engine has lost its notes: then numbers begin anew
     * @param first number of the oldest that there is
     * @param head  number of the newest
     * @param notes in order; not all of them where there are many
     */
    record Notes(long life, long first, long head, List<Note> notes) {
    }

    /**
     * Transient events that a node has published together. They stand beside the log, in an order of their own, and say
     * where in the log they belong.
     *
     * @param number rises by one with each
     * @param nonce  24 random bits
     * @param at     the head of the log when the engine took them
     * @param before so many events were relayed at that head before
     * @param body   null where it was not asked for
     */
    record Relayed(long number, int nonce, int epoch, long at, long before, int count, long timeMs, int format,
                   byte[] body) {
    }

    /**
     * The newest batch that was relayed when the engine looked, in the same step, at the head of the log. Whoever has
     * that batch has all that belongs before that head, and need not ask.
     *
     * @param life   as in {@link Relay}
     * @param number of the batch; 0 for none yet
     * @param nonce  of the batch; -1 for none
     */
    record RelayHead(long life, long number, int nonce) {
    }

    /**
     * What was relayed.
     *
     * @param life    another one where the engine has lost it: then numbers begin anew; 0 where there is nothing yet
     * @param first   number of the oldest that there is; one more than the head where there is none
     * @param head    number of the newest
     * @param at      of the newest
     * @param count   so many events were relayed at that head of the log
     * @param batches in order; not all of them where there are many
     */
    record Relay(long life, long first, long head, long at, long count, List<Relayed> batches) {
    }

    /**
     * Looks whether the engine will do, without changing anything.
     *
     * @throws EngineRefused when trying again does not help
     */
    void check() throws IOException;

    /**
     * Makes what the engine lacks (tables, for one) and begins a run.
     *
     * @param node         its name, for those who look into the engine
     * @param epochAtLeast a copy knows of epochs up to this, also where an older copy of the engine does not
     * @throws EngineRefused when trying again does not help
     */
    Run begin(String node, int epochAtLeast) throws IOException;

    /**
     * Appends a batch at the end. A connection that is lost meanwhile is made anew and the same batch sent once more.
     *
     * @param expected where the head must be; -1 for anywhere
     * @throws LogAway when the engine cannot be asked; it says whether the batch may have been appended all the same
     */
    Appended append(Batch batch, long expected) throws IOException;

    /** Reads on behind this position, about so many bytes and at least one batch where there is one. */
    Portion read(long after, int bytesMax) throws IOException;

    /** Returns when there may be something new, at the latest after this time. */
    void await(long ms) throws IOException;

    /**
     * Puts a note behind those of all nodes. It ends waits, is kept for a minute or so, and need not survive a crash of
     * the engine. What is told twice, since an answer was lost, may be there twice.
     *
     * @param epoch of this node's run
     */
    default void tell(int epoch, byte[] note) throws IOException {
        // an engine that carries none: each node is alone, but for the log
    }

    /** The notes behind this number, about so many bytes; null where the engine carries none. */
    default Notes notes(long after, int bytesMax) throws IOException {
        return null;
    }

    /**
     * Puts transient events behind those of all nodes. It ends waits, and waits for no disk where the engine can help
     * it. They are kept for a minute or so, and need not survive a crash of the engine.
     *
     * @param expected number of the newest batch; -1 for any
     * @return with that one batch, without its body; with none where another one is the newest: nothing was relayed.
     *     Null where the engine carries none
     */
    default Relay relay(Batch batch, long expected) throws IOException {
        return null;
    }

    /**
     * What was relayed behind this number, about so many bytes. Who calls {@link #read} and then this gets every batch
     * that was taken before the head that it has read moved there: so all nodes put both orders together alike.
     *
     * @param life  the one that the caller knows
     * @param nonce of the batch of that number; -1 where it is not known. Where the engine has another one there it has
     *              lost some: it begins a new life
     * @return null where the engine carries none
     */
    default Relay relayed(long life, long after, int nonce, int bytesMax) throws IOException {
        return null;
    }

    /**
     * What applications put into the engine inside transactions of their own; null where there is no such thing. It is
     * closed with the engine.
     *
     * @param epoch     of this node's run
     * @param eventsMax of a chunk
     */
    default Outbox outbox(int epoch, int eventsMax) {
        return null;
    }

    /** Removes the oldest batches beyond these bounds, some of them; the newest batch stays. 0 events for any. */
    void trim(long bytesMax, long eventsMax, long oldestMs) throws IOException;

    /** A log that is being put into an engine: all of it counts once it is committed, and nothing before. */
    interface Load extends AutoCloseable {

        /** The next batch, with its body. */
        void add(Stored batch) throws IOException;

        /** Makes all that was added the log of the engine. */
        void commit() throws IOException;

        @Override
        void close();
    }

    /** The log that is there, looked at without a run; the epoch is the newest that was given out. Null for none. */
    default Run look() throws IOException {
        throw new EngineRefused("the log of this engine can be neither exported nor imported", null);
    }

    /**
     * Begins to make this the log of an engine that has none.
     *
     * @param log the epoch is the newest that was given out, and {@code first} the position of the first batch
     * @throws EngineRefused when there is one
     */
    default Load load(Run log) throws IOException {
        throw new EngineRefused("the log of this engine can be neither exported nor imported", null);
    }

    /** Ends the connections. */
    @Override
    void close();
}
