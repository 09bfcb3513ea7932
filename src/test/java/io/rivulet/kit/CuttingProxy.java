package io.rivulet.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntUnaryOperator;

/**
 * Stands between clients and a server on this machine, hands bytes on as they come, and cuts a stream in the middle of
 * an event when told to. Then it is shut: whoever connects waits until it is opened again. It can also hold a stream
 * behind an event, for a client that shall show it without a byte more. Any thread may tell.
 */
public final class CuttingProxy implements AutoCloseable {

    private final int target;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private CountDownLatch gate = new CountDownLatch(0);
    private CountDownLatch cut = new CountDownLatch(1);
    private String marker;
    private IntUnaryOperator place;
    private CountDownLatch hold = new CountDownLatch(0);
    private String holder;

    /** In front of this port of this machine. */
    public CuttingProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start("test-proxy", this::accept);
    }

    /** Its own port on 127.0.0.1. */
    public int port() {
        return listener.getLocalPort();
    }

    /**
     * Cuts the next stream that carries an event which holds {@code text}, of ASCII: as many of the event's bytes get
     * through as {@code place} says when it is given their number, the blank line at the end counted.
     */
    public synchronized void cutIn(String text, IntUnaryOperator place) {
        this.marker = text;
        this.place = place;
        this.cut = new CountDownLatch(1);
    }

    /** Waits until it has cut; it is shut then. */
    public void awaitCut() {
        awaitCut(Await.LIMIT);
    }

    /** The same for clients that take their time to come back. */
    public void awaitCut(Duration limit) {
        CountDownLatch awaited;
        synchronized (this) {
            awaited = cut;
        }
        Await.until("the cut", limit, () -> awaited.getCount() == 0);
    }

    /** Cuts all streams at once, as a network that is gone; whoever connects then waits until it is opened again. */
    public synchronized void shut() throws IOException {
        gate = new CountDownLatch(1);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Lets those through who wait, and all who come. */
    public synchronized void open() {
        gate.countDown();
    }

    /**
     * From the stream that carries an event which holds {@code text}, of ASCII, no byte is handed on behind the read
     * that brings the event's end, until {@link #goOn}. A server that writes an event with the end of its chunk in one
     * write has both in one read.
     */
    public synchronized void holdBehind(String text) {
        holder = text;
        hold = new CountDownLatch(1);
    }

    /** Hands on what is held. */
    public synchronized void goOn() {
        holder = null;
        hold.countDown();
    }

    /** What waits, when these bytes are the end of the event to hold behind; else null. */
    private synchronized CountDownLatch heldBehind(StringBuilder passed, byte[] bytes, int n) {
        if (holder == null) {
            passed.setLength(0);
            return null;
        }
        passed.append(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
        int at = passed.indexOf(holder);
        if (at < 0 || passed.indexOf("\n\n", at) < 0) {
            return null;
        }
        // the next event to hold behind may begin alike: of one that comes in two reads the second would wait for ever
        passed.setLength(0);
        return hold;
    }

    private synchronized CountDownLatch gate() {
        return gate;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                start("test-proxy-up", () -> connect(client));
            } catch (IOException e) {
                // closed, which ends the loop
            }
        }
    }

    private void connect(Socket client) {
        try (client; Socket server = new Socket()) {
            gate().await();
            sockets.add(server);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), target));
            start("test-proxy-down", () -> down(server, client));
            client.getInputStream().transferTo(server.getOutputStream());
        } catch (IOException | InterruptedException e) {
            // one of the two has left; so does the other
        }
    }

    private void down(Socket server, Socket client) {
        try (server; client) {
            InputStream in = server.getInputStream();
            OutputStream out = client.getOutputStream();
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            byte[] buffer = new byte[8_192];
            StringBuilder passed = new StringBuilder();
            boolean atLineStart = false;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                // before the client has the event: once it has, its test may let go and ask to hold behind the next one
                CountDownLatch held = heldBehind(passed, buffer, n);
                for (int i = 0; i < n; i++) {
                    block.write(buffer[i]);
                    boolean isBlankLine = buffer[i] == '\n' && atLineStart;
                    atLineStart = buffer[i] == '\n' || buffer[i] == '\r' && atLineStart;
                    if (isBlankLine && !pass(block, out)) {
                        return;
                    }
                }
                if (!isArmed()) {
                    block.writeTo(out);
                    block.reset();
                }
                out.flush();
                if (held != null) {
                    held.await();
                }
            }
            block.writeTo(out);
        } catch (IOException | InterruptedException e) {
            // one of the two has left; so does the other
        }
    }

    /** Hands a whole block on; or the part of it before the cut, then it is false. */
    private boolean pass(ByteArrayOutputStream block, OutputStream out) throws IOException {
        byte[] bytes = block.toByteArray();
        block.reset();
        synchronized (this) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            if (marker == null || !text.contains(marker)) {
                out.write(bytes);
                return true;
            }
            // what may stand before the event's first line is the transfer coding's, and ends in CR LF
            int from = text.lastIndexOf("\r\n") + 1;
            from += from == 0 ? 0 : 1;
            out.write(bytes, 0, from + place.applyAsInt(bytes.length - from));
            out.flush();
            marker = null;
            gate = new CountDownLatch(1);
            cut.countDown();
            return false;
        }
    }

    private synchronized boolean isArmed() {
        return marker != null;
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open();
        goOn();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
