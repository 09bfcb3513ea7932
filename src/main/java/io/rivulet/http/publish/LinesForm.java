package io.rivulet.http.publish;

import static io.rivulet.refusal.Refused.Reason.UNSUPPORTED_TYPE;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.http.form.BodyType;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.KnownFields;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.util.List;

/**
 * What a line is of a body that is published as it comes ({@code stream=lines}). {@code UpdatesServlet} makes one for
 * each request. Immutable, any thread.
 *
 * <p>With {@code topic} in the query a line is the data of an event, whatever the content type. Else a line is an event
 * of its own, in JSON.
 */
public final class LinesForm {

    private static final String STREAM = "stream";
    private static final String LINES = "lines";
    private static final KnownFields KNOWN = KnownFields.of(STREAM, "topic", "type", "event", "retry", "private",
        "end", "lease");
    private static final KnownFields KNOWN_OF_JSON = KnownFields.of(STREAM);
    private static final List<String> OF_ONE_EVENT = List.of("id", "data");
    private static final List<String> JSON_TYPES = List.of("application/x-ndjson", "application/ndjson");

    private final BodyType type;
    private final long lineMax;
    /** Null where the lines are text. */
    private final JsonBatch json;
    private final FormFields query;
    private final boolean ends;

    private LinesForm(BodyType type, long lineMax, JsonBatch json, FormFields query) {
        this.type = type;
        this.lineMax = lineMax;
        this.json = json;
        this.query = query;
        ends = json == null && UpdatesForm.fields(query, Event.builder()).end() != null; // all of it is looked at here
    }

    /**
     * Whether the query asks for it.
     *
     * @throws Refused when it asks for another stream than of lines
     */
    public static boolean isAsked(FormFields query) {
        String stream = query.one(STREAM);
        if (stream != null && !stream.equals(LINES)) {
            throw Refused.malformed("stream is " + Printable.of(stream) + "; a body can be published as stream="
                + LINES + " only");
        }
        return stream != null;
    }

    /**
     * The form that head and query tell.
     *
     * @throws Refused when they tell none
     */
    public static LinesForm of(FormFields query, String contentType, Settings settings) {
        for (String name : OF_ONE_EVENT) {
            if (query.has(name)) {
                throw Refused.malformed(name + " stands in the query, where each line of the body is an event; "
                    + name + " is of one event");
            }
        }
        BodyType type = BodyType.of(contentType);
        boolean isText = query.has("topic");
        (isText || !JSON_TYPES.contains(type.name()) ? KNOWN : KNOWN_OF_JSON).check(query, "parameter");
        if (!isText && !JSON_TYPES.contains(type.name())) {
            throw Refused.because(UNSUPPORTED_TYPE, "the query has stream=" + LINES + " and no topic, so that each "
                + "line must be an event of JSON, and the content type " + JSON_TYPES.get(0) + "; it is "
                + (contentType == null ? "missing" : "\"" + Printable.of(contentType) + "\""));
        }
        type.checkLines();
        return new LinesForm(type, settings.get(SettingsTable.BODY_MAX), isText ? null : new JsonBatch(1), query);
    }

    /** Bytes of a line at most. */
    long lineMax() {
        return lineMax;
    }

    /**
     * The event of a line; null for a blank line of JSON. The array belongs to the event.
     *
     * @throws Refused when it is none
     */
    Event event(byte[] line) {
        byte[] utf8 = type.utf8(line, lineMax);
        if (json == null) {
            Event event = UpdatesForm.fields(query, Event.builder().data(utf8));
            return ends ? event.asEnd(null) : event; // the body's end is
        }
        return isBlank(utf8) ? null : json.line(utf8);
    }

    /** Whether the topic ends with the body. */
    boolean ends() {
        return ends;
    }

    /** The end of the topic, without data. */
    Event end() {
        return UpdatesForm.fields(query, Event.builder());
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b < 0 || b > ' ') {
                return false;
            }
        }
        return true;
    }
}
