package io.rivulet.http.publish;

import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;

/**
 * The key by which a repeated publish is known again: the header {@code Idempotency-Key}, else the publisher's own ids.
 * {@link PublishHandler} and the forms use it. Pure.
 */
public final class IdempotencyKey {

    private static final String HEADER = "Idempotency-Key";

    private IdempotencyKey() {
    }

    /**
     * The header's value, checked, or null without one.
     *
     * @throws Refused when it is repeated, too long, or no printable ASCII
     */
    static String of(HttpServletRequest request, int bytesMax) {
        List<String> values = Collections.list(request.getHeaders(HEADER));
        if (values.isEmpty()) {
            return null;
        }
        String key = values.get(0);
        if (values.size() > 1) {
            throw Refused.malformed("the header " + HEADER + " is given " + values.size() + " times");
        }
        return checked("the header " + HEADER, key, bytesMax);
    }

    /**
     * A key that somebody gave, checked.
     *
     * @param what it is, as the beginning of a sentence
     * @throws Refused when it is too long, or no printable ASCII
     */
    public static String checked(String what, String key, int bytesMax) {
        if (!key.matches("[ -~]+")) {
            throw Refused.malformed(what + " must be printable ASCII and not empty");
        }
        if (key.length() > bytesMax) {
            throw Refused.malformed(what + " has " + key.length() + " bytes; at most " + bytesMax
                + " are allowed (" + SettingsTable.ID_BYTES_MAX.fullKey() + ")");
        }
        return key;
    }

    /** The key that the hub remembers of the header alone; null without one. */
    public static String ofHeader(String header) {
        return header == null ? null : "h:" + header;
    }

    /**
     * The key that the hub remembers: the header, else all ids of the events as one, else null. The letter in front
     * keeps a header from being taken for an id. Ids hold no line break, so the ids of two batches never join to the
     * same key.
     */
    public static String of(String header, List<Event> events) {
        if (header != null) {
            return ofHeader(header);
        }
        boolean any = false;
        StringBuilder ids = new StringBuilder("i:");
        for (Event event : events) {
            any |= event.id() != null;
            ids.append(event.id() == null ? "" : event.id()).append('\n');
        }
        return any ? ids.toString() : null;
    }
}
