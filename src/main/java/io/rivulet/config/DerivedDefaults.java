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
    private static final int FLIGHT_HEAP_SHARE = 8;
    /** The smallest part of a kind of callers is a quarter, and a body that grows is there one and a half times. */
    private static final int FLIGHT_BODIES_MIN = 6;

    private static final long INDEX_BYTES_MIN = 4L << 20;

    private DerivedDefaults() {
    }

    /** The bytes of the ring, of slow sockets and of conflating streams: a sixteenth of the heap, at most 64 MiB. */
    static long bufferBytes(long heapBytes) {
        return Math.min(BUFFER_BYTES_MAX, heapBytes / BUFFER_HEAP_SHARE);
    }

    /** The bytes of bodies and answers in flight: an eighth of the heap, but room for the largest body. */
    static long flightBytes(long heapBytes, long bodyMax) {
        return Math.max(heapBytes / FLIGHT_HEAP_SHARE, flightBytesMin(bodyMax));
    }

    /** So many bytes in flight at least, or the largest body would never go through. */
    static long flightBytesMin(long bodyMax) {
        return FLIGHT_BODIES_MIN * bodyMax;
    }

    /** The bytes that the index of one segment has in memory: a sixteenth of the heap, between 4 and 64 MiB. */
    public static long indexBytes(long heapBytes) {
        return Math.max(INDEX_BYTES_MIN, bufferBytes(heapBytes));
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
