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

    private static final String USUAL = "http://localhost:8080";

    private Greeting() {
    }

    /** Three lines; {@code at} is null where nobody knows the port yet; {@code tokens}: any are believed. */
    static List<String> lines(Settings settings, String at, String contextPath, boolean tokens) {
        String url = (at == null ? USUAL : at) + contextPath + "/";
        String updates = url + "api/updates";
        return List.of(
            "Rivulet is at " + url + (at == null ? " (or another port of the container)" : ""),
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
