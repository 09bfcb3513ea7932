package io.rivulet.http.updates;

import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.KnownFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * {@code POST /api/topics/cancel?topic=} asks the publisher of a topic to end it. Container's threads; the answer waits
 * for the committer.
 */
public final class CancelServlet extends HubServlet {

    private static final String METHODS = "POST, OPTIONS";
    private static final KnownFields KNOWN = KnownFields.of("topic");

    /** The servlet of this hub. */
    public CancelServlet(HubContext context) {
        super(context);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "POST" -> cancel(request);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void cancel(HttpServletRequest request) {
        FormFields query = Query.of(request);
        KNOWN.check(query, "parameter");
        if (!query.has("topic")) {
            throw Refused.malformed("the query has no topic: it names the one that is to end");
        }
        if (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null) {
            throw Refused.malformed("the request has a body: all that is to be said stands in the query");
        }
        String topic = TopicsServlet.topic(query, context());
        Grant grant = context().access().toCancel(request, topic);
        SuspendedRequest.await(context().hub().cancel(topic, grant, TopicsServlet.caller(request, grant))
            .thenApply(id -> told(request, grant, topic, id)), request, context().problem());
    }

    private static String told(HttpServletRequest request, Grant grant, String topic, String id) {
        RequestTrace.of(request).audit("topic-cancelled", "issuer", grant.issuer(), "topic", topic, "id", id);
        return id;
    }

    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("id", (String) outcome.get());
        Answer.json(200, json.toString()).header("Cache-Control", RequestTrace.of(request).cacheControl())
            .write(response);
    }
}
