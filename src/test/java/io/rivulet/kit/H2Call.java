package io.rivulet.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MetaData;

/** One stream after the other of an {@link H2Client}. */
public final class H2Call implements Call {

    private static final int AUTHORITY = 1;
    private static final int METHOD = 2;
    private static final int PATH = 4;
    private static final int SCHEME = 6;

    private final H2Client client;
    private final boolean alone;
    private final ConcurrentLinkedQueue<ByteBuffer> body = new ConcurrentLinkedQueue<>();
    private volatile int id;
    private volatile WireResponse head;
    private volatile boolean ended;
    private volatile IOException failure;
    private int consumed;
    private boolean openBody;

    /** {@code alone}: the connection ends with it. */
    H2Call(H2Client client, boolean alone) {
        this.client = client;
        this.alone = alone;
    }

    @Override
    public Call send(String method, String target, Map<String, String> headers, byte[] bytes) throws IOException {
        drop(false);
        head = null;
        ended = false;
        failure = null;
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        // names by their number in the static table, RFC 7541, A: Tomcat takes no colon where a name is spelled
        pseudo(fields, AUTHORITY, headers.getOrDefault("Host", "localhost:" + client.port()));
        pseudo(fields, METHOD, method);
        pseudo(fields, PATH, target);
        pseudo(fields, SCHEME, client.scheme());
        headers.forEach((name, value) -> {
            if (!name.equalsIgnoreCase("Host") && !name.equalsIgnoreCase("Connection")) {
                field(fields, name.toLowerCase(Locale.ROOT), value);
            }
        });
        if (bytes != null) {
            field(fields, "content-length", Integer.toString(bytes.length));
        }
        id = client.open(this, fields.toByteArray(), bytes == null ? new byte[0] : bytes, openBody);
        openBody = false;
        return this;
    }

    /** Sends the head of a request whose body follows by {@link #write}. */
    public H2Call begin(String method, String target, Map<String, String> headers) throws IOException {
        openBody = true;
        send(method, target, headers, null);
        return this;
    }

    /** Sends a piece of the body, and ends it with the last one. */
    public H2Call write(byte[] bytes, boolean isLast) throws IOException {
        client.data(id, bytes, isLast);
        return this;
    }

    private static void pseudo(ByteArrayOutputStream out, int name, String value) {
        out.write(name);
        text(out, value);
    }

    /** A literal without indexing, RFC 7541, 6.2.2, in bytes as they are. */
    private static void field(ByteArrayOutputStream out, String name, String value) {
        out.write(0);
        text(out, name);
        text(out, value);
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int left = bytes.length - 127;
        out.write(Math.min(bytes.length, 127)); // an integer with a prefix of seven bits, RFC 7541, 5.1
        if (left >= 0) {
            for (; left >= 128; left >>>= 7) {
                out.write(left & 127 | 128);
            }
            out.write(left);
        }
        out.writeBytes(bytes);
    }

    @Override
    public WireResponse readHead() throws IOException {
        while (head == null) {
            if (failure != null) {
                throw failure;
            }
            client.readOn(() -> head != null || failure != null);
        }
        return head;
    }

    @Override
    public InputStream body(WireResponse head) {
        return new Body();
    }

    @Override
    public void reset() {
        if (alone) {
            client.reset();
        } else {
            drop(!ended);
        }
    }

    @Override
    public void close() {
        drop(!ended);
        if (alone) {
            client.close();
        }
    }

    private void drop(boolean cancel) {
        failed(new IOException("the client has cancelled the stream")); // first: it is what the reader is woken for
        client.forget(id, cancel);
        int left = 0;
        for (ByteBuffer bytes = body.poll(); bytes != null; bytes = body.poll()) {
            left += bytes.remaining();
        }
        client.dropped(left);
    }

    // ---- whoever reads the connection

    void head(MetaData fields, boolean end) {
        if (head == null && fields instanceof MetaData.Response response && response.getStatus() >= 200) {
            Map<String, List<String>> headers = new LinkedHashMap<>();
            for (HttpField field : response.getHttpFields()) {
                headers.computeIfAbsent(field.getName().toLowerCase(Locale.ROOT), n -> new ArrayList<>(1))
                    .add(field.getValue());
            }
            head = new WireResponse("HTTP/2.0", response.getStatus(), headers, new byte[0]);
        }
        ended |= end;
    }

    void data(ByteBuffer bytes, boolean end) {
        body.add(bytes);
        ended |= end;
    }

    void failed(IOException e) {
        if (failure == null && !ended) {
            failure = e;
        }
    }

    /** Every read gives what is there and waits only for the first byte. */
    private final class Body extends InputStream {

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            while (true) {
                ByteBuffer next = body.peek();
                if (next != null && next.hasRemaining()) {
                    int n = Math.min(length, next.remaining());
                    next.get(into, from, n);
                    taken(n);
                    return n;
                } else if (next != null) {
                    body.poll();
                } else if (ended && body.isEmpty()) {
                    return -1;
                } else if (failure != null && body.isEmpty()) {
                    throw failure;
                } else {
                    client.readOn(() -> !body.isEmpty() || ended || failure != null);
                }
            }
        }

        private void taken(int bytes) throws IOException {
            client.consumed(bytes);
            if (failure != null || ended) {
                return;
            }
            consumed += bytes;
            if (consumed >= client.window() / 2) {
                client.update(id, consumed);
                consumed = 0;
            }
        }
    }

    @Override
    public String toString() {
        return "HTTP/2, stream " + id;
    }
}
