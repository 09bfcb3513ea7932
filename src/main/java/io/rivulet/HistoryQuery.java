package io.rivulet;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Which part of history Java code wants: {@code HistoryQuery.of("orders/*").since(instant).limit(50)}. Without a
 * beginning it is the oldest event there is. Each method gives a new query. Immutable, any thread.
 */
public final class HistoryQuery {

    /** Events of a page at most. */
    public static final int LIMIT_MAX = 1_000;
    private static final int LIMIT = 100;

    private final List<String> topics;
    private final String since;
    private final String after;
    private final int limit;

    private HistoryQuery(List<String> topics, String since, String after, int limit) {
        this.topics = topics;
        this.since = since;
        this.after = after;
        this.limit = limit;
    }

    /** The events of these topics, written as everywhere: a name, {@code orders/*}, {@code jobs/{id}}, {@code *}. */
    public static HistoryQuery of(String... topics) {
        return new HistoryQuery(List.of(topics), "earliest", null, LIMIT);
    }

    /** From this instant on. */
    public HistoryQuery since(Instant instant) {
        return new HistoryQuery(topics, instant.toString(), null, limit);
    }

    /** The last so many: 1 to 10,000; a page has at most {@link #limit} of them. */
    public HistoryQuery last(int count) {
        return new HistoryQuery(topics, "last=" + count, null, limit);
    }

    /** The newest event of each topic. */
    public HistoryQuery newestOfEach() {
        return new HistoryQuery(topics, "last", null, limit);
    }

    /** After the event with this id: where a page ended, or what somebody has got last. */
    public HistoryQuery after(String id) {
        return new HistoryQuery(topics, since, Objects.requireNonNull(id), limit);
    }

    /** At most so many events in a page: 1 to {@link #LIMIT_MAX}; 100 unless it is said. */
    public HistoryQuery limit(int events) {
        if (events < 1 || events > LIMIT_MAX) {
            throw new IllegalArgumentException("a page of history has 1 to " + LIMIT_MAX + " events, not " + events);
        }
        return new HistoryQuery(topics, since, after, events);
    }

    /** The topics and patterns. */
    public List<String> topics() {
        return topics;
    }

    /** Where it begins, as the parameter {@code since} of HTTP has it. */
    public String since() {
        return since;
    }

    /** The id that it begins after, or null. */
    public String after() {
        return after;
    }

    /** At most so many events. */
    public int limit() {
        return limit;
    }
}
