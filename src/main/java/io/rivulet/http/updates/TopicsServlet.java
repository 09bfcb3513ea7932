package io.rivulet.http.updates;

import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.GivingUp;
import io.rivulet.http.form.KnownFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.stream.ListDocument;
import io.rivulet.http.stream.PageResponses;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.TopicState;
import io.rivulet.hub.stream.ConnectionDocument;
import io.rivulet.hub.stream.ListenersElsewhere;
import io.rivulet.hub.stream.ListenersElsewhere.Counted;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code GET /api/topics?topic=}: whether a topic is open or has ended, under the rights of a stream; without a topic
 * the list of all, for operators. Container's threads; the hub's reader threads look the topics up.
 */
public final class TopicsServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final KnownFields KNOWN = KnownFields.of("topic", "after", "limit");
    private static final int LIMIT = 100;
    private static final int LIMIT_MAX = 1_000;
    /** Of a topic in the list, beside its name. */
    private static final int ENTRY_BYTES = 600;

    private final transient PageResponses responses;

    /** The servlet of this hub. */
    public TopicsServlet(HubContext context, PageResponses responses) {
        super(context);
        this.responses = responses;
    }

    /** The list, where it goes on, and who listens at other nodes. */
    private record Listing(List<TopicState> states, int limit, Counted elsewhere, BytesInFlight.Charge charge) {
    }

    /** One topic, and who listens at other nodes. */
    private record One(TopicState state, Counted elsewhere) {
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> show(request);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void show(HttpServletRequest request) {
        FormFields query = Query.of(request);
        KNOWN.check(query, "parameter");
        if (!query.has("topic")) {
            list(query, request);
            return;
        }
        Grant grant = context().access().toRead(request);
        if (query.has("after") || query.has("limit")) {
            throw Refused.malformed("after and limit are for the list of topics; the query names one topic");
        }
        SuspendedRequest.awaitLookUp(GivingUp.compose(
            context().hub().topicState(topic(query, context()), grant, caller(request, grant)),
            state -> elsewhere(List.of(state)).thenApply(there -> new One(state, there))), request, context(), null);
    }

    private CompletableFuture<Counted> elsewhere(List<TopicState> states) {
        ListenersElsewhere others = context().hub().connections().listeners();
        return others == null || states.isEmpty() ? CompletableFuture.completedFuture(Counted.ALONE)
            : others.count(states.stream().map(TopicState::topic).toList());
    }

    private void list(FormFields query, HttpServletRequest request) {
        Grant grant = context().access().toOperate(request, false);
        String given = query.one("limit");
        int limit = given == null ? LIMIT : given.matches("[0-9]{1,4}") ? Integer.parseInt(given) : 0;
        if (limit < 1 || limit > LIMIT_MAX) {
            throw Refused.malformed("limit is " + Printable.of(given) + "; it must be 1 to " + LIMIT_MAX);
        }
        String after = query.has("after") ? query.one("after") : "";
        BytesInFlight.Charge charge = context().charge(request, grant);
        try {
            charge.take(ListDocument.PIECE_BYTES + (long) limit * ENTRY_BYTES);
            SuspendedRequest.awaitLookUp(GivingUp.compose(
                context().hub().topicStates(after, limit, caller(request, grant)),
                states -> listing(states, limit, charge)), request, context(), charge);
        } catch (RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    private CompletableFuture<Listing> listing(List<TopicState> states, int limit, BytesInFlight.Charge charge) {
        charge.take(states.stream().mapToLong(state -> 4L * state.topic().length()).sum());
        return elsewhere(states).thenApply(there -> new Listing(states, limit, there, charge));
    }

    /** The one topic that the query names. */
    static String topic(FormFields query, HubContext context) {
        return Topic.check(query.one("topic"), context.settings().get(SettingsTable.TOPIC_BYTES_MAX));
    }

    /** Who is charged for the look-up. */
    static Caller caller(HttpServletRequest request, Grant grant) {
        return Caller.of(grant, RequestTrace.of(request).peer());
    }

    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        Object found = outcome.get();
        if (found instanceof Listing listing) {
            list(listing, request, response);
        } else {
            One one = (One) found;
            JsonObject json = json(one.state(), one.elsewhere());
            if (one.elsewhere().silent() != null) {
                json.add("silent", ConnectionDocument.texts(one.elsewhere().silent()));
            }
            Answer.json(200, json.toString())
                .header("Cache-Control", RequestTrace.of(request).cacheControl()).write(response);
        }
    }

    private void list(Listing listing, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType(Answer.JSON);
        response.setHeader("Cache-Control", "no-store");
        List<TopicState> states = listing.states();
        JsonObject next = new JsonObject();
        next.addProperty("next", states.size() < listing.limit() ? null : states.get(states.size() - 1).topic());
        if (listing.elsewhere().silent() != null) {
            next.add("silent", ConnectionDocument.texts(listing.elsewhere().silent()));
        }
        String head = next.toString();
        try {
            responses.send(request.startAsync(), new ListDocument<>(head.substring(1, head.length() - 1) + ",",
                "topics", states, state -> json(state, listing.elsewhere()).toString()), listing.charge());
        } catch (IOException | RuntimeException | Error e) {
            listing.charge().close();
            throw e;
        }
    }

    private JsonObject json(TopicState state, Counted elsewhere) {
        JsonObject json = new JsonObject();
        json.addProperty("topic", state.topic());
        json.addProperty("state", state.end() == null ? "open" : "ended");
        if (state.end() != null) {
            json.addProperty("reason", state.end().word());
        }
        if (state.isCancelled()) {
            json.addProperty("cancelled", true);
        }
        json.add("first", json(state.first()));
        json.add("last", json(state.last()));
        json.addProperty("count", state.count());
        json.addProperty("listeners", context().hub().listeners(state.topic()) + elsewhere.of(state.topic()));
        return json;
    }

    private static JsonObject json(TopicState.Seen seen) {
        if (seen == null) {
            return null;
        }
        JsonObject json = new JsonObject();
        json.addProperty("id", seen.id());
        json.addProperty("time", Instant.ofEpochMilli(seen.timeMs()).toString());
        return json;
    }
}
