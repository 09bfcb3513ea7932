package io.rivulet.kit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A client that writes bytes and reads bytes: nothing is hidden, repaired or retried. One connection; for one thread,
 * except {@link #close} and {@link #reset}, which any thread may call.
 */
public final class WireClient implements Call {

    /** A read that takes longer has hung. */
    private static final int READ_TIMEOUT_MS = (int) Await.LIMIT.toMillis();

    private final Socket tcp;
    private final Socket socket;
    private final InputStream in;

    private WireClient(Socket tcp, Socket socket) throws IOException {
        this.tcp = tcp;
        this.socket = socket;
        this.in = new java.io.BufferedInputStream(socket.getInputStream(), 2_048);
    }

    /** A connection to the server, over TLS where it speaks so. */
    public static WireClient to(Server server) throws IOException {
        return to(server, 0);
    }

    /** The same with a receive buffer of so many bytes; 0 leaves it to the kernel. */
    public static WireClient to(Server server, int receiveBuffer) throws IOException {
        if (!server.protocol().isTls()) {
            return to(server.port(), receiveBuffer);
        }
        Socket tcp = connect(server.port(), receiveBuffer);
        try {
            return new WireClient(tcp, Tls.over(tcp, "http/1.1"));
        } catch (IOException e) {
            tcp.close();
            throw e;
        }
    }

    /** A connection to a port of this machine, with a receive buffer of so many bytes; 0 leaves it to the kernel. */
    public static WireClient to(int port, int receiveBuffer) throws IOException {
        Socket tcp = connect(port, receiveBuffer);
        return new WireClient(tcp, tcp);
    }

    /** The same from this address of this machine, such as 127.0.0.2: to the server another client. */
    public static WireClient from(String address, int port, int receiveBuffer) throws IOException {
        Socket tcp = connect(new InetSocketAddress(address, 0), port, receiveBuffer);
        return new WireClient(tcp, tcp);
    }

    /** A socket to a port of this machine; reading it times out. */
    static Socket connect(int port, int receiveBuffer) throws IOException {
        return connect(null, port, receiveBuffer);
    }

    private static Socket connect(InetSocketAddress from, int port, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.bind(from);
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer); // before connect: it decides the window
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_TIMEOUT_MS);
        return socket;
    }

    /** One request on a connection of its own, and its whole answer. */
    public static WireResponse exchange(Server server, String request) throws IOException {
        try (WireClient client = to(server)) {
            return client.send(request).read();
        }
    }

    /** Writes these characters, each as one byte; {@code \n} is not changed. */
    public WireClient send(String latin1) throws IOException {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Writes these bytes. */
    public WireClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Writes the head of a request with a body of so many bytes, then the body. */
    @Override
    public WireClient send(String method, String target, Map<String, String> headers, byte[] body)
        throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        if (!headers.containsKey("Host")) {
            head.append("Host: localhost:").append(socket.getPort()).append("\r\n");
        }
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (body != null) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes);
        all.write(body == null ? new byte[0] : body);
        return send(all.toByteArray());
    }

    /** Reads a whole answer to HEAD: it has no body, whatever its headers say. */
    @Override
    public WireResponse readHead() throws IOException {
        String[] status = line().split(" ", 3);
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), n -> new ArrayList<>(1))
                .add(line.substring(colon + 1).trim());
        }
        WireResponse head = new WireResponse(status[0], Integer.parseInt(status[1]), headers, new byte[0]);
        return head.status() == 100 ? readHead() : head;
    }

    /** The body that follows this head, without its transfer coding; its end before its time is an EOFException. */
    @Override
    public InputStream body(WireResponse head) {
        if (head.status() == 204 || head.status() == 304) {
            return InputStream.nullInputStream();
        }
        if ("chunked".equalsIgnoreCase(head.header("Transfer-Encoding"))) {
            return new Chunked();
        }
        String length = head.header("Content-Length");
        return length == null ? in : new Counted(Long.parseLong(length));
    }

    /** The next byte as it comes, or -1 at the end. */
    public int readByte() throws IOException {
        return in.read();
    }

    /** Reads away what has come, at most so much, and waits for nothing. */
    public void skipSome(int most) throws IOException {
        in.skip(Math.min(most, in.available()));
    }

    /** Whether the server has ended the connection; waits for it. */
    public boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true; // a reset is an end, too
        }
    }

    /** How long a read may take. */
    public WireClient readTimeout(int ms) throws IOException {
        socket.setSoTimeout(ms);
        return this;
    }

    /** Says that nothing more will be sent, and goes on reading. */
    public WireClient endOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Leaves without a farewell: the server gets a reset. */
    @Override
    public void reset() {
        try {
            tcp.setSoLinger(true, 0);
            tcp.close(); // beneath TLS, which would say goodbye
        } catch (IOException e) {
            // it is closed already, which is what is wanted
        }
    }

    /** Leaves as a browser does. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // nobody is left to whom it matters
        }
    }

    @Override
    public String toString() {
        return "HTTP/1.1 from port " + tcp.getLocalPort();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the connection ended inside a line: \"" + line + "\"");
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.UTF_8);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(b);
        }
    }

    /** A body of known length. */
    private final class Counted extends InputStream {
        private long left;

        Counted(long length) {
            left = length;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            int b = in.read();
            if (b < 0) {
                throw new EOFException(left + " bytes of the body are missing");
            }
            left--;
            return b;
        }
    }

    /** A body in chunks; every read gives what is there and waits only for the first byte. */
    private final class Chunked extends InputStream {
        private long left;
        private boolean first = true;
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (ended) {
                return -1;
            }
            if (left == 0) {
                if (!first && !line().isEmpty()) {
                    throw new IOException("a chunk is not followed by CR LF");
                }
                first = false;
                left = Long.parseLong(line().split(";")[0].trim(), 16);
                if (left == 0) {
                    ended = true;
                    while (!line().isEmpty()) {
                        // trailers mean nothing here
                    }
                    return -1;
                }
            }
            int n = in.read(bytes, from, (int) Math.min(left, length));
            if (n < 0) {
                throw new EOFException("the body ended inside a chunk");
            }
            left -= n;
            return n;
        }
    }
}
