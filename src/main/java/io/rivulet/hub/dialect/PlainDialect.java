package io.rivulet.hub.dialect;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.EventFrame;
import io.rivulet.event.TopicEnd;
import io.rivulet.event.Variant;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * The hub's own dialect, for {@code /api/updates}. Any thread.
 *
 * <p>Among the published events the stream carries events of the hub's own, with types that begin {@code rivulet.},
 * which no publisher may use. They tell where the stream begins and what was lost, so the stream outlives a loss. Each
 * has as its id the cursor from which the stream goes on: a connection that is cut right behind it loses nothing. Their
 * data is JSON already, so they are the same where published events come in envelopes.
 */
public class PlainDialect implements Dialect {

    /** Mercure 1.0, Mercure 0.x, Yaffle's polyfill, Mercure before 0.11, amvtek's polyfill. */
    private static final List<String> PARAMETERS =
        List.of("last_event_id", "lastEventID", "lastEventId", "Last-Event-ID", "evs_last_event_id");

    private final Variant variant;

    /** Events are written as they are. */
    public PlainDialect() {
        this(Variant.PLACED);
    }

    private PlainDialect(Variant variant) {
        this.variant = variant;
    }

    /** Events are written as that one writes them. */
    PlainDialect(PlainDialect like) {
        this(like.variant);
    }

    /**
     * Events are written as JSON, with their topics.
     *
     * @param dataAsJson whether data that is JSON stands there as such, and not as text in quotes
     */
    public static PlainDialect enveloping(boolean dataAsJson) {
        return new PlainDialect(dataAsJson ? Variant.ENVELOPE_OF_JSON : Variant.ENVELOPE);
    }

    @Override
    public String name() {
        return "rivulet";
    }

    @Override
    public String startHeader() {
        return null;
    }

    @Override
    public String startId(String asked, Start start, boolean damage, Question nothing) {
        return null;
    }

    /** {@code rivulet.hello}: the name of the connection, whose it is, until when, and how it resumed. */
    @Override
    public byte[] hello(String connection, Supplier<String> secret, Grant grant, TopicSelection topics, Start start) {
        JsonObject json = new JsonObject();
        json.addProperty("connection", connection);
        json.addProperty("secret", secret.get());
        if (grant.isNamed()) {
            json.addProperty("as", grant.subject());
        }
        if (grant.expiresMs() != Grant.NEVER) {
            json.addProperty("until", Instant.ofEpochMilli(grant.expiresMs()).toString());
        }
        json.addProperty("resumed", start.resumedText());
        json.addProperty("missed", start.missed());
        if (start.transientLost()) {
            json.addProperty("transient", "lost");
        }
        json.add("topics", texts(topics));
        return EventFrame.control("rivulet.hello", json.toString(), start.cursorId());
    }

    private static JsonArray texts(TopicSelection topics) {
        JsonArray texts = new JsonArray();
        for (TopicMatcher matcher : topics.matchers()) {
            texts.add(matcher.text());
        }
        return texts;
    }

    /** {@code rivulet.topics}: all that the stream asks for from here on. */
    @Override
    public byte[] topics(TopicSelection topics, String id) {
        JsonObject json = new JsonObject();
        json.add("topics", texts(topics));
        return EventFrame.control("rivulet.topics", json.toString(), id);
    }

    /** {@code rivulet.expiring}: what a page needs to go on with a fresh token. Without an id: no event has come. */
    @Override
    public byte[] expiring(String connection, long untilMs) {
        JsonObject json = new JsonObject();
        json.addProperty("until", Instant.ofEpochMilli(untilMs).toString());
        json.addProperty("connection", connection);
        return EventFrame.control("rivulet.expiring", json.toString(), null);
    }

    @Override
    public boolean isSoftWhenFull() {
        return true;
    }

    @Override
    public Variant variant(Settings settings) {
        return variant;
    }

    @Override
    public boolean tellsPlaces() {
        return true;
    }

    @Override
    public boolean endsOnLoss() {
        return false;
    }

    /** {@code rivulet.gap}: events before {@code id} are gone. */
    @Override
    public byte[] gap(boolean isTransient, Long missed, String id) {
        JsonObject json = new JsonObject();
        json.addProperty("transient", isTransient);
        json.addProperty("missed", missed);
        return EventFrame.control("rivulet.gap", json.toString(), id);
    }

    @Override
    public boolean endsWithTopics() {
        return true;
    }

    @Override
    public byte[] ended(TopicSelection topics, TopicEnd why, String id) {
        return Dialect.endEvent(topics, why, id);
    }

    @Override
    public Duration maxAge(Settings settings) {
        return settings.get(SettingsTable.CONNECTION_MAX_AGE);
    }

    @Override
    public List<String> cursorParameters() {
        return PARAMETERS;
    }

    /** {@code rivulet.cursor}: nothing happened, but this id is fresher than the client's. */
    @Override
    public byte[] cursor(String id) {
        return EventFrame.control("rivulet.cursor", "{}", id);
    }
}
