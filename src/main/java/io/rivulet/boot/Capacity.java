package io.rivulet.boot;

import io.rivulet.config.DerivedDefaults;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * How many streams this machine holds, and why so many. {@link Assembly} asks once, at the start. Immutable.
 *
 * <p>Without a setting ({@code rivulet.connections.max=0}) it is what half of the heap holds, and less than the
 * container's own limit: beyond that limit new connections would hang without an answer, and would not be told to come
 * back.
 *
 * @param streams how many at once
 * @param why     what decided it, as the end of a sentence
 * @param warning what is wrong with what was set; null when nothing is
 */
record Capacity(int streams, String why, String warning) {

    /** Tomcat's default {@code maxConnections}, where it does not tell the one in force. */
    static final int TOMCAT_DEFAULT = 8_192;

    /** The memory that a stream takes in this container at most, while it asks for little. */
    static int streamKib(String serverInfo) {
        return isJetty(serverInfo) ? DerivedDefaults.STREAM_KIB_JETTY : DerivedDefaults.STREAM_KIB_OTHER;
    }

    private static boolean isJetty(String serverInfo) {
        return serverInfo.toLowerCase(Locale.ROOT).startsWith("jetty");
    }

    /**
     * The one for this container.
     *
     * @param serverInfo   names it
     * @param heapBytes    the largest heap
     * @param connectorMax connections that the container lets in, as {@link ConnectorLimit} finds it
     */
    static Capacity of(Settings settings, String serverInfo, long heapBytes, OptionalInt connectorMax) {
        int connections = isJetty(serverInfo) ? Integer.MAX_VALUE : connectorMax.orElse(TOMCAT_DEFAULT);
        int set = settings.get(SettingsTable.CONNECTIONS_MAX);
        if (set > 0) {
            return new Capacity(set, SettingsTable.CONNECTIONS_MAX.fullKey() + " says so", set < connections ? null
                : SettingsTable.CONNECTIONS_MAX.fullKey() + " is " + set + ", but the container's connector takes no "
                + "more than " + connections + " connections (maxConnections); the next ones hang there without an "
                + "answer, those of publishers as well. Let it take more, or the hub fewer");
        }
        int kib = streamKib(serverInfo);
        int byHeap = DerivedDefaults.streamsOfHeap(heapBytes, kib);
        int byConnector = DerivedDefaults.streamsOfConnector(connections);
        return byHeap <= byConnector
            ? new Capacity(byHeap,
                "half of the heap of " + (heapBytes >> 20) + " MiB, at " + kib + " KiB each", null)
            : new Capacity(byConnector, "nine tenths of the " + connections + " connections that the container's "
                + "connector takes (maxConnections" + (connectorMax.isPresent() ? ")" : ", as it is by default)"),
                null);
    }
}
