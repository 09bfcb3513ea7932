package io.rivulet.http.publish;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.refusal.Refused;
import java.util.List;
import java.util.Locale;

/**
 * The lines of one publish for the logger of what was done: who published what where, or why it was refused. Never its
 * data. {@link PublishHandler} makes it; any thread.
 */
final class PublishAudit {

    /** Of a batch some topics and ids are told, and how many events it had. */
    private static final int TOLD_MAX = 10;

    private final RequestTrace trace;
    private final Grant grant;

    PublishAudit(RequestTrace trace, Grant grant) {
        this.trace = trace;
        this.grant = grant;
    }

    /** It was published, with these ids. */
    void published(List<Event> events, List<String> ids) {
        if (trace.isAudited()) {
            trace.audit("published", "issuer", grant.issuer(), "topics", topics(events), "events", events.size(),
                "private", events.stream().anyMatch(Event::isPrivate), "ids", some(ids));
        }
    }

    /** It was refused; {@code events} is null where the body was not read. */
    void refused(List<Event> events, Throwable why) {
        refused(trace, grant, events, why);
    }

    /** The same before it is known who asks, where {@code grant} is null. */
    static void refused(RequestTrace trace, Grant grant, List<Event> events, Throwable why) {
        if (trace.isAudited()) {
            String reason = why instanceof Refused refused
                ? refused.reason().name().toLowerCase(Locale.ROOT).replace('_', '-') : "fault";
            trace.audit("publish-refused", "issuer", grant == null ? "" : grant.issuer(), "topics",
                events == null ? List.of() : topics(events), "reason", reason);
        }
    }

    private static List<String> topics(List<Event> events) {
        return some(events.stream().flatMap(event -> event.topics().stream()).distinct().limit(TOLD_MAX).toList());
    }

    private static List<String> some(List<String> all) {
        return all.subList(0, Math.min(TOLD_MAX, all.size()));
    }
}
