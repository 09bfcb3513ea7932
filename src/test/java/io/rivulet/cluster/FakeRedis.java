package io.rivulet.cluster;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Answers to the words of Redis's protocol what a test says, byte for byte. */
final class FakeRedis implements AutoCloseable {

    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private volatile Function<List<String>, String> answers;
    private volatile boolean leaves;

    /** On a port of its own; {@code answers} gets the words of a call and gives what is answered. */
    FakeRedis(Function<List<String>, String> answers) throws IOException {
        this.answers = answers;
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    /** One that is a master, and has nothing against anything else. */
    static FakeRedis master() throws IOException {
        return new FakeRedis(FakeRedis::asMaster);
    }

    /** What a master answers. */
    static String asMaster(List<String> words) {
        return switch (words.get(0)) {
            case "ROLE" -> "*3\r\n$6\r\nmaster\r\n:7\r\n*0\r\n";
            case "EXISTS" -> ":0\r\n";
            default -> "+OK\r\n";
        };
    }

    /** From now on it answers this. */
    void answers(Function<List<String>, String> anew) {
        answers = anew;
        leaves = false;
    }

    /** From now on it answers this, and ends the connection. */
    void answersAndLeaves(String answer) {
        answers(words -> answer);
        leaves = true;
    }

    String at() {
        return "127.0.0.1:" + port();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** All calls so far, each as its words. */
    List<String> heard() {
        return List.copyOf(heard);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                List<String> words = new ArrayList<>();
                for (int left = Integer.parseInt(line(in).substring(1)); left > 0; left--) {
                    words.add(new String(in.readNBytes(Integer.parseInt(line(in).substring(1))),
                        StandardCharsets.UTF_8));
                    line(in);
                }
                heard.add(String.join(" ", words));
                String answer = answers.apply(words);
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                if (leaves) {
                    return;
                }
            }
        } catch (IOException | RuntimeException e) {
            // the other side has left, or does not speak so
            sockets.remove(socket);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("left");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "test-fake-redis");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
