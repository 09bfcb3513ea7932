package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** A port in use is told in words that help. */
class PortCheckTest {

    @Test
    void aPortInUseIsNamedWithTheOptionThatMovesIt() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            System.setProperty(PortCheck.PORT, Integer.toString(other.getLocalPort()));
            IllegalStateException in = assertThrows(IllegalStateException.class, PortCheck::check);
            assertTrue(in.getMessage().contains("port " + other.getLocalPort() + " is in use")
                && in.getMessage().contains("-Djetty.http.port="), in.getMessage());
            assertEquals(0, in.getStackTrace().length, "a person is to find the message");
            assertNull(in.getCause());
        } finally {
            System.clearProperty(PortCheck.PORT);
        }
    }

    @Test
    void aPortThatIsOursIsNotTriedAgainAtARedeployment() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        System.setProperty(PortCheck.PORT, Integer.toString(port));
        try {
            PortCheck.check();
            try (ServerSocket ours = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                PortCheck.check();
                assertTrue(ours.isBound());
            }
        } finally {
            System.clearProperty(PortCheck.PORT);
            System.clearProperty("jetty.run.port.held");
        }
    }
}
