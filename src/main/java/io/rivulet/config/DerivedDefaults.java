package io.rivulet.config;

/**
 * The arithmetic of defaults that follow from something else: the heap, the mode, the container. {@link Settings} puts
 * in those that it can know, so {@link Settings#get} never answers with the 0 that asks for them. The number of streams
 * at once depends on the container, which only the start knows. Pure, any thread.
 */
public final class DerivedDefaults {

    /** The memory of a stream on Jetty at most, with the hub's part: about 8 KB were measured. */
    public static final int STREAM_KIB_JETTY = 16;
    /** The same on other containers: 102 KB were measured on Tomcat. */
    public static final int STREAM_KIB_OTHER = 128;

    private static final long BUFFER_BYTES_MAX = 64L << 20;
    private static final int BUFFER_HEAP_SHARE = 16;

    private DerivedDefaults() {
    }

    /** The bytes of the ring, of slow sockets and of conflating streams: a sixteenth of the heap, at most 64 MiB. */
    static long bufferBytes(long heapBytes) {
        return Math.min(BUFFER_BYTES_MAX, heapBytes / BUFFER_HEAP_SHARE);
    }

    /** Whether something is there that may depend on dev mode. */
    static boolean isOn(SettingsTable.When when, boolean dev) {
        return when == SettingsTable.When.TRUE || when == SettingsTable.When.DEV && dev;
    }

    /** Streams that half of the heap holds when each needs so many KiB; at least one. */
    public static int streamsOfHeap(long heapBytes, int streamKib) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, heapBytes / 2 / (streamKib << 10)));
    }

    /** Streams below the container's own limit: nine tenths, because publishers and pages need connections, too. */
    public static int streamsOfConnector(int connections) {
        return (int) Math.max(1, connections * 9L / 10);
    }
}
