package io.rivulet.boot;

import io.rivulet.config.Issuers;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.util.List;

/**
 * The lines of the log at the start: where the hub is, how to subscribe, how to publish. {@link Assembly} logs them.
 * Pure.
 */
final class Greeting {

    private static final String USUAL_PORT = "8080";

    private Greeting() {
    }

    /** Three lines; {@code port} is null where nobody knows it yet; {@code tokens}: any are believed. */
    static List<String> lines(Settings settings, String contextPath, String port, boolean tokens) {
        String url = "http://localhost:" + (port == null ? USUAL_PORT : port) + contextPath + "/";
        String updates = url + "api/updates";
        return List.of(
            "Rivulet is at " + url + (port == null ? " (or another port of the container)" : ""),
            "subscribe: curl -N '" + updates + "?topic=news'",
            publish(settings.get(SettingsTable.DEV), tokens, updates));
    }

    private static String publish(boolean dev, boolean tokens, String updates) {
        String command = "publish:   curl -d topic=news -d data=hello ";
        return dev ? command + "'" + updates + "'   (dev mode: your programs on this machine may)"
            : tokens ? command + "-H \"Authorization: Bearer $TOKEN\" '" + updates + "'"
            : "publish:   off; nobody may publish until " + Issuers.FAMILY.fullKey("", Issuers.KEY)
                + " lets those with a token, or " + SettingsTable.DEV.fullKey() + "=true callers on this machine";
    }
}
