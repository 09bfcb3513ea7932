package io.rivulet.kit;

import com.google.gson.JsonObject;
import java.io.IOException;

/** What the hub says about itself. */
public final class Health {

    private final WireResponse ready;

    private Health(WireResponse ready) {
        this.ready = ready;
    }

    /** Asks {@code /health/ready} now; a server that cannot be reached is not open. */
    public static Health of(Server server) {
        return of(server.port(), server.contextPath());
    }

    /** Asks the one at this port. */
    public static Health of(int port, String contextPath) {
        try (WireClient client = WireClient.to(port, 0)) {
            return new Health(client.send("GET " + contextPath + "/health/ready HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close\r\n\r\n").read());
        } catch (IOException e) {
            return new Health(null);
        }
    }

    /** Whether streams can be served. */
    public boolean isOpen() {
        return ready != null && ready.status() == 200;
    }

    /** Whether anybody answered. */
    public boolean isReachable() {
        return ready != null;
    }

    /** The whole answer. */
    public JsonObject json() {
        return ready.json();
    }
}
