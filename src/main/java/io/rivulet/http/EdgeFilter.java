package io.rivulet.http;

import io.rivulet.http.access.Cors;
import io.rivulet.http.trace.AccessLog;
import io.rivulet.http.trace.ClientAddress;
import io.rivulet.http.trace.LogLines;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.refusal.Printable;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The filter before the hub's servlets: it gives each request an id, the security headers, CORS and its lines in the
 * access log. The wiring decides which paths it stands before. It runs in the container's request threads.
 *
 * <p>It wraps neither request nor response. A wrapper would hide the container's {@code write(ByteBuffer)}, by which
 * streams share their bytes.
 */
public final class EdgeFilter extends HttpFilter {

    /** Those that {@code HttpServlet} knows. */
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE");
    private static final String CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
        + "img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private final transient ClientAddress clients;
    private final transient AccessLog accessLog;
    private final transient LogLines lines;
    private final transient Cors cors;
    private final transient Consumer<HttpServletRequest> watcher;
    private final transient Predicate<String> isOwn;
    private final String root;

    /**
     * A filter for one hub.
     *
     * @param accessLog the file of requests
     * @param lines   what goes to loggers
     * @param watcher is shown each request; must not wait
     * @param isOwn   whether a servlet of this name is one of the hub's
     * @param root    the name of the servlet at the context's path; null where that is not the hub's
     */
    public EdgeFilter(ClientAddress clients, AccessLog accessLog, LogLines lines, Cors cors,
                      Consumer<HttpServletRequest> watcher, Predicate<String> isOwn, String root) {
        this.clients = clients;
        this.accessLog = accessLog;
        this.lines = lines;
        this.cors = cors;
        this.watcher = watcher;
        this.isOwn = isOwn;
        this.root = root;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
        RequestTrace trace = new RequestTrace(request, clients.of(request), accessLog, lines);
        headers(request, response, trace);
        cors.apply(request, response);
        watcher.accept(request);
        try {
            if (isBare(request)) {
                getServletContext().getNamedDispatcher(root).forward(request, response);
            } else if (METHODS.contains(request.getMethod())
                || isOwn.test(request.getHttpServletMapping().getServletName())) {
                chain.doFilter(request, response);
            } else {
                refuseMethod(request, response, trace);
            }
        } finally {
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new AtEnd(trace), request, response);
            } else {
                trace.ended(response.getStatus());
            }
        }
    }

    /**
     * Whether the path is the context's without a slash. A mapping cannot say that: the container's own servlet, which
     * has the files, gets such a request and redirects it to the path with the slash. A stream is never redirected.
     */
    private boolean isBare(HttpServletRequest request) {
        String uri = request.getRequestURI();
        return root != null && !uri.isEmpty() && uri.equals(request.getContextPath());
    }

    /** The container's own servlet, which has the files, would say 501: that the server can do less than it should. */
    private static void refuseMethod(HttpServletRequest request, HttpServletResponse response, RequestTrace trace)
        throws IOException {
        Problem.render(405, "http-405", "HTTP 405", "the method " + Printable.of(request.getMethod())
            + " is none of this resource", trace.id()).header("Allow", "GET, HEAD, OPTIONS").write(response);
    }

    private static void headers(HttpServletRequest request, HttpServletResponse response, RequestTrace trace) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Request-Id", trace.id());
        if (request.getMethod().equals("POST") || request.getMethod().equals("PUT")) {
            return; // the rest is for pages: a publish does not pay for it
        }
        // scripts of two versions must never meet in one page: browsers ask each time, and get 304
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Content-Security-Policy", CONTENT_POLICY);
    }

    /** Both containers end an async request with onComplete, whatever came before it. */
    private record AtEnd(RequestTrace trace) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            trace.ended(((HttpServletResponse) event.getSuppliedResponse()).getStatus());
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // whoever set the time limit decides what it means
        }

        @Override
        public void onError(AsyncEvent event) {
            // onComplete follows
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this, event.getSuppliedRequest(), event.getSuppliedResponse());
        }
    }
}
