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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the connector lets through what the protocol's addresses have, and logs the one line to change if
 * not: slashes, percent signs and backslashes that are encoded in a path, as in the addresses of active subscriptions,
 * and braces and their like that 0.x writes raw into a query. The edge shows it each request; the look itself runs
 * once, on a thread of its own.
 *
 * <p>An application can neither see nor change these settings. So the check asks the hub's own port over a socket, at
 * the first request, since that request tells the port.
 */
public final class SlashCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlashCheck.class);
    private static final int TIMEOUT_MS = 2_000;
    private static final int HEAD_LINES_MAX = 100;
    private static final String RAW = "{}|^\"[]<>`\\";
    /** What is asked for behind the path of subscriptions, by what a message calls it. */
    private static final Map<String, String> LOOKS = new LinkedHashMap<>();

    static {
        LOOKS.put("%2F in paths", "/exact/%2F");
        LOOKS.put("%25 in paths", "/exact/%25");
        LOOKS.put("%5C in paths", "/exact/%5C");
        LOOKS.put("one of " + RAW + " in queries", "?" + RAW);
    }

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
        String path = request.getContextPath() + hubPath + SubscriptionDocument.FOLDER;
        InetSocketAddress address = new InetSocketAddress(request.getLocalAddr(), request.getLocalPort());
        String server = request.getServletContext().getServerInfo();
        Thread runner = new Thread(() -> look(address, path, server), "rivulet-slash");
        runner.setDaemon(true);
        thread = runner;
        runner.start();
    }

    private void look(InetSocketAddress address, String path, String server) {
        try {
            List<String> refused = new ArrayList<>();
            for (Map.Entry<String, String> look : LOOKS.entrySet()) {
                if (!closed && !isLetThrough(address, path + look.getValue())) {
                    refused.add(look.getKey());
                }
            }
            if (!refused.isEmpty() && !closed) {
                LOG.warn("the connector refuses {}, so single active subscriptions ({}) cannot all be asked for; {}",
                    String.join(", ", refused), SettingsTable.PRESENCE.fullKey(), remedy(server));
            }
        } catch (IOException e) {
            if (!closed) {
                LOG.info("whether the connector lets %2F through in paths, as the addresses of active subscriptions "
                    + "need it, could not be found out: {}", e.toString());
            }
        }
    }

    private boolean isLetThrough(InetSocketAddress address, String target) throws IOException {
        try (Socket own = new Socket()) {
            socket = own;
            if (closed) {
                return true;
            }
            own.connect(address, TIMEOUT_MS);
            own.setSoTimeout(TIMEOUT_MS);
            own.getOutputStream().write(("OPTIONS " + target
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
            return isOfHub(new BufferedReader(
                new InputStreamReader(own.getInputStream(), StandardCharsets.ISO_8859_1)));
        }
    }

    /** Whether the hub itself gave this answer: only then it carries a request id. */
    private static boolean isOfHub(BufferedReader answer) throws IOException {
        String line = answer.readLine();
        if (line == null || !line.startsWith("HTTP/1.")) {
            throw new IOException("the answer is no HTTP/1.1, perhaps TLS");
        }
        for (int i = 0; i < HEAD_LINES_MAX && line != null && !line.isEmpty(); i++) {
            if (line.toLowerCase(Locale.ROOT).startsWith("x-request-id:")) {
                return true;
            }
            line = answer.readLine();
        }
        return false;
    }

    private static String remedy(String server) {
        return server.toLowerCase(Locale.ROOT).contains("tomcat")
            ? "in conf/server.xml give the Connector the attributes encodedSolidusHandling=\"passthrough\" "
                + "encodedReverseSolidusHandling=\"passthrough\" relaxedQueryChars=\"{}|^&quot;[]&lt;&gt;`\\\""
            : "in Jetty's start.d/http.ini or start.ini say jetty.httpConfig.uriCompliance="
                + "DEFAULT,AMBIGUOUS_PATH_SEPARATOR,AMBIGUOUS_PATH_ENCODING,AMBIGUOUS_PATH_PARAMETER,"
                + "SUSPICIOUS_PATH_CHARACTERS";
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
