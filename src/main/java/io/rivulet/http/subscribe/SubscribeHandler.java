package io.rivulet.http.subscribe;

import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.GivingUp;
import io.rivulet.http.stream.OpenResponse;
import io.rivulet.http.stream.OpenResponses;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Opens streams. The doors of updates and of Mercure use it, in the container's request threads.
 *
 * <p>All checks come before the first byte, while a refusal can still have a status. At Mercure's path a client that
 * names an id is told in a header where the stream begins, so the position is looked up first, and the request waits
 * for it. It waits as well where all topics of the stream may have ended: when nothing is left for it, it is answered
 * with 204.
 */
public final class SubscribeHandler {

    private final HubContext context;
    private final OpenResponses responses;

    public SubscribeHandler(HubContext context, OpenResponses responses) {
        this.context = context;
        this.responses = responses;
    }

    /**
     * A stream that waits for its place.
     *
     * @param tellsPlace whether a header of the answer tells it
     */
    private record Opening(SubscribeRequest asked, boolean tellsPlace, StartPoint.Placed placed) {
    }

    /** A stream whose session has come from another node. */
    private record Fetched(StreamParameters.Wanted wanted) {
    }

    /** Opens a stream, or lets the request wait for its session or its place. */
    public void open(StreamParameters.Wanted wanted, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
        CompletableFuture<?> session = context.hub().connections().sessions().fetched(wanted.request());
        if (session != null) {
            SuspendedRequest.await(session.thenApply(done -> new Fetched(wanted)), request, context.problem());
        } else {
            place(wanted, request, response);
        }
    }

    private void place(StreamParameters.Wanted wanted, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
        SubscribeRequest asked = wanted.request();
        boolean tellsPlace = asked.dialect().startHeader() != null && wanted.hadCursor();
        if (tellsPlace || context.hub().mayBeOver(asked)) {
            // asked before startAsync: a refusal must find a request that can still be answered in the usual way
            SuspendedRequest.awaitLookUp(opening(asked, tellsPlace), request, context, null);
        } else {
            open(new Opening(asked, false, null), request, response);
        }
    }

    private CompletableFuture<Opening> opening(SubscribeRequest asked, boolean tellsPlace) {
        return GivingUp.apply(context.hub().place(asked), placed -> new Opening(asked, tellsPlace, placed));
    }

    /** What it waited for is known: opens the stream. False when {@code found} is something else. */
    public boolean goOn(Object found, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (found instanceof Fetched fetched) {
            place(fetched.wanted(), request, response);
            return true;
        }
        if (found instanceof Opening opening) {
            open(opening, request, response);
            return true;
        }
        return false;
    }

    private void open(Opening opening, HttpServletRequest request, HttpServletResponse response) throws IOException {
        SubscribeRequest asked = opening.asked();
        if (opening.placed() != null && opening.placed().isOver()) {
            nothingIsLeft(request, response);
        } else if (request.getMethod().equals("HEAD")) {
            headers(opening, response);
        } else {
            open(opening, request, response, request::startAsync);
        }
    }

    /** Says that nothing will come: a browser's EventSource then never comes back. */
    public void nothingIsLeft(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Cache-Control", RequestTrace.of(request).cacheControl());
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    /** The headers of a stream, without the stream. */
    public void head(SubscribeRequest asked, HttpServletResponse response) {
        headers(new Opening(asked, false, null), response);
    }

    /**
     * Opens a stream in a response that is another servlet's.
     *
     * @param placed where it begins; null where nobody has looked that up
     * @param async  makes the request asynchronous, or tells how it is; asked once, when nothing is refused any more
     */
    public void open(SubscribeRequest asked, StartPoint.Placed placed, HttpServletRequest request,
                     HttpServletResponse response, Supplier<AsyncContext> async) throws IOException {
        open(new Opening(asked, false, placed), request, response, async);
    }

    private void open(Opening opening, HttpServletRequest request, HttpServletResponse response,
                      Supplier<AsyncContext> async) throws IOException {
        SubscribeRequest asked = opening.asked();
        OpenResponse outlet = responses.of(request, response);
        Subscription subscription = subscribe(asked, opening.placed(), outlet);
        try {
            headers(opening, response);
            outlet.start(async.get(), subscription);
            RequestTrace.of(request).streamStarted(subscription, response.getStatus());
        } catch (IOException | RuntimeException e) {
            subscription.gone("it could not be opened");
            outlet.abandon();
            throw e;
        }
    }

    private Subscription subscribe(SubscribeRequest asked, StartPoint.Placed placed, OpenResponse outlet) {
        try {
            return context.hub().subscribe(asked, placed, outlet);
        } catch (RuntimeException e) {
            outlet.abandon();
            throw e;
        }
    }

    private static void headers(Opening opening, HttpServletResponse response) {
        SubscribeRequest asked = opening.asked();
        headers(asked.grant(), response);
        if (opening.tellsPlace()) {
            response.setHeader(asked.dialect().startHeader(), wire(opening.placed().lastEventId()));
        }
    }

    /** Containers write a header's characters as bytes of ISO-8859-1: these are then the id's own, in UTF-8. */
    private static String wire(String id) {
        return new String(id.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static void headers(Grant grant, HttpServletResponse response) {
        // clients that look at the header guess ISO-8859-1 for text without a charset (requests for Python)
        response.setContentType("text/event-stream;charset=utf-8");
        response.setHeader("Cache-Control", (grant != null && grant.tokenId() != null ? "private, " : "")
            + "no-store, no-cache, no-transform");
        response.setHeader("X-Accel-Buffering", "no"); // nginx would else hold the stream back to its end
        response.setHeader("Incremental", "?1"); // the same for all intermediaries that know it
    }

    /**
     * Says no so that a browser's own EventSource understands it, which stops for ever at a 4xx or 5xx: it comes back
     * later, or, when it is banned, never (204). Many libraries stop as well, and not all of them can be told from
     * others. So whoever asks for an event stream is answered so while the hub starts, hands over or ends: that is
     * nobody's fault, and over in a moment. False when this refusal is to be told as any other.
     *
     * @param dialect of the door
     * @param cursor  the id that the client resumes after; null when it names none
     */
    public boolean refuseSoftly(Refused e, Dialect dialect, String cursor, HttpServletRequest request,
                                HttpServletResponse response) throws IOException {
        if (e.reason() == Reason.BANNED) {
            context.problem().note(e, request);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return true;
        }
        boolean full = e.reason() == Reason.OVERLOADED || e.reason() == Reason.TOO_MANY_STREAMS;
        boolean softly = e.reason() == Reason.NOT_OPEN ? asksForEvents(request)
            : full && dialect.isSoftWhenFull() && isNative(request);
        if (!softly) {
            return false;
        }
        context.problem().note(e, request);
        comeBackLater(dialect, cursor, response);
        return true;
    }

    private static boolean isNative(HttpServletRequest request) {
        String cache = request.getHeader("Cache-Control");
        return asksForEvents(request) && cache != null && cache.contains("no-cache");
    }

    private static boolean asksForEvents(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("text/event-stream");
    }

    /**
     * A stream that ends at once and says when to come back. Where a header tells where it begins (REC-06), that is
     * still the id that the client has: nothing came after it.
     */
    private void comeBackLater(Dialect dialect, String cursor, HttpServletResponse response) throws IOException {
        headers((Grant) null, response);
        if (dialect.startHeader() != null && cursor != null) {
            boolean isId = !cursor.isEmpty() && cursor.length() <= context.settings().get(SettingsTable.ID_BYTES_MAX)
                && cursor.codePoints().noneMatch(Character::isISOControl);
            response.setHeader(dialect.startHeader(), isId ? wire(cursor) : "earliest");
        }
        response.getOutputStream().write(dialect.farewell(context.hub().retryMs()));
    }
}
