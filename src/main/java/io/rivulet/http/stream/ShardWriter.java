package io.rivulet.http.stream;

import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;

/**
 * An open response that its stream's shard writes to by itself, since the container's writes never block. The hub uses
 * it as an outlet, on the shard's thread.
 *
 * <p>On Jetty with plain HTTP/1.1 it may write to the socket itself ({@link JettySocket}), once the usual way has
 * brought the first bytes.
 */
final class ShardWriter extends OpenResponse {

    private final boolean mayGoStraight;
    private final Metrics metrics;
    /** To be told of a stream of Jetty's that begins without a straight socket; null once it was, and elsewhere. */
    private GzipWarning gzip;
    /** The socket, where it can be written to; else null. */
    private JettySocket socket;
    /** Whether the usual way has brought the first bytes, and the socket is written to from now on. */
    private boolean straight;
    private boolean begun;
    /** Where it can be seen that the client has left; else null. */
    private SocketLook look;

    /** A writer that goes to the socket itself where that can be done and {@code mayGoStraight}. */
    ShardWriter(boolean mayGoStraight, Metrics metrics, GzipWarning gzip) {
        this.mayGoStraight = mayGoStraight;
        this.metrics = metrics;
        this.gzip = gzip;
    }

    @Override
    void opening(AsyncContext async, ServletOutputStream out) {
        socket = mayGoStraight ? JettySocket.of(async, out) : null;
        gzip = socket == null && out.getClass().getName().startsWith("org.eclipse.jetty.") ? gzip : null;
        look = socket != null ? socket.look() : SocketLook.ofTomcat(async);
    }

    @Override
    public boolean isReady() {
        return straight ? !isOver() && socket.isReady() : mayBeReady() && isDrained();
    }

    private boolean isDrained() {
        boolean drained = tryDrained();
        if (drained && begun && socket != null) {
            straight = goesStraight();
            if (straight) {
                metrics.add(Count.STREAMS_STRAIGHT);
                return socket.isReady();
            }
            socket = null;
        }
        if (drained && begun && gzip != null) {
            beganCompressed();
        }
        tellIfPutOff();
        return drained;
    }

    private void beganCompressed() {
        if (enter()) {
            try {
                gzip.begun(async());
                gzip = null;
            } finally {
                leave();
            }
        }
    }

    private boolean goesStraight() {
        if (!enter()) {
            return false;
        }
        try {
            return socket.begin(this);
        } catch (IOException | RuntimeException e) {
            failed(e);
            return false;
        } finally {
            leave();
        }
    }

    @Override
    public void write(SharedBytes events) {
        if (straight) {
            writeStraight(events);
        } else {
            begun = true;
            tryPass(events);
            tellIfPutOff();
        }
    }

    /** The container will not call, for it has already. */
    private void tellIfPutOff() {
        if (isPutOff()) {
            tellWritable();
        }
    }

    private void writeStraight(SharedBytes events) {
        if (enter()) {
            try {
                socket.write(events, this);
            } catch (IOException | RuntimeException e) {
                failed(e);
            } finally {
                leave();
            }
        }
    }

    @Override
    public boolean hasLeft() {
        if (look == null || !enter()) {
            return false;
        }
        try {
            return look.hasLeft();
        } finally {
            leave();
        }
    }

    @Override
    void completing() {
        JettySocket ours = socket;
        if (ours != null) {
            ours.end();
        }
    }

    @Override
    public byte[] held() {
        return straight ? socket.held() : heldBytes();
    }

    @Override
    public int left() {
        return straight ? socket.left() : leftBytes();
    }

    /** Tomcat finishes with a blocking flush: a stream that is not ready is ended by its next callback instead. */
    @Override
    void finish() {
        drainPutOff();
        drop(); // a stream that is ended late holds no bytes meanwhile
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
