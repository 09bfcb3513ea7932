package io.rivulet.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a node and its engine. When told to, the connections that there are carry nothing more, and none of
 * the two ends hears of it, as when a network breaks or a firewall forgets. New connections work.
 */
final class StallingProxy implements AutoCloseable {

    private volatile int target;
    private final ServerSocket listener;
    private final List<Pair> pairs = new CopyOnWriteArrayList<>();

    /** A connection through the proxy. */
    private static final class Pair {
        private final Socket client;
        private final Socket server;
        private volatile boolean stalled;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void handOn(Socket from, Socket to) {
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] buffer = new byte[8_192];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (!stalled) {
                        out.write(buffer, 0, n);
                    }
                }
            } catch (IOException e) {
                // one of the two has left; so does the other, unless nobody is to hear of it
            }
            if (!stalled) {
                close();
            }
        }

        void close() {
            StallingProxy.close(client);
            StallingProxy.close(server);
        }
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

    /** In front of this port of this machine. */
    StallingProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** So many connections have been made. */
    int connections() {
        return pairs.size();
    }

    /** From now on the connections that there are carry nothing. */
    void stall() {
        pairs.forEach(pair -> pair.stalled = true);
    }

    /** Ends the connections that there are, which both ends hear. */
    void cut() {
        pairs.forEach(Pair::close);
    }

    /** From now on it stands before this port: the same address, another server. */
    void target(int port) {
        target = port;
    }

    private void accept() {
        while (!listener.isClosed()) {
            Socket client = null;
            try {
                client = listener.accept();
                Pair pair = new Pair(client, new Socket("127.0.0.1", target));
                pairs.add(pair);
                start(() -> pair.handOn(pair.client, pair.server));
                start(() -> pair.handOn(pair.server, pair.client));
            } catch (IOException e) {
                close(client); // the target is not there; or the listener is closed, which ends the loop
            }
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "test-stalling-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        pairs.forEach(Pair::close);
    }
}
