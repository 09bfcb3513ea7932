package io.rivulet.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The hub's counters. Every part of the hub counts here, and the tests show costs and bounds by them. They always
 * exist, so nobody asks whether they do. Any thread.
 */
public final class Metrics {

    /** The things that are counted. */
    public enum Count {
        /** Events that were acknowledged. */
        PUBLISHED,
        /** Publishes answered again from an idempotency key. */
        REPEATED,
        /** Publishes refused. */
        REFUSED,
        /** Publishes refused because their subject had published as much as one may for now. */
        RATE_LIMITED,
        /** Group commits. */
        COMMITS,
        /** Commits that failed. */
        COMMIT_FAILURES,
        /** Events written to a stream as they were committed. */
        DELIVERED_LIVE,
        /** Events written to a stream from the tail ring. */
        DELIVERED_RING,
        /** Events written to a stream from the log. */
        DELIVERED_LOG,
        /** Events written in passes, to streams that conflate. */
        DELIVERED_PASS,
        /** Events that streams that conflate did not get, because a newer one replaced them; about. */
        CONFLATED,
        /** Streams opened. */
        STREAMS_OPENED,
        /** Streams that were written straight to their sockets. */
        STREAMS_STRAIGHT,
        /** Streams ended. */
        STREAMS_ENDED,
        /** Streams refused because there were as many as the hub holds. */
        STREAMS_REFUSED_TOTAL,
        /** Streams refused because their address had as many as one may have. */
        STREAMS_REFUSED_ADDRESS,
        /** Streams refused because their subject had as many as one may have. */
        STREAMS_REFUSED_SUBJECT,
        /** Streams that fell behind and were fed from ring or log. */
        FELL_BEHIND,
        /** Streams ended because their sockets took nothing for {@code rivulet.stall.timeout}. */
        STALLED,
        /** Streams ended because their sockets took nothing and others waited for the memory they held. */
        CROWDED_OUT,
        /** Gap events sent. */
        GAPS,
        /** Resumes that ended in a reset. */
        RESETS,
        /** Bytes read from the log's files. */
        LOG_BYTES_READ,
        /** Bytes written to the log's files. */
        LOG_BYTES_WRITTEN,
        /** Segments deleted by retention. */
        SEGMENTS_DELETED,
        /** Lines of the access log lost because its queue was full. */
        ACCESS_LINES_LOST
    }

    private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);

    /** All at zero. */
    public Metrics() {
        for (Count count : Count.values()) {
            counts.put(count, new LongAdder());
        }
    }

    /** One more. */
    public void add(Count count) {
        counts.get(count).increment();
    }

    /** So many more. */
    public void add(Count count, long n) {
        counts.get(count).add(n);
    }

    /** The count so far. */
    public long get(Count count) {
        return counts.get(count).sum();
    }

    /** All of them by name, in lower case. */
    public Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((count, n) -> all.put(count.name().toLowerCase(java.util.Locale.ROOT), n.sum()));
        return all;
    }
}
