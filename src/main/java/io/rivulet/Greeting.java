package io.rivulet;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.util.List;

/** What the log says at start: where the hub is, how to subscribe, how to publish. Pure. */
final class Greeting {

    private Greeting() {
    }

    /** Three lines; {@code port} is null where only the container knows it. */
    static List<String> lines(Settings settings, String contextPath, String port) {
        String url = "http://localhost:" + (port == null ? "<port of the container>" : port) + contextPath + "/";
        String updates = url + "api/updates";
        return List.of(
            "Rivulet is at " + url,
            "subscribe: curl -N '" + updates + "?topic=news'",
            settings.get(SettingsTable.DEV)
                ? "publish:   curl -d topic=news -d data=hello '" + updates
                    + "'   (dev mode: everybody on this machine may)"
                : "publish:   off; nobody may publish until rivulet.dev=true lets callers on this machine");
    }
}
