package io.rivulet.kit;

import java.io.IOException;

/** How a client reaches its server. */
interface Dial {

    /** A call over a connection of its own, with a receive buffer of so many bytes; 0 leaves it to the kernel. */
    Call call(int receiveBuffer) throws IOException;

    /** In the protocol that the server is asked in. */
    static Dial to(Server server) {
        return server.protocol().isHttp2() ? buffer -> H2Client.to(server).receiveBuffer(buffer).connect().onlyCall()
            : buffer -> WireClient.to(server, buffer);
    }

    /** In HTTP/1.1, what runs at this port. */
    static Dial to(int port) {
        return buffer -> WireClient.to(port, buffer);
    }
}
