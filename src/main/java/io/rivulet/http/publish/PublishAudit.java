package io.rivulet.http.publish;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.http.trace.PublishSpan;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.http.trace.Spans;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * What is told of one publish to those who look on: lines for the logger of what was done, and a span where somebody
 * traces. Who published what where, or why it was refused; never its data. {@link PublishHandler} makes it; any thread.
 */
final class PublishAudit {

    /** Of a batch some topics and ids are told, and how many events it had. */
    private static final int TOLD_MAX = 10;

    private final RequestTrace trace;
    private final PublishSpan span;
    /** Null until it is known who asks. */
    private Grant grant;

    /** It begins with this request. */
    PublishAudit(HttpServletRequest request) {
        trace = RequestTrace.of(request);
        span = Spans.of(request, trace);
    }

    /** Of a request that publishes as it comes, which has many results and is no span; it is known who asks. */
    PublishAudit(RequestTrace trace, Grant grant) {
        this.trace = trace;
        this.grant = grant;
        span = PublishSpan.NONE;
    }

    /** It is known who asks; before anybody else has this. */
    void asks(Grant caller) {
        grant = caller;
    }

    /** It was published, with these ids. */
    void published(List<Event> events, List<String> ids) {
        if (span.isOn()) {
            span.published(topics(events), ids);
        }
        if (trace.isAudited()) {
            trace.audit("published", "issuer", grant.issuer(), "topics", topics(events), "events", events.size(),
                "private", events.stream().anyMatch(Event::isPrivate), "ids", some(ids));
        }
    }

    /** It was refused; {@code events} is null where the body was not read. */
    void refused(List<Event> events, Throwable why) {
        span.refused(PublishSpan.reason(why));
        if (trace.isAudited()) {
            trace.audit("publish-refused", "issuer", grant == null ? "" : grant.issuer(), "topics",
                events == null ? List.of() : topics(events), "reason", PublishSpan.reason(why));
        }
    }

    /** The same before such a request has begun. */
    static void refused(RequestTrace trace, Grant grant, List<Event> events, Throwable why) {
        new PublishAudit(trace, grant).refused(events, why);
    }

    /** The body did not come as it should have, which the access log tells. */
    void bodyFailed(Throwable why) {
        span.refused(PublishSpan.reason(why));
    }

    /** The body was cut off. */
    void cut() {
        span.refused("cut");
    }

    private static List<String> topics(List<Event> events) {
        return some(events.stream().flatMap(event -> event.topics().stream()).distinct().limit(TOLD_MAX).toList());
    }

    private static List<String> some(List<String> all) {
        return all.subList(0, Math.min(TOLD_MAX, all.size()));
    }
}
