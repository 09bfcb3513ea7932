package io.rivulet.http.updates;

import io.rivulet.auth.Grant;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.form.RequestHead;
import io.rivulet.http.publish.LinePublishes;
import io.rivulet.http.publish.LinesForm;
import io.rivulet.http.publish.PublishHandler;
import io.rivulet.http.publish.UpdatesForm;
import io.rivulet.http.stream.OpenResponses;
import io.rivulet.http.subscribe.EnvelopeParameter;
import io.rivulet.http.subscribe.StreamParameters;
import io.rivulet.http.subscribe.SubscribeHandler;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.dialect.PlainDialect;
import io.rivulet.hub.dialect.QuietDialect;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The hub's own resource, {@code /api/updates}: GET subscribes, POST and PUT publish. It runs in the container's
 * request threads.
 */
public final class UpdatesServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, POST, PUT, OPTIONS";
    private static final PlainDialect PLAIN = new PlainDialect();
    private static final PlainDialect ENVELOPES = PlainDialect.enveloping(false);
    private static final PlainDialect ENVELOPES_OF_JSON = PlainDialect.enveloping(true);

    private final transient StreamParameters parameters;
    private final transient SubscribeHandler subscribe;
    private final transient PublishHandler publish;
    private final transient LinePublishes lines;

    /** The servlet of this hub. */
    public UpdatesServlet(HubContext context, OpenResponses responses, LinePublishes lines) {
        this(context, responses, lines, PublishHandler.TIMEOUT_MS);
    }

    UpdatesServlet(HubContext context, OpenResponses responses, LinePublishes lines, long publishTimeoutMs) {
        super(context);
        parameters = new StreamParameters(context);
        subscribe = new SubscribeHandler(context, responses);
        publish = new PublishHandler(context, publishTimeoutMs);
        this.lines = lines;
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> subscribe(request, response);
            case "POST", "PUT" -> publish(request);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void subscribe(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Grant grant = context().access().toRead(request);
            subscribe.open(parameters.ofUpdates(request, grant, dialect(request)), request, response);
        } catch (Refused refused) {
            if (!subscribe.refuseSoftly(refused, PLAIN, null, request, response)) {
                throw refused;
            }
        }
    }

    /** Its topics may have ended: now it is known whether anything is left. */
    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        try {
            subscribe.goOn(outcome.get(), request, response);
        } catch (Refused refused) {
            if (!subscribe.refuseSoftly(refused, PLAIN, null, request, response)) {
                throw refused;
            }
        }
    }

    private static Dialect dialect(HttpServletRequest request) {
        FormFields query = Query.of(request);
        EnvelopeParameter envelope = EnvelopeParameter.of(query);
        PlainDialect dialect = !envelope.isAsked() ? PLAIN : envelope.dataAsJson() ? ENVELOPES_OF_JSON : ENVELOPES;
        return isQuiet(query) ? new QuietDialect(dialect) : dialect;
    }

    /** With {@code hello=false} nothing of the hub's own comes as an event. */
    private static boolean isQuiet(FormFields query) {
        String hello = query.one("hello");
        if (hello == null || hello.equals("true")) {
            return false;
        }
        if (!hello.equals("false")) {
            throw Refused.malformed("hello is " + Printable.of(hello) + "; it must be true or false");
        }
        if (query.all("heartbeat").contains("event")) {
            throw Refused.malformed("heartbeat=event asks for events of the hub's own, and hello=false for none");
        }
        return true;
    }

    private void publish(HttpServletRequest request) throws IOException {
        if (LinesForm.isAsked(Query.of(request))) {
            lines.begin(request);
            return;
        }
        publish.handle(request,
            () -> new UpdatesForm(Query.of(request), RequestHead.contentType(request), context().settings()));
    }
}
