package io.rivulet.hub.stream;

/**
 * Where a subscriber's bytes go: one open response. Called by the subscriber's shard thread alone, never blocks.
 * The container's news comes back through {@link Subscription}, which posts it to the shard.
 */
public interface Outlet {

    /** Whether {@link #write} may be called now; false means {@link Subscription#writable} will be called. */
    boolean isReady();

    /**
     * Takes whole events; only while {@link #isReady()}. The portion is lent for this call; its array stays as it
     * is, so an outlet that cannot pass all of it on at once keeps the array. A failure is no exception here: it comes
     * back as {@link Subscription#gone}.
     */
    void write(SharedBytes events);

    /**
     * What was written last and is still held, whole, though the container may have taken a part; null when nothing is.
     * Only while it is not {@link #isReady()}.
     */
    default byte[] held() {
        return null;
    }

    /** How many of these bytes nobody has taken yet, as far as the container lets know: when it changes, they move. */
    default int left() {
        return 0;
    }

    /** The protocol that the response is sent by, such as HTTP/1.1; null when it is not known. */
    default String transport() {
        return null;
    }

    /** Ends the response after what was written, once the container can do so without blocking. Idempotent. */
    void end();
}
