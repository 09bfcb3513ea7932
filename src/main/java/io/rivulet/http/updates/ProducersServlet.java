package io.rivulet.http.updates;

import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.KnownFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.form.RequestHead;
import io.rivulet.http.publish.IdempotencyKey;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.publish.Producers;
import io.rivulet.hub.resume.Caller;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * {@code /api/producers/ID}: where a publisher stands that numbers its events. It asks for its own; an operator may ask
 * for those of a subject. It runs in the container's request threads.
 */
public final class ProducersServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final KnownFields KNOWN = KnownFields.of("subject", "issuer");

    private final int idBytesMax;

    /** The servlet of this hub. */
    public ProducersServlet(HubContext context) {
        super(context);
        idBytesMax = context.settings().get(SettingsTable.ID_BYTES_MAX);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> ask(request);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void ask(HttpServletRequest request) {
        FormFields query = Query.of(request);
        String subject = query.oneOrBlank("subject");
        Grant grant = subject == null ? context().access().toPublish(request)
            : context().access().toOperate(request, false);
        KNOWN.check(query, "parameter");
        String issuer = query.oneOrBlank("issuer");
        Grant.Identity of = subject == null ? grant.identity()
            : new Grant.Identity(issuer == null ? grant.issuer() : issuer, subject);
        SuspendedRequest.awaitLookUp(context().hub().standing(of, id(request),
            Caller.of(grant, RequestTrace.of(request).peer())), request, context(), null);
    }

    private String id(HttpServletRequest request) {
        String path = RequestHead.pathInfo(request);
        return IdempotencyKey.checked("the name of the producer", path == null ? "" : path.substring(1), idBytesMax);
    }

    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        Producers.Standing standing = (Producers.Standing) outcome.get();
        if (standing == null) {
            throw Refused.because(Refused.Reason.NOT_FOUND, "no event of this producer is remembered");
        }
        JsonObject json = new JsonObject();
        json.addProperty("id", id(request));
        json.addProperty("epoch", standing.epoch());
        json.addProperty("nextSeq", standing.next());
        json.addProperty("lastId", standing.lastId());
        Answer.json(200, json.toString()).write(response);
    }
}
