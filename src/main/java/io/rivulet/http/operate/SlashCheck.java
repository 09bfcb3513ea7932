package io.rivulet.http.operate;

import io.rivulet.config.SettingsTable;
import io.rivulet.hub.presence.SubscriptionDocument;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the connector lets {@code %2F} through in a path, and logs the one line to change if not. The
 * addresses of active subscriptions have it, and containers refuse it unless they are told. The edge shows it each
 * request; the look itself runs once, on a thread of its own.
 *
 * <p>An application can neither see nor change that setting. So the check asks the hub's own port over a socket, at the
 * first request, since that request tells the port.
 */
public final class SlashCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlashCheck.class);
    private static final int TIMEOUT_MS = 2_000;
    private static final int HEAD_LINES_MAX = 100;

    private final AtomicBoolean asked;
    private final String hubPath;
    private volatile Socket socket;
    private volatile Thread thread;
    private volatile boolean closed;

    /** A check that is made when {@code wanted}; {@code hubPath} is the hub's below the context's. */
    public SlashCheck(boolean wanted, String hubPath) {
        asked = new AtomicBoolean(!wanted);
        this.hubPath = hubPath;
    }

    /** Starts the look at the first call, on a thread of its own. Never waits. */
    public void at(HttpServletRequest request) {
        if (asked.get() || request.getLocalPort() <= 0 || !asked.compareAndSet(false, true)) {
            return;
        }
        String path = request.getContextPath() + hubPath + SubscriptionDocument.FOLDER + "/exact/%2F";
        InetSocketAddress address = new InetSocketAddress(request.getLocalAddr(), request.getLocalPort());
        String server = request.getServletContext().getServerInfo();
        Thread runner = new Thread(() -> look(address, path, server), "rivulet-slash");
        runner.setDaemon(true);
        thread = runner;
        runner.start();
    }

    private void look(InetSocketAddress address, String path, String server) {
        try (Socket own = new Socket()) {
            socket = own;
            if (closed) {
                return;
            }
            own.connect(address, TIMEOUT_MS);
            own.setSoTimeout(TIMEOUT_MS);
            own.getOutputStream().write(("OPTIONS " + path
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
            String verdict = verdict(new BufferedReader(
                new InputStreamReader(own.getInputStream(), StandardCharsets.ISO_8859_1)), server);
            if (verdict != null) {
                LOG.warn(verdict);
            }
        } catch (IOException e) {
            if (!closed) {
                LOG.info("whether the connector lets %2F through in paths, as the addresses of active subscriptions "
                    + "need it, could not be found out: {}", e.toString());
            }
        }
    }

    /** The warning for this answer, or null when the hub itself gave it: only then it carries a request id. */
    static String verdict(BufferedReader answer, String server) throws IOException {
        String line = answer.readLine();
        if (line == null || !line.startsWith("HTTP/1.")) {
            throw new IOException("the answer is no HTTP/1.1, perhaps TLS");
        }
        for (int i = 0; i < HEAD_LINES_MAX && line != null && !line.isEmpty(); i++) {
            if (line.toLowerCase(Locale.ROOT).startsWith("x-request-id:")) {
                return null;
            }
            line = answer.readLine();
        }
        return "the connector refuses %2F in paths, so single active subscriptions ("
            + SettingsTable.PRESENCE.fullKey() + ") cannot be asked for; " + remedy(server);
    }

    private static String remedy(String server) {
        return server.toLowerCase(Locale.ROOT).contains("tomcat")
            ? "in conf/server.xml give the Connector the attribute encodedSolidusHandling=\"passthrough\""
            : "in Jetty's start.d/http.ini or start.ini say jetty.httpConfig.uriCompliance="
                + "DEFAULT,AMBIGUOUS_PATH_SEPARATOR";
    }

    /** Ends a check that is under way. */
    @Override
    public void close() {
        closed = true;
        try {
            Socket open = socket;
            if (open != null) {
                open.close(); // a thread that reads from it comes back
            }
            Thread runner = thread;
            if (runner != null) {
                runner.join(TIMEOUT_MS);
            }
        } catch (IOException e) {
            LOG.debug("the socket of the check did not close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
