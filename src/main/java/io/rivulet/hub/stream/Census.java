package io.rivulet.hub.stream;

import java.util.List;

/**
 * What the open streams amount to at one moment. Each shard counts its own, on its thread, and
 * the hub adds them up; then it changes no more and any thread reads it.
 *
 * <p>Its parts are few and fixed, whoever connects: they become the labels of meters.
 */
public final class Census {

    /** How a stream is transported. */
    public enum Transport { HTTP1, HTTP2, OTHER }

    /** For how long the first event that a stream has not got has been there. */
    public enum Age {
        /** It has got all. */
        NONE(0, "none"),
        /** Less than a second. */
        TO_1S(1_000, "1s"),
        /** Less than ten. */
        TO_10S(10_000, "10s"),
        /** Less than a minute. */
        TO_1M(60_000, "1m"),
        /** A minute and more. */
        MORE(Long.MAX_VALUE, "more");

        private final long ms;
        private final String label;

        Age(long ms, String label) {
            this.ms = ms;
            this.label = label;
        }

        /** As the meter's label says it. */
        public String label() {
            return label;
        }

        /** That of so many milliseconds; null is for a stream that has got all. */
        static Age of(Long ageMs) {
            if (ageMs == null) {
                return NONE;
            }
            Age age = TO_1S;
            while (ageMs >= age.ms && age != MORE) {
                age = values()[age.ordinal() + 1];
            }
            return age;
        }
    }

    private final long[] transports = new long[Transport.values().length];
    private final long[] ages = new long[Age.values().length];
    private final long[] reasons = new long[Lag.Reason.values().length];
    private long backlogEvents;
    private long backlogBytes;
    private long unsentBytes;

    /** Of no stream yet. */
    public Census() {
        // its numbers begin at zero
    }

    /** All of these together. */
    public static Census sum(List<Census> all) {
        Census sum = new Census();
        for (Census one : all) {
            add(sum.transports, one.transports);
            add(sum.ages, one.ages);
            add(sum.reasons, one.reasons);
            sum.backlogEvents += one.backlogEvents;
            sum.backlogBytes += one.backlogBytes;
            sum.unsentBytes += one.unsentBytes;
        }
        return sum;
    }

    private static void add(long[] to, long[] more) {
        for (int i = 0; i < to.length; i++) {
            to[i] += more[i];
        }
    }

    /** One more stream; {@code ageMs} and {@code reason} are null for one that keeps up. */
    void add(String protocol, Long ageMs, Lag.Reason reason, int events, long bytes, int unsent) {
        transports[transport(protocol).ordinal()]++;
        ages[Age.of(ageMs).ordinal()]++;
        if (reason != null) {
            reasons[reason.ordinal()]++;
        }
        backlogEvents += events;
        backlogBytes += bytes;
        unsentBytes += unsent;
    }

    private static Transport transport(String protocol) {
        return protocol == null ? Transport.OTHER : protocol.startsWith("HTTP/1") ? Transport.HTTP1
            : protocol.startsWith("HTTP/2") ? Transport.HTTP2 : Transport.OTHER;
    }

    /** Streams of this transport. */
    public long of(Transport transport) {
        return transports[transport.ordinal()];
    }

    /** Streams that are so far behind. */
    public long of(Age age) {
        return ages[age.ordinal()];
    }

    /** Streams that wait for this. */
    public long of(Lag.Reason reason) {
        return reasons[reason.ordinal()];
    }

    /** Events in memory that wait for a stream. */
    public long backlogEvents() {
        return backlogEvents;
    }

    /** The length of these; bytes that several streams share count for each. */
    public long backlogBytes() {
        return backlogBytes;
    }

    /** Bytes given to the container that the sockets have not taken, as far as it tells. */
    public long unsentBytes() {
        return unsentBytes;
    }
}
