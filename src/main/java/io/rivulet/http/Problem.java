package io.rivulet.http;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.rivulet.http.form.Answer;
import io.rivulet.http.trace.RefusalLog;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The one place that turns a {@link Refused} into HTTP: a status and an {@code application/problem+json} (RFC 9457)
 * with the request's id. Servlets and handlers use it, on any thread.
 *
 * <p>It also logs each refusal of access with its reason, at a bounded rate. Nobody else does, so a refusal is logged
 * once.
 */
public final class Problem {

    private static final Set<Reason> OF_ACCESS = EnumSet.of(Reason.UNAUTHENTICATED, Reason.BAD_TOKEN,
        Reason.BAD_CREDENTIALS, Reason.FORBIDDEN, Reason.BANNED);

    private final RefusalLog log;
    private final Metrics metrics;
    private final String metadata;

    /**
     * To be made once for a hub, since the bound of its log is the hub's.
     *
     * @param metadataUrl where clients learn how to get a token (RFC 9728); null when there are none
     * @param metrics     counts what is refused, and why
     */
    public Problem(InstantSource clock, String metadataUrl, Metrics metrics) {
        this.log = new RefusalLog(clock);
        this.metrics = metrics;
        this.metadata = metadataUrl == null ? "" : "resource_metadata=\"" + metadataUrl + "\"";
    }

    /** Answers in the container's own thread. */
    public void write(Refused refused, HttpServletRequest request, HttpServletResponse response) throws IOException {
        answer(refused, request).write(response);
    }

    /** Answers a request that went async, from any thread; false when the container alone can complete it now. */
    public boolean send(Refused refused, AsyncContext async) {
        return answer(refused, (HttpServletRequest) async.getRequest()).send(async);
    }

    /** Counts a refusal, and logs one of access and one that has a failure behind it. */
    public void note(Refused refused, HttpServletRequest request) {
        metrics.refused(refused.reason());
        if (OF_ACCESS.contains(refused.reason()) || refused.getCause() != null) {
            log.add(refused, request);
        }
    }

    /** The answer to a refusal, which is noted. */
    public Answer answer(Refused refused, HttpServletRequest request) {
        Reason reason = refused.reason();
        RequestTrace trace = RequestTrace.of(request);
        note(refused, request);
        Answer answer = render(status(reason), name(reason), title(reason), refused.getMessage(), trace.id(),
            refused.facts());
        answer.header("Cache-Control", trace.cacheControl());
        switch (reason) {
            case UNAUTHENTICATED -> answer.header("WWW-Authenticate", challenge(""));
            case BAD_TOKEN -> answer.header("WWW-Authenticate", challenge("error=\"invalid_token\""));
            case BAD_CREDENTIALS -> answer.header("WWW-Authenticate", challenge("error=\"invalid_request\""));
            case FORBIDDEN, BANNED -> answer.header("WWW-Authenticate", challenge("error=\"insufficient_scope\""));
            case FENCED -> answer.header("Producer-Epoch", refused.facts().get("epoch").toString());
            case OUT_OF_SEQUENCE ->
                answer.header("Producer-Expected-Seq", refused.facts().get("expectedSeq").toString());
            case NOT_OPEN, OVERLOADED, TOO_MANY_STREAMS -> answer.header("Retry-After", "2");
            case RATE_LIMITED -> answer.header("Retry-After", Integer.toString(refused.retryAfterS()));
            case STORE_FULL, STORE_FAILED -> answer.header("Retry-After", "10");
            default -> {
            }
        }
        return answer;
    }

    /** As RFC 6750, 3, has it: without an error where no token was shown. */
    private String challenge(String error) {
        return ("Bearer " + error + (error.isEmpty() || metadata.isEmpty() ? "" : ", ") + metadata).strip();
    }

    /** The answer to an unforeseen failure: the log gets all of it, the caller only the request's id. */
    public Answer fault(Throwable failure, HttpServletRequest request) {
        String id = RequestTrace.of(request).id();
        log.fault(failure, request);
        return render(500, "fault", "The hub failed", "the hub failed at this request; its log tells why, under this "
            + "request id", id);
    }

    /** A problem with these members; {@code type} ends a URN. */
    static Answer render(int status, String type, String title, String detail, String requestId) {
        return render(status, type, title, detail, requestId, Map.of());
    }

    private static Answer render(int status, String type, String title, String detail, String requestId,
                                 Map<String, Object> facts) {
        JsonObject json = new JsonObject();
        json.addProperty("type", "urn:rivulet:problem:" + type);
        json.addProperty("title", title);
        json.addProperty("status", status);
        json.addProperty("detail", detail);
        json.addProperty("requestId", requestId);
        facts.forEach((name, value) -> json.add(name, value instanceof Number number ? new JsonPrimitive(number)
            : value instanceof Boolean truth ? new JsonPrimitive(truth) : new JsonPrimitive(value.toString())));
        return new Answer(status, "application/problem+json", json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The status of a refusal. */
    public static int status(Reason reason) {
        return switch (reason) {
            case MALFORMED, BAD_CREDENTIALS -> 400;
            case UNAUTHENTICATED, BAD_TOKEN -> 401;
            case FORBIDDEN, BANNED, FENCED -> 403;
            case NOT_FOUND -> 404;
            case METHOD -> 405;
            case CONFLICT, OUT_OF_SEQUENCE, ENDED -> 409;
            case TOO_LARGE -> 413;
            case UNSUPPORTED_TYPE -> 415;
            case TOO_MANY_STREAMS, RATE_LIMITED -> 429; // not 503: a balancer would take the whole node for ill
            case NOT_OPEN, OVERLOADED, STORE_FAILED -> 503;
            case STORE_FULL -> 507;
        };
    }

    private static String title(Reason reason) {
        return switch (reason) {
            case MALFORMED -> "The request breaks a rule";
            case UNAUTHENTICATED -> "A token is needed";
            case BAD_TOKEN -> "The token is not accepted";
            case BAD_CREDENTIALS -> "The token is not shown as it must be";
            case FORBIDDEN -> "Not allowed";
            case BANNED -> "Kept out";
            case NOT_FOUND -> "Nothing here";
            case METHOD -> "Not a method of this resource";
            case CONFLICT -> "The key was used for something else";
            case FENCED -> "A later epoch publishes now";
            case OUT_OF_SEQUENCE -> "Events are missing before this one";
            case ENDED -> "The topic has ended";
            case TOO_LARGE -> "Too large";
            case UNSUPPORTED_TYPE -> "Not a content type that can be read";
            case NOT_OPEN -> "The store is not open";
            case OVERLOADED -> "Too much work right now";
            case TOO_MANY_STREAMS -> "Too many streams";
            case RATE_LIMITED -> "Published too fast";
            case STORE_FAILED -> "The store failed";
            case STORE_FULL -> "The disk is full";
        };
    }

    private static String name(Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
