package io.rivulet.hub;

import java.nio.ByteBuffer;

/**
 * Where a subscriber's bytes go: one open response. Called by the subscriber's shard thread alone, never blocks.
 * The container's news comes back through {@link Subscription}, which posts it to the shard.
 */
public interface Outlet {

    /** Whether {@link #write} may be called now; false means {@link Subscription#writable} will be called. */
    boolean isReady();

    /**
     * Takes whole events; only while {@link #isReady()}. The bytes must not change until {@link #isReady()} is true
     * again. A failure is no exception here: it comes back as {@link Subscription#gone}.
     */
    void write(ByteBuffer events);

    /** Ends the response after what was written, once the container can do so without blocking. Idempotent. */
    void end();
}
