package io.rivulet.kit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;

/**
 * A connection of HTTP/2 (RFC 9113) with a hand on both of its brakes. The socket is read by whoever waits for
 * something, so when no call waits any more, nobody reads, and the server's socket fills. A window is opened again for
 * what was taken out of a body, so a call that is not read closes its own window while the others go on, until what was
 * not read has used up the connection's. For any threads.
 */
public final class H2Client implements AutoCloseable {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DEFAULT_WINDOW = 65_535;
    private static final int TIMEOUT_MS = (int) Await.LIMIT.toMillis();
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 32;
    private static final int FRAME_MAX = 16_384;
    private static final int CANCEL = 8;

    private final Socket tcp;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final int window;
    private final int connectionWindow;
    private final HpackDecoder hpack = new HpackDecoder(64 << 10, System::nanoTime);
    private final Map<Integer, H2Call> calls = new ConcurrentHashMap<>();
    private final ReentrantLock reading = new ReentrantLock();
    private final ByteArrayOutputStream headerBlock = new ByteArrayOutputStream();
    private int nextId = 1;
    private int consumed;
    private volatile IOException failure;

    private H2Client(Socket tcp, Socket socket, int window, int connectionWindow) throws IOException {
        this.tcp = tcp;
        this.socket = socket;
        this.window = window;
        this.connectionWindow = connectionWindow;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 2_048));
        out = socket.getOutputStream();
        out.write(PREFACE);
        // SETTINGS_ENABLE_PUSH 0, SETTINGS_INITIAL_WINDOW_SIZE
        frame(SETTINGS, 0, 0, ByteBuffer.allocate(12).putShort((short) 2).putInt(0).putShort((short) 4).putInt(window)
            .array());
        if (connectionWindow > DEFAULT_WINDOW) {
            update(0, connectionWindow - DEFAULT_WINDOW);
        }
    }

    /** A connection to this server, over TLS where it speaks so. */
    public static Builder to(Server server) {
        return new Builder(server.port(), server.protocol().isTls());
    }

    /** A connection without TLS to what runs at this port of this machine. */
    public static Builder to(int port) {
        return new Builder(port, false);
    }

    /** What may differ between connections. */
    public static final class Builder {
        private final int port;
        private final boolean tls;
        private int receiveBuffer;
        private int window = DEFAULT_WINDOW;
        private int connectionWindow = DEFAULT_WINDOW;

        private Builder(int port, boolean tls) {
            this.port = port;
            this.tls = tls;
        }

        /** Bytes of the kernel's receive buffer, so that a stall reaches the server soon; 0 leaves it to the kernel. */
        public Builder receiveBuffer(int bytes) {
            receiveBuffer = bytes;
            return this;
        }

        /** How much a stream may send ahead of its reader. */
        public Builder window(int bytes) {
            window = bytes;
            return this;
        }

        /** How much all streams together may; at least 65,535, as the standard has it. */
        public Builder connectionWindow(int bytes) {
            connectionWindow = bytes;
            return this;
        }

        /** Connects. */
        public H2Client connect() throws IOException {
            Socket tcp = WireClient.connect(port, receiveBuffer);
            try {
                return new H2Client(tcp, tls ? Tls.over(tcp, "h2") : tcp, window, connectionWindow);
            } catch (IOException e) {
                tcp.close();
                throw e;
            }
        }
    }

    /** A call that leaves the connection to others when it ends. */
    public H2Call call() {
        return new H2Call(this, false);
    }

    /** The only call of this connection, which ends with it. */
    Call onlyCall() {
        return new H2Call(this, true);
    }

    /** Leaves. */
    @Override
    public void close() {
        fail(new IOException("the client has left"));
        try {
            socket.close();
        } catch (IOException e) {
            // nobody is left to whom it matters
        }
    }

    /** Leaves without a farewell: the server gets a reset of the connection. */
    public void reset() {
        fail(new IOException("the client has left by a reset"));
        try {
            tcp.setSoLinger(true, 0);
            tcp.close();
        } catch (IOException e) {
            // it is closed already, which is what is wanted
        }
    }

    // ---- for its calls

    int window() {
        return window;
    }

    String scheme() {
        return socket == tcp ? "http" : "https";
    }

    int port() {
        return tcp.getPort();
    }

    /** Opens a stream; gives its number. */
    synchronized int open(H2Call call, byte[] fields, byte[] body, boolean goesOn) throws IOException {
        if (failure != null) {
            throw failure;
        }
        int id = nextId;
        nextId += 2;
        calls.put(id, call);
        frame(HEADERS, END_HEADERS | (body.length == 0 && !goesOn ? END_STREAM : 0), id, fields);
        for (int at = 0; at < body.length; at += FRAME_MAX) {
            int n = Math.min(FRAME_MAX, body.length - at);
            frame(DATA, at + n == body.length ? END_STREAM : 0, id, java.util.Arrays.copyOfRange(body, at, at + n));
        }
        return id;
    }

    /** A piece of a body, smaller than a frame and within the first window. */
    void data(int id, byte[] bytes, boolean isLast) throws IOException {
        frame(DATA, isLast ? END_STREAM : 0, id, bytes);
    }

    /** The call is not interested any more; tells the server, when it does not know. */
    void forget(int id, boolean cancel) {
        if (calls.remove(id) != null && cancel && failure == null) {
            try {
                frame(RST_STREAM, 0, id, ByteBuffer.allocate(4).putInt(CANCEL).array());
                frame(PING, 0, 0, new byte[8]); // the answer wakes the reader: maybe who has just lost interest
            } catch (IOException e) {
                // the connection is over, and so is the stream
            }
        }
    }

    /** So much was taken out of a body: the connection's window is opened by as much, in large steps as clients do. */
    synchronized void consumed(int bytes) throws IOException {
        consumed += bytes;
        if (consumed >= connectionWindow / 2) {
            update(0, consumed);
            consumed = 0;
        }
    }

    /** The same for what nobody has taken. */
    void dropped(int bytes) {
        try {
            consumed(bytes);
        } catch (IOException e) {
            // the connection is over
        }
    }

    synchronized void update(int id, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, id, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /** Reads the next frame unless there is news already; false when somebody else reads. */
    boolean readOn(BooleanSupplier until) throws IOException {
        try {
            if (!reading.tryLock(2, TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while the connection was read");
        }
        try {
            if (!until.getAsBoolean()) {
                if (failure != null) {
                    throw failure;
                }
                readFrame();
            }
            return true;
        } catch (IOException e) {
            fail(e);
            throw e;
        } finally {
            reading.unlock();
        }
    }

    private void fail(IOException e) {
        if (failure == null) {
            failure = e;
        }
        calls.values().forEach(call -> call.failed(e));
    }

    // ---- frames

    private synchronized void frame(int type, int flags, int id, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length).put((byte) type).put((byte) flags)
            .putInt(id).put(payload);
        out.write(frame.array());
        out.flush();
    }

    private void readFrame() throws IOException {
        int first = in.read();
        if (first < 0) {
            throw new EOFException("the server has closed the connection");
        }
        byte[] payload = new byte[first << 16 | in.readUnsignedShort()];
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int id = in.readInt() & 0x7fffffff;
        in.readFully(payload);
        H2Call call = calls.get(id);
        switch (type) {
            case DATA -> data(call, flags, id, payload);
            case HEADERS -> {
                headerBlock.reset();
                ByteBuffer fields = unpadded(flags, payload);
                fields.position(fields.position() + ((flags & PRIORITY) == 0 ? 0 : 5));
                headerBlock.write(payload, fields.position(), fields.remaining());
                headers(call, flags, id, (flags & END_STREAM) != 0);
            }
            case CONTINUATION -> {
                headerBlock.write(payload);
                headers(call, flags, id, false);
            }
            case RST_STREAM -> {
                if (call != null) {
                    call.failed(new IOException("the server has reset the stream: " + ByteBuffer.wrap(payload)
                        .getInt()));
                }
            }
            case SETTINGS -> {
                if (flags != ACK) {
                    frame(SETTINGS, ACK, 0, new byte[0]);
                }
            }
            case PING -> {
                if (flags != ACK) {
                    frame(PING, ACK, 0, payload);
                }
            }
            case GOAWAY -> {
                ByteBuffer said = ByteBuffer.wrap(payload);
                int last = said.getInt();
                IOException why = new IOException("the server goes away: " + said.getInt() + " "
                    + new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8));
                calls.forEach((number, other) -> {
                    if (number > last) {
                        other.failed(why);
                    }
                });
                failure = why;
            }
            default -> {
                // windows for what is sent: bodies of tests are smaller than the first one
            }
        }
    }

    private void data(H2Call call, int flags, int id, byte[] payload) throws IOException {
        if (call == null) {
            consumed(payload.length); // of a stream that was cancelled: the connection's window is everybody's
            return;
        }
        ByteBuffer bytes = unpadded(flags, payload);
        call.data(bytes, (flags & END_STREAM) != 0);
    }

    private void headers(H2Call call, int flags, int id, boolean end) throws IOException {
        if ((flags & END_HEADERS) == 0) {
            return;
        }
        try {
            MetaData fields = hpack.decode(ByteBuffer.wrap(headerBlock.toByteArray()));
            if (call != null) {
                call.head(fields, end);
            }
        } catch (HpackException e) {
            throw new IOException("the headers of stream " + id + " cannot be read", e);
        }
    }

    private static ByteBuffer unpadded(int flags, byte[] payload) {
        boolean padded = (flags & PADDED) != 0;
        return ByteBuffer.wrap(payload, padded ? 1 : 0,
            payload.length - (padded ? 1 + (payload[0] & 0xff) : 0));
    }
}
