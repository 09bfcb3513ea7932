package io.rivulet.bench.drive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Subscribers over HTTP/2: a hundred streams to a connection, as many as every server allows, and a thread for each
 * connection. Windows are as large as they can be, so it is the server that is measured.
 */
public final class H2Crowd implements Audience {

    private static final int STREAMS = 100;

    private final List<H2Streams> connections = new ArrayList<>();
    private final AtomicLong received = new AtomicLong();
    private final int size;

    /** Connects so many to this port, with TLS or without, and waits until each has its head. */
    public H2Crowd(int port, boolean tls, String path, int size) throws IOException {
        this.size = size;
        try {
            for (int left = size; left > 0; left -= STREAMS) {
                connections.add(new H2Streams(port, tls, path, Math.min(STREAMS, left), received));
            }
            for (H2Streams connection : connections) {
                connection.awaitOpen();
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long received() {
        return received.get();
    }

    @Override
    public void startMeasuring() {
        connections.forEach(c -> c.measure(true));
    }

    @Override
    public Latencies[] stopMeasuring() {
        Latencies sum = new Latencies();
        connections.forEach(c -> sum.add(c.measure(false)));
        return new Latencies[] {sum};
    }

    @Override
    public Faults faults() {
        return connections.stream().map(H2Streams::faults).reduce(new Faults(0, 0, 0, null), Faults::plus);
    }

    @Override
    public void close() {
        connections.forEach(H2Streams::close);
    }
}
