package io.rivulet.http.publish;

import static io.rivulet.refusal.Refused.Reason.UNSUPPORTED_TYPE;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BodyType;
import io.rivulet.http.form.FormDecoder;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.KnownFields;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How the body of a publish at {@code /api/updates} is read. {@code UpdatesServlet} makes one for each request.
 * Immutable, any thread.
 *
 * <p>The head decides, before a byte of the body is read: a form in parts is a form, whatever the query has; with
 * {@code topic} in the query any other body is the data, byte for byte; else the content type tells whether it is a
 * form, a JSON array, or lines of JSON.
 */
public final class UpdatesForm implements PublishForm {

    private static final List<String> OF_QUERY =
        List.of("id", "type", "event", "retry", "private", "end", "lease", "data");
    private static final KnownFields KNOWN =
        KnownFields.of("topic", "data", "id", "type", "event", "retry", "private", "end", "lease");
    private static final Set<String> YES = Set.of("", "on", "true", "1", "yes");
    private static final Set<String> NO = Set.of("off", "false", "0", "no");

    /** What the body is. */
    enum Form { RAW, FIELDS, ARRAY, LINES }

    private final Form form;
    private final BodyType type;
    private final FormFields query;
    private final long bytesMax;
    private final int topicsMax;
    private final int batchMax;

    /**
     * Decides how the body is to be read.
     *
     * @throws Refused when neither query nor content type says so
     */
    public UpdatesForm(FormFields query, String contentType, Settings settings) {
        this.query = query;
        topicsMax = settings.get(SettingsTable.TOPICS_MAX);
        batchMax = settings.get(SettingsTable.BATCH_MAX);
        bytesMax = settings.get(SettingsTable.BODY_MAX);
        KNOWN.check(query, "parameter");
        type = BodyType.of(contentType);
        form = query.has("topic") && !type.isMultipart() ? Form.RAW : byType(contentType);
        if (query.has("topic")) {
            if (query.has("data")) {
                throw Refused.malformed("data stands in the query; with topic in the query the body has the data");
            }
            return;
        }
        for (String name : OF_QUERY) {
            if (query.has(name)) {
                throw Refused.malformed("the query has " + name
                    + " but no topic; put all fields into the body, or topic into the query too");
            }
        }
    }

    private Form byType(String contentType) {
        switch (type.name()) {
            case FormDecoder.TYPE, BodyType.MULTIPART -> {
                type.checkForm();
                return Form.FIELDS;
            }
            case Answer.JSON -> {
                return Form.ARRAY;
            }
            case "application/x-ndjson", "application/ndjson" -> {
                return Form.LINES;
            }
            default -> throw Refused.because(UNSUPPORTED_TYPE, "the content type is "
                + (contentType == null ? "missing" : "\"" + Printable.of(contentType) + "\"")
                + "; without topic in the query it must be " + FormDecoder.TYPE + ", " + BodyType.MULTIPART + ", "
                + Answer.JSON + " (an array) or application/x-ndjson");
        }
    }

    @Override
    public boolean isBatch() {
        return form == Form.ARRAY || form == Form.LINES;
    }

    @Override
    public boolean answersJson() {
        return true;
    }

    /** Without the header, the publisher's own ids are the key: on this path they are unique. */
    @Override
    public String key(String header, List<Event> events) {
        return IdempotencyKey.of(header, events);
    }

    @Override
    public List<Event> events(byte[] body) {
        return switch (form) {
            case RAW -> List.of(fields(query, Event.builder().data(type.utf8(body, bytesMax))));
            case FIELDS -> List.of(form(body));
            case ARRAY -> new JsonBatch(batchMax).array(type.utf8(body, bytesMax));
            case LINES -> new JsonBatch(batchMax).lines(type.utf8(body, bytesMax));
        };
    }

    private Event form(byte[] body) {
        FormFields fields = type.fields(body, topicsMax + FormDecoder.OTHER_FIELDS_MAX);
        KNOWN.check(fields, "field");
        fields = query.and(fields); // which has something only beside a form in parts
        if (!fields.has("topic")) {
            throw Refused.malformed("the form has no topic");
        }
        Event.Builder event = Event.builder();
        String data = fields.one("data");
        return fields(fields, data == null ? event : event.data(data));
    }

    /** Mercure's fields; {@code event}, the name in a stream, is another name of {@code type}. */
    static Event fields(FormFields fields, Event.Builder event) {
        fields.all("topic").forEach(event::topic);
        event.markPrivate(isYes(fields, "private"));
        event.end(isYes(fields, "end") ? TopicEnd.FINISHED : null).lease(UpdatesRules.lease(fields.one("lease")));
        return UpdatesRules.build(event, fields.oneOrBlank("id"),
            UpdatesRules.type(fields.oneOrBlank("type"), fields.oneOrBlank("event")), fields.oneOrBlank("retry"));
    }

    /** By its value. At Mercure's path the field counts by being there (PUB-08), and "false" would be private. */
    private static boolean isYes(FormFields fields, String name) {
        String value = fields.one(name);
        String plain = value == null ? "no" : value.toLowerCase(Locale.ROOT);
        if (!YES.contains(plain) && !NO.contains(plain)) {
            throw Refused.malformed(name + " is " + Printable.of(value) + "; it must be true or false");
        }
        return YES.contains(plain);
    }
}
