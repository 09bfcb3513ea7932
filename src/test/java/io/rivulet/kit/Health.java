package io.rivulet.kit;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;

/** What the hub says about itself. */
public final class Health {

    private final WireResponse ready;

    private Health(WireResponse ready) {
        this.ready = ready;
    }

    /** Asks {@code /health/ready} now; a server that cannot be reached is not open. */
    public static Health of(Server server) {
        return of(Dial.to(server), server.contextPath());
    }

    /** Asks the one at this port. */
    public static Health of(int port, String contextPath) {
        return of(Dial.to(port), contextPath);
    }

    private static Health of(Dial dial, String contextPath) {
        try (Call client = dial.call(0)) {
            return new Health(client.send("GET", contextPath + "/health/ready", Map.of("Connection", "close"), null)
                .read());
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
