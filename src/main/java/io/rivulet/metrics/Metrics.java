package io.rivulet.metrics;

import io.rivulet.refusal.Refused;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * The hub's counters, and the times that it samples. Every part of the hub counts here, and the tests show costs and
 * bounds by the counts. They always exist, so nobody asks whether they do. Any thread.
 *
 * <p>A sample is one of many: a group of events that was appended, or a batch that a shard has written to its streams.
 * So it costs the delivery of a single event nothing. Nothing of a sample is kept here; whoever listens keeps it.
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
        /** Their bytes. */
        DELIVERED_LIVE_BYTES,
        /** Events written to a stream from the tail ring. */
        DELIVERED_RING,
        /** Events written to a stream from the log. */
        DELIVERED_LOG,
        /** Events written in passes, to streams that conflate. */
        DELIVERED_PASS,
        /** Bytes written to streams that were behind, from the ring, the log and in passes. */
        REPLAYED_BYTES,
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

    /** The times that are sampled. */
    public enum Sample {
        /** How long the log took for one group of events, until they were as durable as they must be. */
        APPEND,
        /** From the moment at which a group of events was in order until a shard had written them to its streams. */
        DELIVERY
    }

    /** Is told each sample; on the thread that took it, so it must not wait. */
    public interface Listener {
        /** So long it took, for so many events. */
        void sampled(Sample what, long nanos, long events);
    }

    private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);
    private final Map<Refused.Reason, LongAdder> refusals = new EnumMap<>(Refused.Reason.class);
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** All at zero. */
    public Metrics() {
        for (Refused.Reason reason : Refused.Reason.values()) {
            refusals.put(reason, new LongAdder());
        }
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

    /** A request was refused for this reason, by a problem or softly. */
    public void refused(Refused.Reason reason) {
        refusals.get(reason).increment();
    }

    /** Requests that were refused for this reason so far. */
    public long refusals(Refused.Reason reason) {
        return refusals.get(reason).sum();
    }

    /** Something took so long, for so many events. */
    public void sample(Sample what, long nanos, long events) {
        for (Listener listener : listeners) {
            listener.sampled(what, nanos, events);
        }
    }

    /** Tells this one all samples from now on. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** Tells it none any more. */
    public void unlisten(Listener listener) {
        listeners.remove(listener);
    }

    /** All of them by name, in lower case. */
    public Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((count, n) -> all.put(count.name().toLowerCase(Locale.ROOT), n.sum()));
        return all;
    }
}
