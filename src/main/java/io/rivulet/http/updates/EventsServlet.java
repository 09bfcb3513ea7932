package io.rivulet.http.updates;

import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.KnownFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.stream.PageResponses;
import io.rivulet.http.subscribe.EnvelopeParameter;
import io.rivulet.http.subscribe.MatcherParameters;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.Since;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicList;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/**
 * {@code /api/events?topic=&since=&after=&limit=&format=}: history as JSON or NDJSON, under the rights of a stream. The
 * hub's reader thread finds the events; a container's thread writes them, so a slow client holds up nobody else.
 */
public final class EventsServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final KnownFields KNOWN = MatcherParameters.with("since", "after", "limit", "format",
        EnvelopeParameter.NAME, EnvelopeParameter.DATA);
    private static final int LIMIT = 100;
    private static final int LIMIT_MAX = 1_000;
    private static final String ROOM = EventsServlet.class.getName();
    private static final String TRANSIENT = ROOM + ".transient";

    private final transient MatcherParameters matcherParameters;
    private final transient TopicList transients;
    private final transient PageResponses responses;

    /** The servlet of this hub. */
    public EventsServlet(HubContext context, PageResponses responses) {
        super(context);
        this.responses = responses;
        matcherParameters = new MatcherParameters(context.hub().topics(), context.costly(), context.settings());
        transients = TopicList.of(context.settings(), SettingsTable.TRANSIENT_TOPICS, context.hub().topics());
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> ask(request, context().access().toRead(request));
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void ask(HttpServletRequest request, Grant grant) {
        FormFields query = Query.of(request);
        Query.checkNoPace(query);
        KNOWN.check(query, "parameter");
        TopicSelection topics = matcherParameters.selectionOrDefault(query, RequestTrace.of(request).peer());
        String since = query.oneOrBlank("since");
        wantsLines(request); // refuses an unknown format before anything is read
        EnvelopeParameter.of(query);
        Since from = since == null ? Since.EARLIEST : Since.parse(since, context().clock().instant());
        int limit = limit(query.oneOrBlank("limit"));
        BytesInFlight.Charge charge = context().charge(request, grant);
        PageRoom room = new PageRoom(charge);
        request.setAttribute(ROOM, room);
        request.setAttribute(TRANSIENT, transients.allOf(topics));
        try {
            // before the request waits: a refusal must find one that the filter can still answer and end
            Caller caller = Caller.of(grant, RequestTrace.of(request).peer());
            SuspendedRequest.awaitLookUp(context().hub().history(caller, topics, grant, from, query.oneOrBlank("after"),
                limit, room), request, context(), charge);
        } catch (RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        History page = (History) outcome.get();
        PageRoom room = (PageRoom) request.getAttribute(ROOM);
        boolean lines = wantsLines(request);
        @SuppressWarnings("unchecked")
        List<String> never = (List<String>) request.getAttribute(TRANSIENT);
        HistoryJson json = new HistoryJson(page, never, lines, EnvelopeParameter.of(Query.of(request)));
        try {
            long length = json.length();
            room.settle(length);
            response.setContentType(lines ? "application/x-ndjson" : Answer.JSON);
            response.setHeader("Cache-Control", "no-store");
            response.setContentLengthLong(length);
            if (lines && page.next() != null) {
                response.setHeader("Rivulet-Next", page.next());
            }
            if (lines && !never.isEmpty()) {
                response.setHeader("Rivulet-Transient", Integer.toString(never.size()));
            }
            responses.send(request.startAsync(), json, room.charge());
        } catch (IOException | RuntimeException | Error e) {
            room.charge().close();
            throw e;
        }
    }

    private static int limit(String text) {
        if (text == null) {
            return LIMIT;
        }
        int n = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
        if (n < 1 || n > LIMIT_MAX) {
            throw Refused.malformed("limit is \"" + Printable.of(text) + "\"; it must be 1 to " + LIMIT_MAX);
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
            default -> throw Refused.malformed("format is \"" + Printable.of(format) + "\"; it must be json or ndjson");
        };
    }
}
