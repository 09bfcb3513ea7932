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

    /** Tomcat finishes with a blocking flush: a stream that is not ready is ended by its next callback instead. */
    @Override
    void finish() {
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
