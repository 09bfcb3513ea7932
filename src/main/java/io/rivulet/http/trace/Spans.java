package io.rivulet.http.trace;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Begins the span of a publish, where the API of OpenTelemetry is on the class path. {@code PublishAudit} and the
 * public face ask, on any thread.
 *
 * <p>Without the API none of its classes is loaded: {@link OpenTelemetrySpan} alone names them, and nobody asks for
 * that class.
 */
public final class Spans {

    private static final boolean HAS_API = isThere("io.opentelemetry.api.GlobalOpenTelemetry");

    private Spans() {
    }

    /** The span of the publish that begins with this request, in the trace of its caller. */
    public static PublishSpan of(HttpServletRequest request, RequestTrace trace) {
        return HAS_API ? OpenTelemetrySpan.of(request.getServletContext(), request, trace.id()) : PublishSpan.NONE;
    }

    /** The same for code in the same JVM: in the span that is current there. */
    public static PublishSpan here(ServletContext application) {
        return HAS_API ? OpenTelemetrySpan.of(application, null, null) : PublishSpan.NONE;
    }

    private static boolean isThere(String api) {
        try {
            Class.forName(api, false, Spans.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
