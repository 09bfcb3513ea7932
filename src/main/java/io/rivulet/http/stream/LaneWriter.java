package io.rivulet.http.stream;

import io.rivulet.hub.stream.SharedBytes;

/**
 * An open response that a thread of the {@link WriterPool} writes to, because the container's writes may block:
 * Tomcat's on HTTP/2 wait for the connection's socket. The shard hands its bytes over and goes on.
 *
 * <p>One flag says whose turn it is. While {@code atShard}, the shard may hand over bytes, and does so by taking the
 * flag down after it has put them there; the lane's thread raises it again when the container has taken all of them.
 */
final class LaneWriter extends OpenResponse implements Runnable {

    private final WriterPool.Lane lane;
    private volatile boolean atShard;
    /** What was handed over last; the shard's. */
    private byte[] handed;

    /** The lane is this writer's to leave, once. */
    LaneWriter(WriterPool.Lane lane) {
        this.lane = lane;
    }

    // ---- the shard's thread

    @Override
    public boolean isReady() {
        if (!atShard || isOver()) {
            return false;
        }
        handed = null;
        return true;
    }

    @Override
    public void write(SharedBytes events) {
        handed = events.bytes();
        take(handed);
        atShard = false;
        lane.run(this);
    }

    @Override
    public byte[] held() {
        return handed;
    }

    /** Looked at while the lane may change it: whether it changes is all that is asked. */
    @Override
    public int left() {
        return leftBytes();
    }

    @Override
    void finish() {
        handed = null;
        if (!isOver()) {
            lane.run(this);
        }
    }

    // ---- container threads

    @Override
    void possible() {
        lane.run(this);
    }

    // ---- the lane's thread

    /**
     * One job: after a hand-over, after each call of the container, and at the end.
     *
     * <p>T1 (the lane) finds that all was taken and looks whether the stream is to end; T2 (the shard) may end it just
     * then: it says so first and then asks for one more job, which finds it. T1 (the lane) may have been called by a
     * container that owed nothing, while T2 (the shard) is about to hand over: T1 sees {@code atShard} and leaves, and
     * T2's own job does the work.
     */
    @Override
    public void run() {
        if (atShard && !isEnding()) {
            return;
        }
        if (!tryDrained()) { // the container calls again, or it is over
            if (isPutOff()) {
                lane.run(this);
            } else if (isEnding() || isOver()) {
                drop(); // a stream that is ended late holds no bytes meanwhile
            }
        } else if (isEnding()) {
            completeInside();
        } else {
            atShard = true;
            tellWritable();
        }
    }

    @Override
    void closed() {
        lane.leave();
    }
}
