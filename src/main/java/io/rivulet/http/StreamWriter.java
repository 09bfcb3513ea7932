package io.rivulet.http;

import io.rivulet.hub.Portion;

/** An open response that its subscriber's shard writes to itself: the container's writes never block. */
final class StreamWriter extends OpenResponse {

    @Override
    public boolean isReady() {
        return mayBeReady() && tryDrained();
    }

    @Override
    public void write(Portion events) {
        current = events.view();
        events.keep();
        tryDrained();
    }

    @Override
    public byte[] held() {
        return current != null ? current.array() : taking != null ? taking.array() : null;
    }

    @Override
    public int left() {
        return (current == null ? 0 : current.remaining()) + (taking == null ? 0 : taking.remaining());
    }

    /** Tomcat finishes with a blocking flush: a stream that is not ready is ended by its next callback instead. */
    @Override
    void finish() {
        current = null; // a stream that is ended late holds no bytes meanwhile
        taking = null;
        if (mayBeReady()) {
            completeInside();
        }
    }

    @Override
    void possible() {
        if (isEnding()) {
            complete();
        } else {
            tellWritable();
        }
    }
}
