package io.rivulet.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between one client and a server of this machine. It hands bytes on as they come and keeps them with their
 * times: what the client was sent, whatever it shows. Where the server refuses a connection the client's is closed. Any
 * thread.
 */
final class Recorder implements AutoCloseable {

    private final int target;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final StringBuilder told = new StringBuilder();
    private int connections;

    Recorder(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** All that passed, one read a line, marked with the time, the connection and who sent it. */
    synchronized String told() {
        return told.toString();
    }

    private synchronized void tell(int connection, String who, String what) {
        told.append(LocalTime.now()).append(' ').append(connection).append(' ').append(who).append(' ')
            .append(what.replace("\r", "\\r").replace("\n", "\\n")).append('\n');
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                int number = ++connections;
                start(() -> connect(client, number));
            } catch (IOException e) {
                // closed, which ends the loop
            }
        }
    }

    private void connect(Socket client, int number) {
        try (client; Socket server = new Socket("127.0.0.1", target)) {
            sockets.add(server);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            start(() -> pass(server, client, number, "hub"));
            pass(client, server, number, "client");
        } catch (IOException e) {
            tell(number, "hub", "refuses: " + e);
        }
    }

    private void pass(Socket from, Socket to, int number, String who) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8_192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                tell(number, who, new String(buffer, 0, n, StandardCharsets.UTF_8));
                out.write(buffer, 0, n);
            }
            tell(number, who, "ends");
        } catch (IOException e) {
            tell(number, who, "is cut: " + e.getMessage());
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "test-recorder");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
