package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What passes the proxy, where it cuts, and that it is shut until it is opened. */
class CuttingProxyTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\n\r\n";

    @Test
    void itCutsTheEventThatIsMeantAtThePlaceThatIsMeant() throws IOException {
        assertEquals(HEAD + "data: 1\n\n" + "da", through("data: 1\n\n" + "data: 2\n\n" + "data: 3\n\n", 2));
        assertEquals(HEAD + "9\r\ndata: 1\n\n\r\n" + "9\r\n" + "data: 2\n",
            through("9\r\ndata: 1\n\n\r\n" + "9\r\ndata: 2\n\n\r\n", 8));
    }

    @Test
    void whileItWaitsForTheEventAnswersWithoutOneComeThrough() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
             CuttingProxy proxy = new CuttingProxy(server.getLocalPort())) {
            proxy.cutIn("data: 2", length -> 1);
            try (Socket client = new Socket("127.0.0.1", proxy.port()); Socket taken = server.accept()) {
                taken.getOutputStream().write(HEAD.getBytes(StandardCharsets.US_ASCII));
                client.setSoTimeout((int) Await.LIMIT.toMillis());
                assertEquals(HEAD, new String(client.getInputStream().readNBytes(HEAD.length()),
                    StandardCharsets.US_ASCII));
            }
        }
    }

    @Test
    void whoComesAfterTheCutWaitsUntilItIsOpened() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
             CuttingProxy proxy = new CuttingProxy(server.getLocalPort())) {
            proxy.cutIn("2", length -> 1);
            try (Socket first = new Socket("127.0.0.1", proxy.port()); Socket taken = server.accept()) {
                taken.getOutputStream().write("data: 2\n\n".getBytes(StandardCharsets.US_ASCII));
                proxy.awaitCut();
                assertEquals("d", new String(first.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
            }
            try (Socket second = new Socket("127.0.0.1", proxy.port())) {
                server.setSoTimeout(200);
                boolean came = true;
                try (Socket early = server.accept()) {
                    assertEquals(true, early.isConnected());
                } catch (SocketTimeoutException e) {
                    came = false;
                }
                assertEquals(false, came);
                proxy.open();
                server.setSoTimeout((int) Await.LIMIT.toMillis());
                try (Socket taken = server.accept()) {
                    taken.getOutputStream().write('x');
                    assertEquals('x', second.getInputStream().read());
                }
            }
        }
    }

    @Test
    void behindAnEventItHoldsTheNextByteBack() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
             CuttingProxy proxy = new CuttingProxy(server.getLocalPort())) {
            proxy.holdBehind("2");
            try (Socket client = new Socket("127.0.0.1", proxy.port()); Socket taken = server.accept()) {
                byte[] events = "data: 1\n\ndata: 2\n\n".getBytes(StandardCharsets.US_ASCII);
                taken.getOutputStream().write(events);
                assertEquals(events.length, client.getInputStream().readNBytes(events.length).length);
                taken.getOutputStream().write('x');
                client.setSoTimeout(200);
                assertThrows(SocketTimeoutException.class, client.getInputStream()::read);
                proxy.goOn();
                client.setSoTimeout((int) Await.LIMIT.toMillis());
                assertEquals('x', client.getInputStream().read());
            }
        }
    }

    /** Of the one before nothing must be remembered: the second part would else be held as what stands behind it. */
    @Test
    void anEventThatBeginsLikeTheOneBeforeComesWholeInTwoReads() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
             CuttingProxy proxy = new CuttingProxy(server.getLocalPort())) {
            proxy.holdBehind("data: a");
            try (Socket client = new Socket("127.0.0.1", proxy.port()); Socket taken = server.accept()) {
                client.setSoTimeout((int) Await.LIMIT.toMillis());
                for (String part : new String[] {"data: a 1\n\n", "id: 2\n", "data: a 2\n\n"}) {
                    taken.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
                    assertEquals(part, new String(client.getInputStream().readNBytes(part.length()),
                        StandardCharsets.US_ASCII));
                    if (part.contains("1")) {
                        proxy.goOn();
                        proxy.holdBehind("data: a");
                    }
                }
            }
        }
    }

    private static String through(String body, int bytes) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
             CuttingProxy proxy = new CuttingProxy(server.getLocalPort())) {
            proxy.cutIn("data: 2", length -> bytes);
            try (Socket client = new Socket("127.0.0.1", proxy.port()); Socket taken = server.accept()) {
                taken.getOutputStream().write((HEAD + body).getBytes(StandardCharsets.US_ASCII));
                return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            }
        }
    }
}
