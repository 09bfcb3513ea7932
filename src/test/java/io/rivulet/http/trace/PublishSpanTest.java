package io.rivulet.http.trace;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import io.rivulet.kit.Stub;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The span of a publish, as an exporter of OpenTelemetry's gets it. */
class PublishSpanTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
        .setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build())
        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance())).build();

    @AfterEach
    void forget() {
        GlobalOpenTelemetry.resetForTest();
        telemetry.close();
    }

    private SpanData span() {
        Await.until("a span has ended", () -> !exporter.getFinishedSpanItems().isEmpty());
        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertEquals(1, spans.size(), spans.toString());
        exporter.reset();
        return spans.get(0);
    }

    private static String text(SpanData span, String name) {
        return span.getAttributes().get(stringKey(name));
    }

    @Test
    void aPublishIsASpanInTheTraceOfItsCaller() throws Exception {
        GlobalOpenTelemetry.set(telemetry);
        try (Door door = Door.dev()) {
            var answer = door.send("POST /api/updates?topic=orders/7\ntraceparent: 00-" + TRACE + "-" + PARENT + "-01",
                "secret");
            assertEquals(200, answer.getStatus());
            SpanData span = span();
            assertEquals("publish", span.getName());
            assertEquals(SpanKind.PRODUCER, span.getKind());
            assertEquals(TRACE, span.getTraceId());
            assertEquals(PARENT, span.getParentSpanId());
            assertEquals("rivulet", text(span, "messaging.system"));
            assertEquals("orders/7", text(span, "messaging.destination.name"));
            assertEquals(answer.getContent().strip(), text(span, "messaging.message.id"));
            assertEquals(answer.get("X-Request-Id"), text(span, "rivulet.request"));
            assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
            assertFalse(span.toString().contains("secret"), "an event's data is in no span");
        }
    }

    @Test
    void ofABatchItTellsHowManyEventsAndOfARefusalWhy() throws Exception {
        GlobalOpenTelemetry.set(telemetry);
        try (Door door = Door.dev("body.max", "1k")) {
            String batch = "POST /api/updates\nContent-Type: application/json";
            assertEquals(200, door.send(batch,
                "[{\"topic\":\"a\",\"data\":\"1\"},{\"topic\":\"b\",\"data\":\"2\"}]").getStatus());
            SpanData both = span();
            assertEquals(2, both.getAttributes().get(longKey("messaging.batch.message_count")));
            assertNull(text(both, "messaging.destination.name"));
            assertNull(text(both, "messaging.message.id"));
            assertRefused(400, "malformed", door, batch, "[{]");
            assertRefused(413, "too-large", door, "POST /api/updates?topic=a", "x".repeat(3_000));
            assertRefused(403, "forbidden", door, "POST /api/updates?topic=a\nHost: evil.example", "x");
        }
    }

    private void assertRefused(int status, String reason, Door door, String head, String body) throws Exception {
        assertEquals(status, door.send(head, body).getStatus());
        SpanData span = span();
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
        assertEquals(reason, text(span, "error.type"));
    }

    @Test
    void anApplicationsOwnCountsBeforeTheGlobalOneAndItsCurrentSpanBeforeHeaders() {
        GlobalOpenTelemetry.set(OpenTelemetry.noop());
        ServletContext application = Stub.of(ServletContext.class, (method, arguments) ->
            arguments[0].equals("io.opentelemetry.api.OpenTelemetry") ? telemetry : null);
        Span request = telemetry.getTracer("test").spanBuilder("request").startSpan();
        try (Scope current = request.makeCurrent()) {
            assertNotNull(current);
            Spans.here(application).published(List.of("orders"), List.of("1"));
        }
        SpanData span = span();
        assertEquals(request.getSpanContext().getSpanId(), span.getParentSpanId());
        assertEquals("orders", text(span, "messaging.destination.name"));
    }

    @Test
    void whereNobodyHasSetAGlobalOneItMayStillBeSet() throws Exception {
        try (Door door = Door.dev()) {
            assertEquals(200, door.send("POST /api/updates?topic=a", "x").getStatus());
            GlobalOpenTelemetry.set(telemetry);
            assertEquals(200, door.send("POST /api/updates?topic=a", "x").getStatus());
            assertEquals("a", text(span(), "messaging.destination.name"));
        }
    }

    @Test
    void withoutTheApiNotAClassOfItIsLoaded() throws Exception {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        Class<?> type = Class.forName(Spans.class.getName(), true, new WithoutApi(asked));
        Object span = type.getMethod("here", ServletContext.class).invoke(null, (Object) null);
        assertEquals(PublishSpan.class.getName(), span.getClass().getName());
        assertFalse(asked.contains(OpenTelemetrySpan.class.getName()), asked.toString());
        asked.removeIf(name -> !name.startsWith("io.opentelemetry."));
        assertEquals(Set.of("io.opentelemetry.api.GlobalOpenTelemetry"), asked, "it is looked for, and nothing else");
    }

    /** Defines the hub's classes anew, and has none of OpenTelemetry's. */
    private static final class WithoutApi extends ClassLoader {
        private final Set<String> asked;

        WithoutApi(Set<String> asked) {
            super(PublishSpanTest.class.getClassLoader());
            this.asked = asked;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            asked.add(name);
            if (name.startsWith("io.opentelemetry.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.rivulet.")) {
                return super.loadClass(name, resolve);
            }
            try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
