package io.rivulet.http;

import static io.rivulet.limit.Refused.Reason.METHOD;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.hub.History;
import io.rivulet.hub.Since;
import io.rivulet.limit.Refused;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * {@code /api/events?topic=&since=&after=&limit=&format=}: history as JSON or NDJSON, under the rights of a stream. The
 * hub's reader thread finds the events; a container's thread writes them, so a slow reader holds up nobody else.
 */
public final class EventsServlet extends HttpServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final String OUTCOME = EventsServlet.class.getName();
    private static final int LIMIT = 100;
    private static final int LIMIT_MAX = 1_000;
    private static final long TIMEOUT_MS = 30_000;

    private transient HubContext context;

    @Override
    public void init() {
        context = HubContext.of(getServletContext());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object outcome = request.getAttribute(OUTCOME);
        if (outcome != null) {
            answer(outcome, request).send(request.startAsync());
            return;
        }
        switch (request.getMethod()) {
            case "GET", "HEAD" -> ask(request, context.access().toRead(request));
            case "OPTIONS" -> context.cors().options(request, response, METHODS);
            default -> {
                response.setHeader("Allow", METHODS);
                throw Refused.because(METHOD, "history knows " + METHODS);
            }
        }
    }

    private void ask(HttpServletRequest request, Grant grant) {
        FormFields query = Query.of(request);
        Query.checkBuilt(query);
        Settings settings = context.settings();
        List<String> topics = Query.topics(query, settings.get(SettingsTable.DEFAULT_TOPICS),
            settings.get(SettingsTable.MATCHERS_MAX), settings.get(SettingsTable.TOPIC_BYTES_MAX));
        String since = query.oneOrBlank("since");
        wantsLines(request); // refuses an unknown format before anything is read
        Since from = since == null ? Since.EARLIEST : Since.parse(since, context.clock().instant());
        int limit = limit(query.oneOrBlank("limit"));
        // before startAsync: a refusal must find a request that the filter can still answer and end
        CompletableFuture<History> asked = context.hub().history(TopicSelection.ofTopics(topics), grant, from,
            query.oneOrBlank("after"), limit);
        AsyncContext async = request.startAsync();
        async.setTimeout(TIMEOUT_MS);
        asked.whenComplete((history, failure) -> {
            request.setAttribute(OUTCOME, failure == null ? history : failure);
            dispatch(async);
        });
    }

    /** The container may have given the request up meanwhile. */
    private static void dispatch(AsyncContext async) {
        try {
            async.dispatch();
        } catch (IllegalStateException e) {
            Answer.complete(async);
        }
    }

    private Answer answer(Object outcome, HttpServletRequest request) {
        if (outcome instanceof History history) {
            return HistoryJson.answer(history, wantsLines(request));
        }
        Throwable failure = outcome instanceof CompletionException e ? e.getCause() : (Throwable) outcome;
        return failure instanceof Refused refused ? context.problem().answer(refused, request)
            : context.problem().fault(failure, request);
    }

    private static int limit(String text) {
        if (text == null) {
            return LIMIT;
        }
        int n = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
        if (n < 1 || n > LIMIT_MAX) {
            throw Refused.malformed("limit is \"" + Shown.of(text) + "\"; it must be 1 to " + LIMIT_MAX);
        }
        return n;
    }

    private static boolean wantsLines(HttpServletRequest request) {
        String format = Query.of(request).oneOrBlank("format");
        if (format == null) {
            String accept = request.getHeader("Accept");
            return accept != null && accept.contains("ndjson");
        }
        return switch (format) {
            case "json" -> false;
            case "ndjson" -> true;
            default -> throw Refused.malformed("format is \"" + Shown.of(format) + "\"; it must be json or ndjson");
        };
    }
}
