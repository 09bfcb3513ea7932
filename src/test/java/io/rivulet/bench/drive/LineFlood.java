package io.rivulet.bench.drive;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Connections that each publish one body of lines to Rivulet, as fast as it is taken. */
public final class LineFlood {

    private static final int PIECE_BYTES = 8_192;
    private static final String COUNT = "\"count\":";

    private LineFlood() {
    }

    /** Lines a second that so many connections publish together; each line has {@code size} bytes. */
    public static double linesPerSecond(Target target, int connections, int size, long millis) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            long startNs = System.nanoTime();
            Callable<Long> one = () -> publish(target, size, startNs + millis * 1_000_000);
            List<Callable<Long>> all = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                all.add(one);
            }
            long lines = 0;
            for (Future<Long> done : threads.invokeAll(all)) {
                lines += done.get();
            }
            return lines * 1e9 / (System.nanoTime() - startNs);
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException("a publisher of lines failed", e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Publishes one event to each of so many topics, in one body; with {@code end} each topic ends with it. */
    public static void topics(Target target, int topics, boolean end) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", target.port())) {
            socket.setSoTimeout(600_000);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), PIECE_BYTES);
            out.write(("POST /api/updates?stream=lines HTTP/1.1\r\nHost: 127.0.0.1:" + target.port()
                + "\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < topics; i++) {
                String line = "{\"topic\":\"run/" + i + "\",\"data\":\"the last piece\"" + (end ? ",\"end\":true" : "")
                    + "}\n";
                out.write((Integer.toHexString(line.length()) + "\r\n" + line + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            if (count(socket.getInputStream()) != topics) {
                throw new IOException("not all of " + topics + " were taken");
            }
        }
    }

    private static long publish(Target target, int size, long endNs) throws IOException {
        String line = "x".repeat(size) + "\n";
        String lines = line.repeat(Math.max(1, PIECE_BYTES / line.length()));
        byte[] chunk = (Integer.toHexString(lines.length()) + "\r\n" + lines + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("127.0.0.1", target.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(("POST /api/updates?stream=lines&topic=bench HTTP/1.1\r\nHost: 127.0.0.1:"
                + target.port() + "\r\nTransfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            while (System.nanoTime() - endNs < 0) {
                socket.getOutputStream().write(chunk);
            }
            socket.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return count(socket.getInputStream());
        }
    }

    /** The number that the answer tells. */
    private static long count(InputStream in) throws IOException {
        StringBuilder answer = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            answer.append((char) b);
            int at = answer.indexOf(COUNT);
            if (at > 0 && b == '}' && answer.indexOf("}", at) > 0) {
                return Long.parseLong(answer.substring(at + COUNT.length(), answer.indexOf("}", at)));
            }
        }
        throw new EOFException("the lines were not taken: " + answer);
    }
}
