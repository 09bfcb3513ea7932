package io.rivulet.log;

/**
 * How far the copy of a shared log is behind. Immutable, any thread.
 *
 * @param events that the engine had when it was asked last, and the copy has not
 * @param ms     since the copy was last known to be whole
 */
public record LogLag(long events, long ms) {

    /** That of a log which is nobody's copy. */
    public static final LogLag NONE = new LogLag(0, 0);
}
