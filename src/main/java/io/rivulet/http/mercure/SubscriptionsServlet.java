package io.rivulet.http.mercure;

import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.stream.ListDocument;
import io.rivulet.http.stream.PageResponses;
import io.rivulet.hub.presence.ActiveSubscription;
import io.rivulet.hub.presence.Presence;
import io.rivulet.hub.presence.SubscriptionDocument;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code /.well-known/mercure/subscriptions…}: who is subscribed to what (ACT-06 to ACT-11, OLD-12), for callers who
 * may subscribe to that path. It runs in the container's request threads.
 *
 * <p>It works on the path as it was sent, since encoded slashes belong to the matchers; see {@link SubscriptionsPath}.
 */
public final class SubscriptionsServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final String JSON_LD = "application/ld+json";

    private final transient Presence presence;
    private final transient PageResponses responses;
    private final String hubPath;
    private final String hub;
    private final boolean legacyOn;

    /** The servlet of this hub; {@code hubPath} is where Mercure's path is below the context's. */
    public SubscriptionsServlet(HubContext context, PageResponses responses, String hubPath) {
        super(context);
        this.responses = responses;
        this.hubPath = hubPath;
        presence = context.hub().presence();
        hub = SubscriptionDocument.hubPath(context.hub().topics());
        legacyOn = context.settings().get(SettingsTable.MERCURE_LEGACY);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> get(request, response);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void get(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!presence.isOn()) {
            throw Refused.because(Reason.NOT_FOUND,
                "active subscriptions are off here (" + SettingsTable.PRESENCE.fullKey() + ")");
        }
        Grant grant = context().access().toRead(request);
        String below = request.getRequestURI().substring((request.getContextPath() + hubPath).length());
        String path = hub + below;
        check(grant, path);
        presence.touched();
        String lastEventId = presence.lastEventId(); // before the list: what changes between is then in the list
        SubscriptionsPath asked = SubscriptionsPath.read(below, legacyOn, grant.legacy() || wantsJsonLd(request));
        BytesInFlight.Charge charge = context().charge(request, grant);
        try {
            charge.take(ListDocument.PIECE_BYTES);
            answer(request, response, asked, path, lastEventId, charge);
        } catch (IOException | RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, SubscriptionsPath asked, String path,
                        String lastEventId, BytesInFlight.Charge charge) throws IOException {
        List<ActiveSubscription> found = presence.list(asked::covers, charge::take);
        if (asked.isSingle() && found.isEmpty()) {
            throw Refused.because(Reason.NOT_FOUND, "there is no such active subscription");
        }
        String etag = asked.legacy() ? wire(lastEventId) : '"' + SubscriptionDocument.encode(lastEventId) + '"';
        headers(response, asked, etag, lastEventId);
        if (isKnown(request.getHeader("If-None-Match"), etag)) {
            charge.close();
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(asked.legacy() ? JSON_LD : Answer.JSON);
        responses.send(request.startAsync(), document(asked, path, found, lastEventId), charge);
    }

    /** Whoever may read the topic of this path may read it here (ACT-07). */
    private static void check(Grant grant, String path) {
        if (!grant.subscribes().covers(path)) {
            throw grant.isAnonymous()
                ? Refused.because(Reason.UNAUTHENTICATED, "active subscriptions need a token that grants to subscribe "
                    + "to their path")
                : Refused.because(Reason.FORBIDDEN, "this caller may not subscribe to " + Printable.of(path));
        }
    }

    private Supplier<byte[]> document(SubscriptionsPath asked, String path, List<ActiveSubscription> found,
                                      String lastEventId) {
        Function<ActiveSubscription, String> json = asked.legacy() ? one -> SubscriptionDocument.legacyJson(hub, one)
            : one -> SubscriptionDocument.json(hub, one, true);
        if (asked.isSingle()) {
            Iterator<ActiveSubscription> one = found.subList(0, 1).iterator();
            return () -> !one.hasNext() ? null : (asked.legacy()
                ? SubscriptionDocument.legacyJson(hub, one.next(), true, lastEventId) : json.apply(one.next()))
                .getBytes(StandardCharsets.UTF_8);
        }
        return new ListDocument<>(asked.legacy() ? SubscriptionDocument.legacyHead(path, lastEventId)
            : SubscriptionDocument.head(path), "subscriptions", found, json);
    }

    private void headers(HttpServletResponse response, SubscriptionsPath asked, String etag, String lastEventId) {
        response.setHeader("ETag", etag);
        response.setHeader("Cache-Control", "private, max-age=0, must-revalidate");
        response.setHeader("Link", "<" + hub + ">; rel=\"mercure\"; last-event-id=\""
            + wire(lastEventId).replace("\\", "\\\\").replace("\"", "\\\"") + "\"; content-type=\""
            + (asked.legacy() ? JSON_LD + '"' : Answer.JSON + "\"; type=\"mercure\""));
    }

    private static boolean wantsJsonLd(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains(JSON_LD);
    }

    /** Whether the client has this version already; it may list several, and mark them as weak (RFC 9110, 13.1.2). */
    private static boolean isKnown(String ifNoneMatch, String etag) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String one : ifNoneMatch.split(",")) {
            String tag = one.strip();
            if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) {
                return true;
            }
        }
        return ifNoneMatch.equals(etag); // an id of 0.x may hold a comma
    }

    /** Containers write a header's characters as bytes of ISO-8859-1: these are then the id's own, in UTF-8. */
    private static String wire(String id) {
        return new String(id.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
