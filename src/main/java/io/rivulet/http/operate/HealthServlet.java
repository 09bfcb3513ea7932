package io.rivulet.http.operate;

import static io.rivulet.refusal.Refused.Reason.METHOD;
import static io.rivulet.refusal.Refused.Reason.NOT_FOUND;

import com.google.gson.JsonObject;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.StoreStatus;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.Query;
import io.rivulet.http.form.RequestHead;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * {@code /health/live} tells that the application answers; {@code /health/ready} tells that streams can be served. Load
 * balancers ask it; it is open to everybody and tells nothing but the state. It runs in the container's request
 * threads.
 *
 * <p>Both are tried, not guessed: a publish of nothing goes through the queue to the disk, and each shard gives a word
 * ({@link Trial}).
 *
 * <p>Whether publishing works stands beside it, and decides the status only when asked for by {@code ?publish}: a full
 * disk must not turn a node away whose readers are well.
 */
public final class HealthServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";

    private final transient StoreStatus store;
    private final transient Trial trial;

    /** The servlet of this hub, whose store this is. */
    public HealthServlet(HubContext context, StoreStatus store) {
        super(context);
        this.store = store;
        this.trial = new Trial(context.hub());
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> answer(request).write(response);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> {
                response.setHeader("Allow", METHODS);
                throw Refused.because(METHOD, "health knows " + METHODS);
            }
        }
    }

    private Answer answer(HttpServletRequest request) {
        String path = String.valueOf(RequestHead.pathInfo(request));
        return switch (path) {
            case "/live" -> Answer.json(200, "{\"status\":\"up\"}");
            case "/ready" -> ready(Query.of(request).has("publish"));
            default -> throw Refused.because(NOT_FOUND, "health is at health/live and health/ready");
        };
    }

    private Answer ready(boolean askedForPublishing) {
        String notOpen = store.whyNotReady();
        Trial.Result tried = notOpen == null ? trial.result() : null;
        String notServing = notOpen != null ? notOpen : tried.streams();
        String notReady = notServing != null || !context().hub().drain().isOn() ? notServing
            : "the hub is about to end; its streams are ending";
        String trouble = notServing != null ? notServing : context().hub().publishTrouble();
        String notPublishing = trouble != null ? trouble : tried.publish();
        JsonObject json = new JsonObject();
        json.addProperty("status", notReady == null ? "ready" : "not ready");
        if (notReady != null) {
            json.addProperty("reason", notReady);
        }
        json.addProperty("publish", notPublishing == null);
        if (notPublishing != null && notOpen == null) {
            json.addProperty("publishReason", notPublishing);
        }
        boolean well = notReady == null && !(askedForPublishing && notPublishing != null);
        return Answer.json(well ? 200 : 503, json.toString());
    }
}
