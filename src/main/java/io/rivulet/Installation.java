package io.rivulet;

import io.rivulet.boot.Assembly;

/**
 * A hub that runs in an application, as {@link Rivulet#install} gives it. The application that installed it closes it
 * when it ends. Any thread.
 */
public final class Installation implements AutoCloseable {

    private final Assembly assembly;

    Installation(Assembly assembly) {
        this.assembly = assembly;
    }

    /** The hub, for Java code. */
    public RivuletHub hub() {
        return new EmbeddedHub(assembly);
    }

    /**
     * Ends all streams, one after the other over at most {@code rivulet.drain}, each with a time to come back; then
     * returns. To be called when the server is about to stop, before it waits for requests that are open: streams would
     * keep it waiting. Publishing works until the streams have ended; afterwards all is refused. Idempotent.
     */
    public void drain() {
        assembly.drain();
    }

    /** Ends streams, threads and the log. Idempotent. */
    @Override
    public void close() {
        assembly.close();
    }
}
