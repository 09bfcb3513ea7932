package io.rivulet.boot;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Tells of a port in use in words that help. {@link Assembly} asks in dev mode, and it acts under {@code mvn jetty:run}
 * only: there the connector binds after the context has started, and its own message does not say which option moves
 * the port.
 */
final class PortCheck {

    /** Set by the build for {@code jetty:run}; no setting of the hub's. */
    static final String PORT = "jetty.run.port";
    /** Remembers across redeployments in this JVM that the port is ours: the connector stays open through them. */
    private static final String HELD = "jetty.run.port.held";

    private PortCheck() {
    }

    /** Its message says all: the container would print the hub's stack, and that of its cause, above it. */
    private static final class InUse extends IllegalStateException {
        InUse(String message) {
            super(message);
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Where {@code jetty:run} is, or null elsewhere. */
    static String url() {
        String port = System.getProperty(PORT);
        return port == null ? null : "http://localhost:" + port;
    }

    /**
     * Tries the port.
     *
     * @throws IllegalStateException when another program has it; the message names the option
     */
    static void check() {
        String port = System.getProperty(PORT);
        if (port == null || port.equals("0") || port.equals(System.getProperty(HELD))) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
            System.setProperty(HELD, port);
        } catch (BindException e) {
            throw new InUse("port " + port
                + " is in use by another program; choose another one: mvn jetty:run -Djetty.http.port="
                + (Integer.parseInt(port) + 1));
        } catch (IOException e) {
            throw new IllegalStateException("port " + port + " cannot be tried", e);
        }
    }
}
