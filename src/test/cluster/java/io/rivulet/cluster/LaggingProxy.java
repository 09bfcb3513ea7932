package io.rivulet.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * Stands between a node and its engine, and hands on what the engine says some time later, as it comes from far away. A
 * connection is quick while it is young: to make one takes many words, and a node would give it up.
 */
final class LaggingProxy implements AutoCloseable {

    private static final long YOUNG_NS = TimeUnit.SECONDS.toNanos(3);

    private final int target;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile long lagNs;

    /** Bytes that wait until they are due; null for the end. */
    private record Late(byte[] bytes, long dueNs) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.signum(dueNs - ((Late) other).dueNs);
        }
    }

    /** In front of this port of this machine; nothing lags yet. */
    LaggingProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on this is how long the engine's words are on their way. */
    void lag(Duration time) {
        lagNs = time.toNanos();
    }

    private void accept() {
        while (!listener.isClosed()) {
            Socket client = null;
            try {
                client = listener.accept();
                Socket server = new Socket("127.0.0.1", target);
                for (Socket each : List.of(client, server)) {
                    each.setTcpNoDelay(true);
                    sockets.add(each);
                }
                handOn(client, server);
            } catch (IOException e) {
                close(client); // the target is not there; or the listener is closed, which ends the loop
            }
        }
    }

    private void handOn(Socket client, Socket server) {
        DelayQueue<Late> late = new DelayQueue<>();
        start(() -> {
            try {
                client.getInputStream().transferTo(server.getOutputStream());
            } catch (IOException e) {
                // one of the two has left; so does the other
            }
            close(client);
            close(server);
        });
        start(() -> read(server, late));
        start(() -> write(late, client));
    }

    private void read(Socket server, DelayQueue<Late> late) {
        long openedNs = System.nanoTime();
        long lastNs = openedNs;
        try {
            InputStream in = server.getInputStream();
            byte[] buffer = new byte[8_192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                long nowNs = System.nanoTime();
                lastNs = Math.max(lastNs + 1, nowNs + (nowNs - openedNs > YOUNG_NS ? lagNs : 0)); // in their order
                late.add(new Late(Arrays.copyOf(buffer, n), lastNs));
            }
        } catch (IOException e) {
            // it is gone
        }
        late.add(new Late(null, lastNs + 1));
    }

    private static void write(DelayQueue<Late> late, Socket client) {
        try {
            OutputStream out = client.getOutputStream();
            for (Late next = late.take(); next.bytes() != null; next = late.take()) {
                out.write(next.bytes());
            }
        } catch (IOException | InterruptedException e) {
            // it is gone
        }
        close(client);
    }

    private static void close(Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // it is gone
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "test-lagging-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(LaggingProxy::close);
    }
}
