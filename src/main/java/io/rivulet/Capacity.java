package io.rivulet;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;

/**
 * How many streams this machine holds when nobody says ({@code rivulet.connections.max=0}): half the heap, and on
 * Tomcat less than its own limit, at which new connections would hang silently instead of being told to come back.
 */
final class Capacity {

    /** What container and hub need for a stream at most: about 7 KB were measured on Jetty, 102 KB on Tomcat. */
    private static final long STREAM_BYTES_JETTY = 16 << 10;
    private static final long STREAM_BYTES_OTHER = 128 << 10;
    /** Nine tenths of Tomcat's default {@code maxConnections} of 8,192: publishers need some, too. */
    private static final int TOMCAT_MAX = 7_372;

    private Capacity() {
    }

    /** The limit; {@code serverInfo} names the container, {@code heapBytes} is its largest heap. */
    static int streams(Settings settings, String serverInfo, long heapBytes) {
        int set = settings.get(SettingsTable.CONNECTIONS_MAX);
        if (set > 0) {
            return set;
        }
        boolean jetty = serverInfo.toLowerCase(java.util.Locale.ROOT).startsWith("jetty");
        long byHeap = Math.max(1, heapBytes / 2 / (jetty ? STREAM_BYTES_JETTY : STREAM_BYTES_OTHER));
        return (int) Math.min(byHeap, jetty ? Integer.MAX_VALUE : TOMCAT_MAX);
    }
}
