package io.rivulet.boot;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Tells after how long a stream ends whose socket takes nothing. {@link Assembly} logs it at the start. The container
 * has a limit of its own, which counts where it is less than {@code rivulet.stall.timeout}; an application cannot
 * change that limit, but can tell of it. Pure.
 */
final class WriteLimit {

    private static final String SAY = "a stream whose socket takes nothing ";

    private WriteLimit() {
    }

    /** What the log says at start; {@code limit} is the container's in milliseconds, as {@link ConnectorLimit} says. */
    static String line(Settings settings, String serverInfo, OptionalInt limit) {
        long ownMs = settings.get(SettingsTable.STALL_TIMEOUT).toMillis();
        String own = ownMs == 0 ? "never ends by " + SettingsTable.STALL_TIMEOUT.fullKey()
            : "ends after " + seconds(ownMs) + " (" + SettingsTable.STALL_TIMEOUT.fullKey() + ")";
        boolean tomcat = serverInfo.contains("Tomcat");
        if (limit.isPresent() && limit.getAsInt() < (ownMs == 0 ? Integer.MAX_VALUE : ownMs)) {
            return SAY + "ends after " + seconds(limit.getAsInt()) + ", by connectionTimeout of Tomcat's connector; "
                + SettingsTable.STALL_TIMEOUT.fullKey() + " is " + (ownMs == 0 ? "never" : seconds(ownMs));
        }
        String name = tomcat ? "connectionTimeout of Tomcat's connector, 20 s in its server.xml"
            : "the connector's idleTimeout, 30 s in Jetty";
        String straight = tomcat || !settings.get(SettingsTable.JETTY_STRAIGHT) ? ""
            : " (" + SettingsTable.JETTY_STRAIGHT.fullKey() + ": only over TLS and HTTP/2)";
        String theirs = (ownMs == 0 ? ", but by " : ", or sooner by ") + name + " unless configured" + straight;
        return SAY + own + (limit.isPresent() ? "" : theirs);
    }

    private static String seconds(long ms) {
        Duration time = Duration.ofMillis(ms);
        return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : ms + " ms";
    }
}
