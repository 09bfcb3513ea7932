package io.rivulet.hub.dialect;

import io.rivulet.config.Settings;
import io.rivulet.event.Variant;
import java.util.List;

/**
 * Mercure 0.x, for {@code topic} at the protocol's own path: like 1.0, with other names and with JSON-LD. Any thread.
 */
public final class LegacyDialect extends MercureDialect {

    /** The name of 0.x, that of clients half on their way to 1.0, that of 0.x before 0.11, and a polyfill's. */
    private static final List<String> PARAMETERS =
        List.of("lastEventID", "last_event_id", "Last-Event-ID", "lastEventId");

    /** As the protocol has it. */
    public LegacyDialect() {
        this(false);
    }

    /** The same; see {@link MercureDialect#MercureDialect(boolean)}. */
    public LegacyDialect(boolean endsWithTopics) {
        super(endsWithTopics);
    }

    @Override
    public String name() {
        return "legacy";
    }

    @Override
    public String startHeader() {
        return "Last-Event-ID";
    }

    @Override
    public Variant variant(Settings settings) {
        return Variant.LEGACY;
    }

    @Override
    public List<String> cursorParameters() {
        return PARAMETERS;
    }
}
