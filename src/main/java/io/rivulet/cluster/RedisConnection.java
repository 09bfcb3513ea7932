package io.rivulet.cluster;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One connection to a Redis: words go out as an array of RESP 2, one answer comes back. {@link RedisEngine} has one for
 * calls and one that waits; one thread at a time calls, any thread may end it.
 *
 * <p>The hard thing is a peer that says nothing any more and is still there as far as TCP knows. A read of a socket has
 * a time limit, a write has none: it waits for ever once the buffers are full. So each call notes when it must have
 * ended, and whoever looks ({@link #endIfLate}) closes the socket of one that is late, which ends the call.
 */
final class RedisConnection implements AutoCloseable {

    private static final int CONNECT_MS = 3_000;
    /** A write that stands still is looked for only after a read would have given up. */
    private static final int LATE_MS = 1_000;
    private static final int ANSWER_BYTES_MAX = 256 << 20;
    private static final int DEPTH_MAX = 8;

    private static final byte[] END = {'\r', '\n'};

    private final String address;
    /** What TLS goes over. Closing this one never waits for the peer. */
    private final Socket wire;
    private final OutputStream out;
    private final InputStream in;
    /** When the call that is under way must have ended; 0 for none. */
    private volatile long endNs;

    /** An error that Redis answers with. The connection goes on. */
    static final class RedisError extends IOException {

        RedisError(String message) {
            super(message);
        }

        /** Its first word, as in {@code READONLY}. */
        String code() {
            return getMessage().split(" ", 2)[0];
        }
    }

    private RedisConnection(String address, Socket wire, Socket socket) throws IOException {
        this.address = address;
        this.wire = wire;
        out = socket.getOutputStream();
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    /** Connects. The name is looked up anew each time. */
    static RedisConnection open(String host, int port, boolean tls, int answerMs) throws IOException {
        String address = host + ':' + port;
        Socket wire = new Socket();
        try {
            InetSocketAddress to = new InetSocketAddress(host, port);
            if (to.isUnresolved()) {
                throw new IOException("no such host");
            }
            wire.connect(to, CONNECT_MS);
            wire.setTcpNoDelay(true);
            wire.setKeepAlive(true);
            wire.setSoTimeout(answerMs);
            return new RedisConnection(address, wire, tls ? secured(wire, host, port) : wire);
        } catch (IOException e) {
            wire.close();
            throw new IOException("no connection to Redis at " + address + ": " + e.getMessage(), e);
        }
    }

    private static Socket secured(Socket wire, String host, int port) throws IOException {
        SSLSocket tls;
        try {
            tls = (SSLSocket) SSLContext.getDefault().getSocketFactory().createSocket(wire, host, port, true);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this JVM has no TLS to begin with: " + e.getMessage(), e);
        }
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // else any certificate of any name would do
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    String address() {
        return address;
    }

    /**
     * Says something, and gives what is answered: a {@code String} for a state, a {@code Long}, bytes, a list of these,
     * or null.
     *
     * @param answerMs so long it may take
     * @param words    bytes, or what is written as text
     * @throws RedisError when that is the answer; after any other exception the connection is of no use
     */
    Object call(int answerMs, Object... words) throws IOException {
        ByteArrayOutputStream all = encode(words);
        wire.setSoTimeout(answerMs);
        endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(answerMs + LATE_MS) | 1;
        try {
            all.writeTo(out);
            return answer(0);
        } catch (SocketTimeoutException e) {
            throw new IOException("Redis at " + address + " did not answer for " + answerMs + " ms", e);
        } catch (RedisError | ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("the connection to Redis at " + address + " broke: " + e.getMessage(), e);
        } finally {
            endNs = 0;
        }
    }

    /** Bytes of an answer as text. */
    static String text(Object answer) {
        return answer instanceof byte[] b ? new String(b, StandardCharsets.UTF_8) : String.valueOf(answer);
    }

    /** Ends a call that takes too long, if there is one. Any thread. */
    void endIfLate() {
        long end = endNs;
        if (end != 0 && System.nanoTime() - end > 0) {
            close();
        }
    }

    private static ByteArrayOutputStream encode(Object[] words) {
        byte[][] bytes = new byte[words.length][];
        int size = 16;
        for (int i = 0; i < words.length; i++) {
            bytes[i] = words[i] instanceof byte[] b ? b : words[i].toString().getBytes(StandardCharsets.UTF_8);
            size += bytes[i].length + 16;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(size);
        head(out, '*', words.length);
        for (byte[] each : bytes) {
            head(out, '$', each.length);
            out.writeBytes(each);
            out.writeBytes(END);
        }
        return out;
    }

    private static void head(ByteArrayOutputStream out, char type, int count) {
        out.writeBytes((type + Integer.toString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private Object answer(int depth) throws IOException {
        String line = line();
        String rest = line.isEmpty() ? "" : line.substring(1);
        switch (line.isEmpty() ? 0 : line.charAt(0)) {
            case '+':
                return rest;
            case '-':
                throw new RedisError(rest);
            case ':':
                return number(rest, Long.MIN_VALUE, Long.MAX_VALUE);
            case '$':
                int length = (int) number(rest, -1, ANSWER_BYTES_MAX);
                return length < 0 ? null : bytes(length);
            case '*':
                int count = (int) number(rest, -1, ANSWER_BYTES_MAX / 4);
                if (depth == DEPTH_MAX) {
                    throw foreign();
                }
                return count < 0 ? null : list(count, depth);
            default:
                throw foreign();
        }
    }

    private List<Object> list(int count, int depth) throws IOException {
        List<Object> all = new ArrayList<>(Math.min(count, 1 << 10));
        RedisError error = null;
        for (int i = 0; i < count; i++) {
            try {
                all.add(answer(depth + 1));
            } catch (RedisError e) {
                error = e; // what follows must be read all the same
            }
        }
        if (error != null) {
            throw error;
        }
        return all;
    }

    private byte[] bytes(int length) throws IOException {
        byte[] b = in.readNBytes(length);
        if (b.length < length) {
            throw new EOFException("it ended");
        }
        expect('\r');
        expect('\n');
        return b;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("it ended");
            }
            if (line.length() == 1 << 16) {
                throw foreign();
            }
            line.append((char) c);
        }
        expect('\n');
        return line.toString();
    }

    private void expect(char what) throws IOException {
        int c = in.read();
        if (c < 0) {
            throw new EOFException("it ended");
        }
        if (c != what) {
            throw foreign();
        }
    }

    private long number(String text, long min, long max) throws IOException {
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw foreign();
        }
        throw foreign();
    }

    private ProtocolException foreign() {
        return new ProtocolException("what answers at " + address + " does not speak as a Redis does");
    }

    /** Ends it at once; a call that is under way fails. */
    @Override
    public void close() {
        try {
            wire.close();
        } catch (IOException e) {
            endNs = 0; // nothing of it is used any more
        }
    }
}
