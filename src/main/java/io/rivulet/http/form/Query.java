package io.rivulet.http.form;

import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads the query of a request from its raw text. All doors use it, since {@code getParameter} would mix the query with
 * the body and hide bad bytes. Pure.
 */
public final class Query {

    /** More than any limit of topics allows; the container's limit for a request's head lies below it. */
    private static final int FIELDS_MAX = 10_000;

    /** Parameters that say how many of its events a stream gets, and how fast. */
    private static final List<String> PACE = List.of("conflate", "rate", "topic.rate");

    private Query() {
    }

    /** The fields of the query; none without one. A value that is no UTF-8 is refused when it is asked for. */
    public static FormFields of(HttpServletRequest request) {
        String raw = request.getQueryString();
        if (raw == null) {
            return new FormFields();
        }
        // the character that a container puts in the place of bytes that are no UTF-8: a byte that is none either
        String bytes = raw.replace("\uFFFD", "%FF");
        return FormDecoder.decode(bytes.getBytes(StandardCharsets.UTF_8), FIELDS_MAX);
    }

    /**
     * Refuses parameters that only a live stream understands: without them the client would get something else than it
     * asked for.
     *
     * @throws Refused naming the parameter
     */
    public static void checkNoPace(FormFields query) {
        refuse(query, PACE, " is for streams, at /api/updates; history is told event by event");
    }

    private static void refuse(FormFields query, List<String> names, String why) {
        for (String name : names) {
            if (query.has(name)) {
                throw Refused.malformed("the parameter " + name + why);
            }
        }
    }
}
