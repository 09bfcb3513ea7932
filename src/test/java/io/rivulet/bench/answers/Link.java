package io.rivulet.bench.answers;

import io.rivulet.bench.drive.ResponseBody;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A connection of the crowd's, one request and its answer, that is made anew when it is over. It never waits. The
 * crowd's thread alone.
 */
abstract class Link {

    private static final int REFUSAL_BYTES_MAX = 4_096;
    /**
     * Another address than the hub's. While nobody listens at the hub's port the system may choose that very port for a
     * client's end: then the client is connected to itself, and a hub that starts again finds its port in use. Linux
     * has the whole network 127.
     */
    private static final InetSocketAddress OWN_ADDRESS = System.getProperty("os.name").equals("Linux")
        ? new InetSocketAddress("127.0.0.2", 0) : null;

    private final Crowd crowd;
    private SocketChannel channel;
    private SelectionKey key;
    private ByteBuffer out;
    private ResponseBody answer;
    private boolean isOpen;
    private long dueNs;

    Link(Crowd crowd) {
        this.crowd = crowd;
    }

    final Crowd crowd() {
        return crowd;
    }

    /** Head, and body as far as it is known. */
    abstract String request();

    /** The request is out: more of its body may be sent. */
    abstract void asked();

    /** The head of an answer of this status has come; false to leave. */
    abstract boolean answered(int status);

    /** So much of the answer's body has come. */
    abstract void take(byte[] bytes, int to);

    /** The answer has come to its end, or the connection has without it. */
    abstract void over(boolean isWhole);

    /** Whether it has a connection over which its request went out. */
    final boolean isOpen() {
        return isOpen;
    }

    /** Whether all that was sent is with the system. */
    final boolean isIdle() {
        return isOpen && out == null;
    }

    /** When it shall connect. */
    final long dueNs() {
        return dueNs;
    }

    /** Connects then. */
    final void connectAt(long ns) {
        dueNs = ns;
        crowd.later(this);
    }

    final void connect() {
        try {
            answer = new ResponseBody();
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_LINGER, 0); // no port stays in TIME_WAIT
            if (OWN_ADDRESS != null) {
                channel.bind(OWN_ADDRESS);
            }
            out = ByteBuffer.wrap(request().getBytes(StandardCharsets.UTF_8));
            key = channel.register(crowd.selector(), SelectionKey.OP_CONNECT, this);
            if (channel.connect(new InetSocketAddress("127.0.0.1", crowd.port()))) {
                connected();
            }
        } catch (IOException e) {
            gone(false); // nobody listens now
        }
    }

    private void connected() throws IOException {
        key.interestOps(SelectionKey.OP_READ);
        flush();
        if (out == null) {
            isOpen = true;
            asked();
        }
    }

    /** The selector says that something can be done. */
    final void ready(ByteBuffer buffer, byte[] bytes) {
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                connected();
            } else if (key.isWritable()) {
                flush();
                if (out == null) {
                    isOpen = true;
                    asked();
                }
            }
            if (key.isValid() && key.isReadable()) {
                read(buffer, bytes);
            }
        } catch (IOException e) {
            gone(false); // cut, or nobody listens
        }
    }

    private void read(ByteBuffer buffer, byte[] bytes) throws IOException {
        int n = channel.read(buffer.clear());
        if (n < 0) {
            gone(answer.ended());
            return;
        }
        buffer.flip().get(bytes, 0, n);
        boolean isHead = answer.status() == 0;
        int end = answer.unframe(bytes, 0, n);
        if (isHead && answer.status() > 0 && !answered(answer.status())) {
            gone(false);
            return;
        }
        if (end > 0) {
            take(bytes, end);
        }
        if (answer.ended() && key.isValid()) {
            gone(true);
        }
    }

    /** Sends more; only while {@link #isIdle}. */
    final void send(byte[] bytes) {
        out = ByteBuffer.wrap(bytes);
        try {
            flush();
        } catch (IOException e) {
            gone(false); // cut
        }
    }

    private void flush() throws IOException {
        if (out != null) {
            channel.write(out);
            out = out.hasRemaining() ? out : null;
        }
        key.interestOps(SelectionKey.OP_READ | (out == null ? 0 : SelectionKey.OP_WRITE));
    }

    /** Leaves, by a reset. */
    final void leave() {
        gone(false);
    }

    private void gone(boolean isWhole) {
        close();
        over(isWhole);
    }

    /** Leaves for good. */
    final void close() {
        isOpen = false;
        out = null;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            crowd.fault("a connection cannot be closed: " + e);
        }
    }

    /** What came as a refusal, short. */
    static String text(byte[] bytes, int to) {
        return new String(bytes, 0, Math.min(to, REFUSAL_BYTES_MAX), StandardCharsets.UTF_8);
    }
}
