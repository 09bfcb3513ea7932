package io.rivulet.kit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;

/**
 * A proxy that speaks HTTP/1.0 to a server on this machine and spoils its streams: each {@link Fault} is one that real
 * proxies have. No fault waits for a time, so what a client sees does not depend on the machine. A connection has one
 * request. A stream is a GET whose answer is an event stream that nobody asked for as a poll.
 */
public final class FaultyProxy implements AutoCloseable {

    private static final int BUFFER = 4_096;
    private static final int CUT_BEHIND = 4;

    private final int target;
    private final Set<Fault> faults;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** What it does. */
    public enum Fault {
        /** The whole answer is collected, its head too, and handed on when it has ended. */
        HOLDS_ALL,
        /** The head goes on at once, the body by four kilobytes. */
        COLLECTS,
        /** A piece is handed on when the next one comes. */
        WAITS_FOR_MORE,
        /** The body is compressed, by a compressor that hands on what it has when it has much. */
        COMPRESSES,
        /** The body is compressed piece by piece. */
        COMPRESSES_AT_ONCE,
        /** A stream is cut behind its fourth piece. */
        CUTS,
        /** The same, of a stream alone that did not ask for a heartbeat. */
        CUTS_THE_SILENT,
        /** The request's cursor is taken away. */
        TAKES_CURSORS,
        /** The answer says that a cache had it. */
        SAYS_AGE,
        /** It answers OPTIONS itself. */
        ANSWERS_OPTIONS,
        /** The server is asked by another name. */
        CALLS_NAMES
    }

    /** In front of this port of this machine. */
    public FaultyProxy(int target, Fault... faults) throws IOException {
        this.target = target;
        this.faults = Set.of(faults);
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    /** Its own port on 127.0.0.1. */
    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                start(() -> serve(client));
            } catch (IOException e) {
                // closed, which ends the loop
            }
        }
    }

    private void serve(Socket client) {
        try (client; Socket server = new Socket()) {
            sockets.add(server);
            client.setTcpNoDelay(true);
            List<String> request = head(client.getInputStream());
            OutputStream out = client.getOutputStream();
            if (request.isEmpty()) {
                return; // a connection that a browser opened ahead, and did not need
            }
            if (request.get(0).startsWith("OPTIONS ") && faults.contains(Fault.ANSWERS_OPTIONS)) {
                write(out, List.of("HTTP/1.1 405 Method Not Allowed", "Content-Length: 0", "Connection: close"));
                return;
            }
            server.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), target));
            write(server.getOutputStream(), changed(request));
            start(() -> handOnBody(client, server));
            InputStream in = new BufferedInputStream(server.getInputStream());
            List<String> answer = head(in);
            if (answer.isEmpty()) {
                return;
            }
            answer.set(0, answer.get(0).replace("HTTP/1.0", "HTTP/1.1"));
            remove(answer, "connection", "keep-alive");
            answer.add("Connection: close");
            if (faults.contains(Fault.SAYS_AGE)) {
                answer.add("Age: 7");
            }
            if (request.get(0).startsWith("GET ") && !request.get(0).contains("transport=poll")
                && answer.stream().anyMatch(FaultyProxy::tellsOfStream)) {
                stream(request.get(0), answer, in, out);
            } else {
                write(out, answer);
                in.transferTo(out);
            }
        } catch (IOException e) {
            // one of the two has left; so does the other
        }
    }

    private void stream(String request, List<String> answer, InputStream in, OutputStream out) throws IOException {
        boolean compresses = faults.contains(Fault.COMPRESSES);
        if (compresses || faults.contains(Fault.COMPRESSES_AT_ONCE)) {
            answer.add("Content-Encoding: gzip");
            write(out, answer);
            try (OutputStream packed = new GZIPOutputStream(out, BUFFER, !compresses)) {
                handOn(in, packed, Integer.MAX_VALUE);
            }
        } else if (faults.contains(Fault.HOLDS_ALL)) {
            byte[] all = in.readAllBytes();
            write(out, answer);
            out.write(all);
        } else if (faults.contains(Fault.COLLECTS)) {
            write(out, answer);
            for (byte[] some = in.readNBytes(BUFFER); some.length > 0; some = in.readNBytes(BUFFER)) {
                out.write(some);
            }
        } else if (faults.contains(Fault.WAITS_FOR_MORE)) {
            write(out, answer);
            waitingForMore(in, out);
        } else {
            write(out, answer);
            boolean isCut = faults.contains(Fault.CUTS)
                || faults.contains(Fault.CUTS_THE_SILENT) && !request.contains("heartbeat=");
            handOn(in, out, isCut ? CUT_BEHIND : Integer.MAX_VALUE);
        }
    }

    private static boolean tellsOfStream(String line) {
        return line.toLowerCase(Locale.ROOT).matches("content-type: *text/event-stream.*");
    }

    private static void handOn(InputStream in, OutputStream out, int most) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int pieces = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
            out.flush();
            if (++pieces >= most) {
                return;
            }
        }
    }

    private static void waitingForMore(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        byte[] waiting = {};
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(waiting);
            out.flush();
            waiting = Arrays.copyOf(buffer, n);
        }
        out.write(waiting);
    }

    private List<String> changed(List<String> request) {
        List<String> changed = new ArrayList<>(request);
        changed.set(0, request.get(0).replace("HTTP/1.1", "HTTP/1.0"));
        remove(changed, "connection", "keep-alive");
        if (faults.contains(Fault.TAKES_CURSORS)) {
            remove(changed, "last-event-id");
        }
        if (faults.contains(Fault.CALLS_NAMES)) {
            remove(changed, "host");
            changed.add("Host: hub.internal:8080");
        }
        return changed;
    }

    private static void remove(List<String> head, String... names) {
        for (String name : names) {
            Predicate<String> isIt = line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":");
            head.removeIf(isIt);
        }
    }

    /** The lines of a head; none where the connection ends before it. */
    private static List<String> head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return List.of();
            }
            bytes.write(next);
        }
        return new ArrayList<>(List.of(bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n")));
    }

    private static void write(OutputStream out, List<String> head) throws IOException {
        out.write((String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** The body of a request goes on as it is; a client that leaves takes its connection to the server with it. */
    private static void handOnBody(Socket client, Socket server) {
        try (client; server) {
            client.getInputStream().transferTo(server.getOutputStream());
        } catch (IOException e) {
            // one of the two has left; so does the other
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "test-faulty-proxy");
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
