package io.rivulet.hub.dialect;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Variant;
import io.rivulet.topic.TopicSelection;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The hub's own dialect, for {@code /api/updates}: events as they are, and among them the hub's own, whose types begin
 * {@code rivulet.}. The stream itself tells where it begins and what was lost, so it outlives a loss.
 */
public final class PlainDialect implements Dialect {

    /** Mercure 1.0, Mercure 0.x, Yaffle's polyfill, Mercure before 0.11, amvtek's polyfill. */
    private static final List<String> PARAMETERS =
        List.of("last_event_id", "lastEventID", "lastEventId", "Last-Event-ID", "evs_last_event_id");

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

    @Override
    public byte[] hello(String connection, Supplier<String> secret, TopicSelection topics, Start start) {
        return HubEvents.hello(connection, secret.get(), topics, start);
    }

    @Override
    public boolean isSoftWhenFull() {
        return true;
    }

    @Override
    public Variant variant(Settings settings) {
        return Variant.PLAIN;
    }

    @Override
    public boolean endsOnLoss() {
        return false;
    }

    @Override
    public byte[] gap(boolean isTransient, Long missed, String id) {
        return HubEvents.gap(isTransient, missed, id);
    }

    @Override
    public Duration maxAge(Settings settings) {
        return settings.get(SettingsTable.CONNECTION_MAX_AGE);
    }

    @Override
    public List<String> cursorParameters() {
        return PARAMETERS;
    }

    @Override
    public byte[] cursor(String id) {
        return HubEvents.cursor(id);
    }
}
