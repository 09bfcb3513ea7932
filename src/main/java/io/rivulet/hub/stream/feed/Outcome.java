package io.rivulet.hub.stream.feed;

/**
 * The answer of a {@link Feed} that was asked for the next bytes. The shard carries it out; the last one of a stream
 * tells operators why that stream is slow.
 */
public enum Outcome {
    /** Bytes to write: see {@link Delivery}. */
    WRITE,
    /** There is nothing that the stream has not got: it is, or goes, live. */
    CAUGHT_UP,
    /** It has got what it begins with: all that came since follows. */
    FILLED,
    /** A live stream cannot take what came: it goes on from the ring or the log. */
    FELL_BEHIND,
    /** Some was looked through, and there is more: its turn comes again. */
    TURN,
    /** Something that the stream was to get is lost: see {@link Turn#loss}. */
    LOST,
    /** It asks for a read of the log: see {@link Turn#question}. */
    ASKS,
    /** It waits for what it has asked of the log. */
    LOG,
    /** It waits for its rate. */
    RATE,
    /** It waits for memory: see {@link Turn#need}. */
    MEMORY,
    /** It waits for its socket. */
    SOCKET
}
