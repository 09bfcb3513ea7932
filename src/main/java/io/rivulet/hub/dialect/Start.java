package io.rivulet.hub.dialect;

/**
 * Where a stream begins, as far as its client is told. A {@link Dialect} reads it when it writes a head or a hello.
 * Immutable, any thread.
 */
public interface Start {

    /** How it resumed, in a word. */
    String resumedText();

    /** Whether the client misses nothing between its cursor and this place. */
    boolean isComplete();

    /** Whether nothing was ever published before this place. */
    boolean isVeryFirst();

    /** Whether transient events were lost before this place. */
    boolean transientLost();

    /** How many events at most are missing; null when it cannot be told. */
    Long missed();

    /** The id just before the first event that comes. */
    String cursorId();
}
