package io.rivulet.hub.stream;

/**
 * Where the bytes of one stream go: an open response. The stream's shard calls it, on its thread alone, and it never
 * blocks. The container's news comes back through {@link Subscription}, which posts it to the shard.
 */
public interface Outlet {

    /** Whether {@link #write} may be called now; false means {@link Subscription#writable} will be called. */
    boolean isReady();

    /**
     * Takes whole events; only while {@link #isReady()}. The bytes are lent for this call, but their array
     * never changes, so an outlet that cannot pass all of it on at once keeps the array. A failure is no
     * exception here: it comes back as {@link Subscription#gone}.
     */
    void write(SharedBytes events);

    /**
     * The array that was written last and is still held, though the container may have taken a part; null for none.
     * Only while it is not {@link #isReady()}.
     */
    default byte[] held() {
        return null;
    }

    /** How many of these bytes the container has not taken yet, as far as it tells. A change counts as progress. */
    default int left() {
        return 0;
    }

    /** Looks whether the client has left, where that costs next to nothing; false also where it cannot be seen. */
    default boolean hasLeft() {
        return false;
    }

    /** The protocol that the response is sent by, such as HTTP/1.1; null when it is not known. */
    default String transport() {
        return null;
    }

    /** Ends the response after what was written, once the container can do so without blocking. Idempotent. */
    void end();
}
