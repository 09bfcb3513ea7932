package io.rivulet.bench.drive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** One kept connection that posts and reads each answer whole. One thread. */
final class PostConnection implements AutoCloseable {

    private final Target target;
    private final byte[] headBefore;
    private byte[] request = new byte[4096];
    private final byte[] answer = new byte[64 << 10];
    private int have;
    private Socket socket;

    PostConnection(Target target) throws IOException {
        this.target = target;
        headBefore = ("POST " + target.publishPath() + " HTTP/1.1\r\nHost: 127.0.0.1:" + target.port()
            + (target.token().isEmpty() ? "" : "\r\nAuthorization: Bearer " + target.token())
            + "\r\nContent-Type: " + target.contentType() + "\r\nContent-Length: ").getBytes(StandardCharsets.UTF_8);
        connect();
    }

    private void connect() throws IOException {
        close();
        socket = new Socket("127.0.0.1", target.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
    }

    /** Posts {@code before} and {@code data} as one body; gives the status of the answer. */
    int post(byte[] before, byte[] data) throws IOException {
        byte[] length = (before.length + data.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        int size = headBefore.length + length.length + before.length + data.length;
        if (request.length < size) {
            request = new byte[size];
        }
        int at = 0;
        for (byte[] part : new byte[][] {headBefore, length, before, data}) {
            System.arraycopy(part, 0, request, at, part.length);
            at += part.length;
        }
        socket.getOutputStream().write(request, 0, size);
        return answer();
    }

    private int answer() throws IOException {
        have = 0;
        InputStream in = socket.getInputStream();
        int bodyAt;
        do {
            fill(in);
            bodyAt = headEnd();
        } while (bodyAt < 0);
        String head = new String(answer, 0, bodyAt, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int status = Integer.parseInt(head.substring(9, 12));
        if (head.contains("\r\ntransfer-encoding: chunked")) {
            while (!text(Math.max(0, have - 5)).equals("0\r\n\r\n")) {
                fill(in);
            }
        } else {
            int length = head.indexOf("\r\ncontent-length:");
            int end = bodyAt + (length < 0 ? 0
                : Integer.parseInt(head.substring(length + 17, head.indexOf("\r\n", length + 2)).strip()));
            while (have < end) {
                fill(in);
            }
        }
        if (head.contains("\r\nconnection: close")) {
            connect();
        }
        return status;
    }

    private void fill(InputStream in) throws IOException {
        int n = in.read(answer, have, answer.length - have);
        if (n <= 0) {
            throw new EOFException("the server closed a publisher's connection");
        }
        have += n;
    }

    private int headEnd() {
        for (int i = 3; i < have; i++) {
            if (answer[i] == '\n' && answer[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private String text(int from) {
        return new String(Arrays.copyOfRange(answer, from, have), StandardCharsets.ISO_8859_1);
    }

    /** What was answered last; for messages. */
    String lastAnswer() {
        return text(0);
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
    }
}
