package io.rivulet.http.trace;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;

/**
 * A span of the application's own OpenTelemetry: the one in the servlet context's attribute {@link #ATTRIBUTE}, as
 * Spring Boot's bean is, else the global one. {@link Spans} makes it; any thread.
 *
 * <p>Its parent is the span that is current, which an agent or a filter has made for the request; where there is none,
 * the one that the caller's headers name. The names of attributes are those of OpenTelemetry's conventions for
 * messaging. None has data or a token.
 *
 * <p>The hard thing is the global one: its usual getter makes it one that does nothing, for ever, where an application
 * has set none yet. The one that only looks is in the API from 1.57 on; with an older one the attribute alone counts.
 */
final class OpenTelemetrySpan extends PublishSpan {

    /** Names the application's own {@code OpenTelemetry}. */
    static final String ATTRIBUTE = OpenTelemetry.class.getName();

    private static final String SCOPE = "io.rivulet";
    private static final String NAME = "publish";
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> TYPE = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> TOPIC = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> ID = AttributeKey.stringKey("messaging.message.id");
    private static final AttributeKey<Long> EVENTS = AttributeKey.longKey("messaging.batch.message_count");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("rivulet.request");

    private final Span span;

    private OpenTelemetrySpan(Span span) {
        this.span = span;
    }

    /** Begins one; {@code request} and its id are null for code in the same JVM. */
    static PublishSpan of(ServletContext application, HttpServletRequest request, String id) {
        OpenTelemetry telemetry = telemetry(application);
        if (telemetry == null) {
            return NONE;
        }
        Context parent = Context.current();
        if (request != null && !Span.fromContext(parent).getSpanContext().isValid()) {
            parent = telemetry.getPropagators().getTextMapPropagator().extract(parent, request, Headers.OF_REQUEST);
        }
        SpanBuilder builder = telemetry.getTracer(SCOPE).spanBuilder(NAME).setParent(parent)
            .setSpanKind(SpanKind.PRODUCER).setAttribute(SYSTEM, "rivulet").setAttribute(OPERATION, NAME)
            .setAttribute(TYPE, "send");
        if (id != null) {
            builder.setAttribute(REQUEST, id);
        }
        return new OpenTelemetrySpan(builder.startSpan());
    }

    private static OpenTelemetry telemetry(ServletContext application) {
        if (application.getAttribute(ATTRIBUTE) instanceof OpenTelemetry given) {
            return given;
        }
        try {
            return GlobalOpenTelemetry.isSet() ? GlobalOpenTelemetry.getOrNoop() : null;
        } catch (NoSuchMethodError e) {
            return null; // an older API
        }
    }

    /** What a propagator reads. */
    private enum Headers implements TextMapGetter<HttpServletRequest> {
        OF_REQUEST;

        @Override
        public Iterable<String> keys(HttpServletRequest request) {
            return Collections.list(request.getHeaderNames());
        }

        @Override
        public String get(HttpServletRequest request, String name) {
            return request == null ? null : request.getHeader(name);
        }
    }

    @Override
    public boolean isOn() {
        return span.isRecording();
    }

    @Override
    public void published(List<String> topics, List<String> ids) {
        if (topics.size() == 1) {
            span.setAttribute(TOPIC, topics.get(0)); // of several none is the one
        }
        if (ids.size() == 1) {
            span.setAttribute(ID, ids.get(0));
        } else {
            span.setAttribute(EVENTS, (long) ids.size());
        }
        span.end();
    }

    @Override
    public void refused(String reason) {
        span.setAttribute(ERROR, reason).setStatus(StatusCode.ERROR).end();
    }
}
