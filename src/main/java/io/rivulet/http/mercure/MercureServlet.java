package io.rivulet.http.mercure;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.BodyType;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.FormDecoder;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.form.RequestHead;
import io.rivulet.http.publish.PublishHandler;
import io.rivulet.http.stream.OpenResponses;
import io.rivulet.http.subscribe.MatcherParameters;
import io.rivulet.http.subscribe.StreamParameters;
import io.rivulet.http.subscribe.SubscribeHandler;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.dialect.LegacyDialect;
import io.rivulet.hub.dialect.MercureDialect;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Function;

/**
 * The hub as Mercure has it, {@code /.well-known/mercure}: GET and QUERY subscribe, POST publishes. It speaks 1.0, and
 * 0.x when that is on, by the protocol's rules and no others: see {@link StreamParameters#ofMercure} and {@link
 * MercureForm}. It runs in the container's request threads.
 */
public final class MercureServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, POST, QUERY, OPTIONS";
    private static final int QUERY_FIELDS_MAX = 10_000;
    private static final Dialect MERCURE = new MercureDialect();
    private static final Dialect LEGACY = new LegacyDialect();
    /** The same for those who ask for it: a stream ends with its topics. */
    private static final Dialect ENDING = new MercureDialect(true);
    private static final Dialect LEGACY_ENDING = new LegacyDialect(true);

    private final transient StreamParameters parameters;
    private final transient SubscribeHandler subscribe;
    private final transient PublishHandler publish;

    /** The servlet of this hub. */
    public MercureServlet(HubContext context, OpenResponses responses) {
        super(context);
        parameters = new StreamParameters(context);
        subscribe = new SubscribeHandler(context, responses);
        publish = new PublishHandler(context, PublishHandler.TIMEOUT_MS);
    }

    /**
     * Finds the token in a query of Mercure's paths, null for none: 1.0 takes no token from there and ignores both
     * parameters (TOK-03), 0.x takes {@code authorization} (OLD-06).
     */
    public static Function<HttpServletRequest, String> tokenInQuery(Settings settings) {
        boolean legacy = settings.get(SettingsTable.MERCURE_LEGACY);
        return request -> {
            FormFields query = Query.of(request);
            boolean ours = legacy && query.has("authorization") && !MatcherParameters.hasMatch(query);
            return ours ? query.one("authorization") : null;
        };
    }

    /** A QUERY whose body has come (RFC 10008); the charge holds the body's memory. */
    private record Posed(Grant grant, byte[] body, BytesInFlight.Charge charge) {
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD", "QUERY" -> {
                try {
                    subscribe(request, response);
                } catch (Refused refused) {
                    softly(refused, new FormFields(), request, response);
                }
            }
            case "POST" -> publish.handle(request,
                () -> new MercureForm(RequestHead.contentType(request), context().settings()));
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void subscribe(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Grant grant = context().access().toRead(request);
        if (request.getMethod().equals("QUERY") && RequestHead.contentType(request) != null) {
            readBody(request, grant);
        } else {
            subscribe.open(asked(request, new FormFields(), grant), request, response);
        }
    }

    private StreamParameters.Wanted asked(HttpServletRequest request, FormFields body, Grant grant) {
        FormFields query = Query.of(request);
        return parameters.ofMercure(request, query, body, grant, dialect(query.and(body)));
    }

    /** The parameters that a client uses tell which version of the protocol it speaks. */
    private Dialect dialect(FormFields all) {
        boolean ends = all.all("end").contains("close");
        if (!MatcherParameters.hasTopic(all)) {
            return ends ? ENDING : MERCURE;
        }
        if (!context().settings().get(SettingsTable.MERCURE_LEGACY)) {
            throw Refused.malformed("topic is how Mercure 0.x subscribes, which is off here ("
                + SettingsTable.MERCURE_LEGACY.fullKey() + "=true turns it on); Mercure 1.0 says "
                + "match or match_urlpattern");
        }
        return isLegacy(all) ? ends ? LEGACY_ENDING : LEGACY : ends ? ENDING : MERCURE;
    }

    /** Waits for the body: a QUERY asks for the union of query and body (SUB-02). */
    private void readBody(HttpServletRequest request, Grant grant) throws IOException {
        if (!BodyType.of(RequestHead.contentType(request)).name().equals(FormDecoder.TYPE)) {
            throw Refused.because(Refused.Reason.UNSUPPORTED_TYPE, "the body of a QUERY must be a form, with the "
                + "content type " + FormDecoder.TYPE);
        }
        BytesInFlight.Charge charge = context().charge(request, grant);
        awaitBody(request, context().settings().get(SettingsTable.BODY_MAX), charge,
            bytes -> new Posed(grant, bytes, charge));
    }

    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        try {
            Object found = outcome.get();
            if (found instanceof Posed posed) {
                open(posed, request, response);
            } else {
                subscribe.goOn(found, request, response);
            }
        } catch (Refused refused) {
            softly(refused, new FormFields(), request, response);
        }
    }

    /** The request becomes a stream, which lasts; its body's memory does not. */
    private void open(Posed posed, HttpServletRequest request, HttpServletResponse response) throws IOException {
        FormFields body;
        StreamParameters.Wanted asked;
        try {
            body = FormDecoder.decode(posed.body(), QUERY_FIELDS_MAX);
            asked = asked(request, body, posed.grant());
        } finally {
            posed.charge().close();
        }
        try {
            subscribe.open(asked, request, response);
        } catch (Refused refused) {
            softly(refused, body, request, response);
        }
    }

    /** A refusal may come before the parameters are read, so the dialect is looked for here. */
    private void softly(Refused refused, FormFields body, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
        FormFields query;
        try {
            query = Query.of(request);
        } catch (Refused unreadable) {
            query = new FormFields(); // the refusal that came first counts
        }
        Dialect dialect = isLegacy(query.and(body)) ? LEGACY : MERCURE;
        String cursor = StreamParameters.lastEventId(request, query, body, dialect);
        if (!subscribe.refuseSoftly(refused, dialect, cursor, request, response)) {
            throw refused;
        }
    }

    private boolean isLegacy(FormFields all) {
        return context().settings().get(SettingsTable.MERCURE_LEGACY) && MatcherParameters.hasTopic(all)
            && !MatcherParameters.hasMatch(all);
    }
}
