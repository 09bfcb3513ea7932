package io.rivulet.http.mercure;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.http.form.BodyType;
import io.rivulet.http.form.FormDecoder;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.publish.IdempotencyKey;
import io.rivulet.http.publish.PublishForm;
import io.rivulet.http.publish.UpdatesRules;
import io.rivulet.refusal.Refused;
import java.util.List;

/**
 * How the body of a publish at Mercure's own path is read: a form and nothing else (PUB-01 to PUB-19), in either of the
 * two ways that browsers write one. {@link
 * MercureServlet} makes one for each request. Immutable, any thread.
 *
 * <p>Fields come from the body only, and unknown ones are ignored. The event and the hub check what every event must
 * fulfil.
 */
final class MercureForm implements PublishForm {

    private final BodyType type;
    private final int fieldsMax;

    MercureForm(String contentType, Settings settings) {
        type = BodyType.of(contentType);
        if (type.isForm()) {
            type.checkForm();
        }
        fieldsMax = settings.get(SettingsTable.TOPICS_MAX) + FormDecoder.OTHER_FIELDS_MAX;
    }

    @Override
    public boolean isBatch() {
        return false;
    }

    @Override
    public boolean answersJson() {
        return false; // 200 with the id as text, whatever the client accepts (PUB-15)
    }

    /** Ids may repeat here (REC-07), so only the header makes a publish idempotent. */
    @Override
    public String key(String header, List<Event> events) {
        return IdempotencyKey.ofHeader(header);
    }

    @Override
    public List<Event> events(byte[] body) {
        // another content type is a form without a topic (PUB-02)
        FormFields fields = type.isForm() ? type.fields(body, fieldsMax) : new FormFields();
        if (!fields.has("topic")) {
            throw Refused.malformed(type.isForm() ? "the form has no topic"
                : "there is no topic: the body must be a form, with the content type " + FormDecoder.TYPE);
        }
        Event.Builder event = Event.builder();
        fields.all("topic").forEach(event::topic);
        String data = fields.one("data");
        if (data != null) {
            event.data(data);
        }
        String retry = fields.oneOrBlank("retry");
        return List.of(event.id(fields.oneOrBlank("id")).type(fields.oneOrBlank("type"))
            .markPrivate(fields.has("private")).retryMs(retry == null ? 0 : UpdatesRules.milliseconds(retry)).build());
    }
}
