package io.rivulet.meter;

import io.micrometer.core.instrument.Tags;
import io.rivulet.metrics.Metrics.Count;

/**
 * How a counter of the hub's is called as a meter. {@link HubMeters} asks for each; a new count does not compile until
 * it has a row here. Immutable.
 *
 * @param name in Micrometer's way
 * @param unit what is counted; null for things that the name says
 * @param help one line for those who read the meters
 * @param tags with constants as values
 */
record CounterRow(String name, String unit, String help, Tags tags) {

    static CounterRow of(Count count) {
        return switch (count) {
            case PUBLISHED -> row("publish.events", "Events that were acknowledged");
            case REPEATED -> row("publish.repeated", "Publishes answered again from an idempotency key");
            case REFUSED -> row("publish.refused", "Publishes refused, for whatever reason");
            case RATE_LIMITED -> row("publish.rate.limited", "Publishes refused because of the rate of their subject");
            case COMMITS -> row("log.commits", "Groups of events appended to the log");
            case COMMIT_FAILURES -> row("log.commit.failures", "Groups of events that the log could not take");
            case DELIVERED_LIVE -> delivered("live");
            case DELIVERED_LIVE_BYTES -> bytes("delivered.live", "Written to streams as events were committed");
            case DELIVERED_RING -> delivered("ring");
            case DELIVERED_LOG -> delivered("log");
            case DELIVERED_PASS -> delivered("pass");
            case REPLAYED_BYTES -> bytes("replayed", "Written to streams that were behind");
            case CONFLATED -> row("conflated.events",
                "Events that conflating streams did not get, because a newer one replaced them; about");
            case STREAMS_OPENED -> row("streams.opened", "Streams opened");
            case STREAMS_STRAIGHT -> row("streams.straight", "Streams that were written straight to their sockets");
            case STREAMS_ENDED -> row("streams.ended", "Streams ended");
            case STREAMS_REFUSED_TOTAL -> refused("total");
            case STREAMS_REFUSED_ADDRESS -> refused("address");
            case STREAMS_REFUSED_SUBJECT -> refused("subject");
            case FELL_BEHIND -> row("streams.fell.behind", "Streams that fell behind and were fed from ring or log");
            case STALLED -> row("streams.stalled", "Streams ended because their sockets took nothing for too long");
            case CROWDED_OUT -> row("streams.crowded.out",
                "Streams ended because their sockets took nothing and others waited for the memory they held");
            case GAPS -> row("gaps", "Times that a stream was told that events are lost for it");
            case RESETS -> row("resets", "Resumes whose id was not of this log any more");
            case LOG_BYTES_READ -> bytes("log.read", "Read from the log's files");
            case LOG_BYTES_WRITTEN -> bytes("log.written", "Written to the log's files");
            case SEGMENTS_DELETED -> row("log.segments.deleted", "Files of the log deleted by retention");
            case ACCESS_LINES_LOST -> row("access.lines.lost", "Lines of the access log lost");
        };
    }

    private static CounterRow row(String name, String help) {
        return new CounterRow("rivulet." + name, null, help, Tags.empty());
    }

    private static CounterRow bytes(String name, String help) {
        return new CounterRow("rivulet." + name, "bytes", help, Tags.empty());
    }

    private static CounterRow delivered(String feed) {
        return new CounterRow("rivulet.delivered.events", null,
            "Events written to streams: live as they were committed, from the ring, from the log, in passes",
            Tags.of("feed", feed));
    }

    private static CounterRow refused(String cap) {
        return new CounterRow("rivulet.streams.refused", null,
            "Streams refused because there were as many as the hub holds, or as one address or subject may have",
            Tags.of("cap", cap));
    }
}
