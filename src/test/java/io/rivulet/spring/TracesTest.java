package io.rivulet.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.rivulet.RivuletHub;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The OpenTelemetry that an application of Spring's has as a bean, and that nobody has made the global one. */
class TracesTest {

    @TempDir
    private Path folder;

    @Test
    void whatTheApplicationPublishesIsInItsOwnTraces() throws Exception {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test",
            Map.of("rivulet.data.dir", folder.toString())));
        HubLifecycle lifecycle = new HubLifecycle(environment);
        InMemorySpanExporter exporter = InMemorySpanExporter.create();
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        Server server = new Server();
        ServletContextHandler app = new ServletContextHandler("/");
        app.addServletContainerInitializer((classes, context) -> lifecycle.onStartup(context));
        server.setHandler(app);
        server.start();
        try (OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder().setTracerProvider(SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter)).build()).build()) {
            beans.registerSingleton("telemetry", telemetry);
            new RivuletAutoConfiguration.Traces().rivuletTraces(lifecycle, beans.getBeanProvider(OpenTelemetry.class))
                .afterSingletonsInstantiated();
            RivuletHub hub = lifecycle.late();
            Await.until("the log is open", () -> hub.whyNotReady().isEmpty());
            Span request = telemetry.getTracer("test").spanBuilder("request").startSpan();
            try (Scope current = request.makeCurrent()) {
                assertTrue(current != null && hub.publish("orders", "tea").join() != null);
            }
            Await.until("the publish is a span", () -> exporter.getFinishedSpanItems().size() == 1);
            assertEquals(List.of(request.getSpanContext().getSpanId()), exporter.getFinishedSpanItems().stream()
                .map(span -> span.getParentSpanId()).toList());
        } finally {
            lifecycle.stop();
            server.stop();
            lifecycle.destroy();
        }
    }
}
