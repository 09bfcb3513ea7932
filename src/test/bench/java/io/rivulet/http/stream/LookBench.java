package io.rivulet.http.stream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Whether an idle client has left, asked of one after the other: each stream is looked at every four seconds. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookBench {

    /** Idle streams. */
    @Param({"1", "1000"})
    public int streams;

    private final List<SocketChannel> channels = new ArrayList<>();
    private SocketLook[] looks;
    private int next;

    /** Connects so many clients. */
    @Setup
    public void connect() throws IOException {
        looks = new SocketLook[streams];
        try (ServerSocketChannel door = ServerSocketChannel.open()) {
            door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (int i = 0; i < streams; i++) {
                channels.add(SocketChannel.open(door.getLocalAddress()));
                SocketChannel server = door.accept();
                server.configureBlocking(false);
                channels.add(server);
                looks[i] = new SocketLook(server);
            }
        }
    }

    /** Ends them. */
    @TearDown
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    /** One look. */
    @Benchmark
    public boolean look() {
        next = next + 1 == looks.length ? 0 : next + 1;
        return looks[next].hasLeft();
    }
}
