package io.rivulet.bench.drive;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** One connection of an {@link H2Crowd} and its thread (RFC 9113). It reads all that comes and sends little. */
final class H2Streams {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(30);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int ACK = 1;
    private static final int END_STREAM_AND_HEADERS = 5;
    private static final int INITIAL_WINDOW = 4;
    private static final int FIRST_WINDOW = 65_535;
    private static final int BUFFER = 64 << 10;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Reception[] receptions;
    private final AtomicLong received;
    private final Mark mark = new Mark();
    private final Thread thread;
    private byte[] bytes = new byte[BUFFER];
    private long nowNs;
    private long consumed;
    private long events;
    private final Latencies latencies = new Latencies();
    private boolean measuring;
    private volatile int opened;
    private volatile int broken;
    private volatile String complaint;
    private volatile boolean closing;

    H2Streams(int port, boolean tls, String path, int streams, AtomicLong received) throws IOException {
        this.received = received;
        receptions = new Reception[streams];
        Arrays.setAll(receptions, i -> new Reception(Mark.STREAMS_MAX, false));
        Socket plain = new Socket("127.0.0.1", port);
        plain.setTcpNoDelay(true);
        socket = tls ? overTls(plain) : plain;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
        out = socket.getOutputStream();
        out.write(PREFACE);
        frame(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW).putInt(Integer.MAX_VALUE));
        frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE - FIRST_WINDOW));
        for (int i = 0; i < streams; i++) {
            frame(HEADERS, END_STREAM_AND_HEADERS, 2 * i + 1, request(port, tls, path));
        }
        thread = new Thread(this::run, "bench-h2");
        thread.setDaemon(true);
        thread.start();
    }

    /** HPACK (RFC 7541): GET and the scheme by their index, path and authority as they are, nothing remembered. */
    private static ByteBuffer request(int port, boolean tls, String path) {
        ByteBuffer fields = ByteBuffer.allocate(512).put((byte) 0x82).put((byte) (tls ? 0x87 : 0x86));
        literal(fields, 4, path);
        literal(fields, 1, "127.0.0.1:" + port);
        return fields;
    }

    private static void literal(ByteBuffer fields, int nameIndex, String value) {
        byte[] text = value.getBytes(StandardCharsets.US_ASCII); // shorter than 127, so its length is one byte
        fields.put((byte) nameIndex).put((byte) text.length).put(text);
    }

    private static Socket overTls(Socket plain) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsThisMachine()}, null);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(),
                true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not to be had", e);
        }
    }

    /** A server of the measurement's own, with a key it has just made, on this machine. */
    private static final class TrustsThisMachine implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // there are no clients
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // it is the one that was just started
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    void awaitOpen() throws IOException {
        if (!Pause.forUpTo(OPEN_LIMIT, () -> opened == receptions.length || complaint != null) || complaint != null) {
            throw new IOException(opened + " of " + receptions.length + " streams opened; " + complaint);
        }
    }

    /** Begins or ends counting latencies; gives a copy of what was counted. */
    synchronized Latencies measure(boolean on) {
        Latencies copy = new Latencies();
        copy.add(latencies);
        latencies.clear();
        measuring = on;
        return copy;
    }

    synchronized Faults faults() {
        long gaps = Arrays.stream(receptions).mapToLong(Reception::gaps).sum();
        long doubles = Arrays.stream(receptions).mapToLong(Reception::doubles).sum();
        return new Faults(gaps, doubles, broken, complaint);
    }

    void close() {
        closing = true;
        try {
            socket.close();
            if (thread != null) {
                thread.join();
            }
        } catch (IOException e) {
            complaint = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- its thread

    private void run() {
        try {
            while (true) {
                read();
            }
        } catch (IOException e) {
            if (!closing) {
                broken = receptions.length;
                complaint = "a connection ended: " + e;
            }
        }
    }

    private void read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int id = in.readInt() & Integer.MAX_VALUE;
        if (type == DATA) {
            data(receptions[id / 2], length);
            return;
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        switch (type) {
            case HEADERS -> opened++;
            case SETTINGS -> answer(SETTINGS, flags, new byte[0]);
            case PING -> answer(PING, flags, payload);
            case RST_STREAM, GOAWAY -> {
                broken++;
                complaint = "a stream was reset, or the connection given up";
            }
            default -> {
                // nothing that matters to who only reads
            }
        }
    }

    private synchronized void data(Reception reception, int length) throws IOException {
        byte[] carry = reception.carry();
        if (carry.length + length > bytes.length) {
            bytes = new byte[2 * (carry.length + length)];
        }
        System.arraycopy(carry, 0, bytes, 0, carry.length);
        in.readFully(bytes, carry.length, length);
        nowNs = System.nanoTime();
        events = 0;
        reception.take(bytes, carry.length + length, mark, this::event);
        received.addAndGet(events);
        consumed += length;
        if (consumed > Integer.MAX_VALUE / 2) {
            frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt((int) consumed));
            consumed = 0;
        }
    }

    private void event(Reception of, Mark seen) {
        events++;
        if (measuring) {
            latencies.add((nowNs - seen.nanos()) / 1_000);
        }
    }

    private void answer(int type, int flags, byte[] payload) throws IOException {
        if (flags != ACK) {
            frame(type, ACK, 0, ByteBuffer.allocate(payload.length).put(payload));
        }
    }

    private void frame(int type, int flags, int id, ByteBuffer payload) throws IOException {
        int length = payload.position();
        ByteBuffer frame = ByteBuffer.allocate(9 + length).put((byte) (length >> 16)).putShort((short) length)
            .put((byte) type).put((byte) flags).putInt(id).put(payload.flip());
        out.write(frame.array());
        out.flush();
    }
}
