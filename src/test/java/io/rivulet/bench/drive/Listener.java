package io.rivulet.bench.drive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One subscriber of a {@link Crowd}: its connection, which may be replaced, and what it has got over all of them. */
final class Listener {

    private final int number;
    private final int group;
    private final Reception reception;
    private ResponseBody body;
    private SocketChannel channel;
    private SelectionKey key;

    Listener(int number, int group, Reception reception) {
        this.number = number;
        this.group = group;
        this.reception = reception;
    }

    int group() {
        return group;
    }

    int number() {
        return number;
    }

    Reception reception() {
        return reception;
    }

    ResponseBody body() {
        return body;
    }

    boolean isConnected() {
        return key != null && key.isValid();
    }

    /** Connects and asks, from where it was when it has an id. Any one thread, while it is not registered. */
    void dial(int port, String path, int receiveBuffer) throws IOException {
        String resume = reception.lastId() == null ? "" : "Last-Event-ID: " + reception.lastId() + "\r\n";
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAccept: text/event-stream\r\n"
            + resume + "\r\n").getBytes(StandardCharsets.UTF_8);
        SocketChannel connected = LoopbackDial.connect(port, number, receiveBuffer);
        ByteBuffer bytes = ByteBuffer.wrap(request);
        while (bytes.hasRemaining()) {
            connected.write(bytes);
        }
        connected.configureBlocking(false);
        channel = connected;
        body = new ResponseBody();
    }

    /** From now on its bytes are read. The crowd's thread. */
    void register(Selector selector) throws IOException {
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Stops or goes on reading; the kernel's buffers fill meanwhile. The crowd's thread. */
    void reads(boolean on) {
        if (isConnected()) {
            key.interestOps(on ? SelectionKey.OP_READ : 0);
        }
    }

    int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    /** Ends the connection; a new one may be dialled. */
    void cut() throws IOException {
        if (channel != null) {
            channel.close();
        }
        reception.cut();
    }
}
