package io.rivulet.bench.drive;

import io.rivulet.kit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Opens connections from as many addresses of the loopback network as their ports need. */
final class LoopbackDial {

    /** An address has 28,000 ports for clients; those of the connections before may not be free yet. */
    private static final int PER_ADDRESS = 5_000;
    private static final int TRIES = 50;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

    private LoopbackDial() {
    }

    /** Connects the {@code number}-th client; {@code receiveBuffer} 0 leaves that to the kernel. */
    static SocketChannel connect(int port, int number, int receiveBuffer) throws IOException {
        for (int tries = 1; ; tries++) {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                // a reset at the close: no port stays in TIME_WAIT, and the server learns of it by its first write
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                if (receiveBuffer > 0) {
                    channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
                }
                byte[] from = {127, 0, 0, (byte) (2 + number / PER_ADDRESS)};
                channel.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
                channel.connect(new InetSocketAddress("127.0.0.1", port));
                return channel;
            } catch (IOException e) {
                channel.close();
                if (tries == TRIES) {
                    throw e;
                }
                Await.pass(BETWEEN_TRIES);
            }
        }
    }
}
