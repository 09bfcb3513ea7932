package io.rivulet.hub.dialect;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.TopicEnd;
import io.rivulet.event.Variant;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Mercure 1.0, for {@code match…} at the protocol's own path: only bytes that the protocol knows. Any thread.
 *
 * <p>A header of the response tells where the stream begins. The stream itself has no way to tell of a loss, so a loss
 * ends it, and the header of the next response tells of it.
 */
public class MercureDialect implements Dialect {

    /** The id before all others, in a request and in a response (Mercure 1.0, REC-06). */
    private static final String EARLIEST = "earliest";

    private final boolean endsWithTopics;

    /** As the protocol has it: it knows no end of a topic. */
    public MercureDialect() {
        this(false);
    }

    /** The same; {@code endsWithTopics} is for clients that ask for the end, and know the event that tells of it. */
    public MercureDialect(boolean endsWithTopics) {
        this.endsWithTopics = endsWithTopics;
    }

    @Override
    public String name() {
        return "mercure";
    }

    @Override
    public String startHeader() {
        return "Mercure-Last-Event-ID";
    }

    /** {@code earliest} when something may be missing or nothing was ever published (REC-06). */
    @Override
    public final String startId(String asked, Start start, boolean damage, Question nothing)
        throws IOException {
        if (damage || !start.isComplete() || start.isVeryFirst() || EARLIEST.equals(asked)) {
            return EARLIEST;
        }
        if (asked != null && !asked.isEmpty()) {
            return asked;
        }
        return nothing.ask() ? EARLIEST : start.cursorId();
    }

    @Override
    public final byte[] hello(String connection, Supplier<String> secret, Grant grant, TopicSelection topics,
                              Start start) {
        return null;
    }

    @Override
    public final byte[] expiring(String connection, long untilMs) {
        return null;
    }

    @Override
    public final boolean isSoftWhenFull() {
        return false;
    }

    @Override
    public Variant variant(Settings settings) {
        return settings.get(SettingsTable.MERCURE_TOPICS_FIELD) ? Variant.TOPICS : Variant.PLAIN;
    }

    @Override
    public final boolean endsOnLoss() {
        return true;
    }

    @Override
    public final byte[] gap(boolean isTransient, Long missed, String id) {
        return null;
    }

    @Override
    public final byte[] topics(TopicSelection topics, String id) {
        return null;
    }

    @Override
    public final boolean endsWithTopics() {
        return endsWithTopics;
    }

    @Override
    public final byte[] ended(TopicSelection topics, TopicEnd why, String id) {
        return Dialect.endEvent(topics, why, id);
    }

    @Override
    public final Duration maxAge(Settings settings) {
        return settings.get(SettingsTable.MERCURE_MAX_AGE);
    }

    @Override
    public final boolean tellsPlaces() {
        return false; // ids may repeat, and a cursor is the earliest one in history (REC-07)
    }

    /** The protocol's own, and that of a polyfill for old browsers, by which nothing else is meant. */
    @Override
    public List<String> cursorParameters() {
        return List.of("last_event_id", "lastEventId");
    }

    @Override
    public final byte[] cursor(String id) {
        return null;
    }
}
