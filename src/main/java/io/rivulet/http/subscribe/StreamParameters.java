package io.rivulet.http.subscribe;

import io.rivulet.auth.Grant;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.KnownFields;
import io.rivulet.http.form.Query;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.resume.Pace;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads what a client asks for when it opens a stream: topics, the id to resume after, heartbeat and pace, as the door
 * understands them. The doors of updates and of Mercure use it. Immutable, any thread.
 */
public final class StreamParameters {

    private static final Duration HEARTBEAT_IMPATIENT = Duration.ofSeconds(4);
    private static final int HEARTBEAT_S_MAX = 300;
    /**
     * Clients that give up reading before the default heartbeat: okhttp-eventsource after 5 s, httpx after 5 s. So do
     * those that say no name (Micronaut, LaunchDarkly for JavaScript).
     */
    private static final List<String> IMPATIENT = List.of("okhttp/", "python-httpx/");

    private static final String TOPIC_RATE = "topic.rate";
    private static final String SESSION = "session";
    /** 128 bits have 22 letters in base64url and 32 as hexadecimal digits. */
    private static final Pattern SESSION_NAME = Pattern.compile("[A-Za-z0-9_-]{22,64}");
    /** At {@code /api/updates}. */
    private static final KnownFields KNOWN = MatcherParameters.with("since", "heartbeat", "conflate", "rate",
        TOPIC_RATE, "last_event_id", EnvelopeParameter.NAME, EnvelopeParameter.DATA, "hello", SESSION,
        PortionParameters.TRANSPORT, PortionParameters.TIMEOUT, PortionParameters.PADDING, PortionParameters.MAX);

    private final HubContext context;
    private final MatcherParameters matcherParameters;

    /** The parameters of this hub's streams. */
    public StreamParameters(HubContext context) {
        this.context = context;
        matcherParameters = new MatcherParameters(context.hub().topics(), context.costly(), context.settings());
    }

    /**
     * What one client asks for.
     *
     * @param request    for the hub
     * @param hadCursor  whether the client named an id, even an empty one: Mercure's answer then tells where it begins
     */
    public record Wanted(SubscribeRequest request, boolean hadCursor) {
    }

    /** At {@code /api/updates}. */
    public Wanted ofUpdates(HttpServletRequest request, Grant grant, Dialect dialect) {
        FormFields query = Query.of(request);
        KNOWN.or(dialect.cursorParameters()::contains).check(query, "parameter");
        TopicSelection topics = matcherParameters.selectionOrDefault(query, RequestTrace.of(request).peer());
        String cursor = lastEventId(request, query, new FormFields(), dialect);
        Since since = query.has("since") ? Since.parse(query.one("since"), context.clock().instant()) : Since.UNSAID;
        if (cursor != null && cursor.isEmpty()) { // "no replay", said out loud
            since = Since.LATEST;
        }
        boolean events = query.all("heartbeat").contains("event");
        Wanted all = asked(request, topics, grant, cursor, since, heartbeat(request, query), events, dialect);
        return new Wanted(all.request().at(pace(query)).only(PortionParameters.of(query)).in(session(query)),
            all.hadCursor());
    }

    /** Null for none. */
    private static String session(FormFields query) {
        String name = query.one(SESSION);
        if (name != null && !SESSION_NAME.matcher(name).matches()) {
            throw Refused.malformed(SESSION + " is " + Printable.of(name) + "; it must be 22 to 64 letters, digits, - "
                + "and _, of at least 128 random bits");
        }
        return name;
    }

    /**
     * At Mercure's path, from query and body together. Parameters that Mercure does not know are ignored, but for
     * {@code heartbeat} in the query.
     */
    public Wanted ofMercure(HttpServletRequest request, FormFields query, FormFields body, Grant grant,
        Dialect dialect) {
        TopicSelection topics = matcherParameters.selection(query.and(body), RequestTrace.of(request).peer());
        String cursor = lastEventId(request, query, body, dialect);
        return asked(request, topics, grant, cursor, Since.LATEST, mercureHeartbeat(request, query), false, dialect);
    }

    private static Wanted asked(HttpServletRequest request, TopicSelection topics, Grant grant, String cursor,
                               Since since, Duration heartbeat, boolean events, Dialect dialect) {
        String place = cursor == null || cursor.isEmpty() ? null : cursor;
        return new Wanted(new SubscribeRequest(topics, grant, place, since, heartbeat, events, dialect,
            RequestTrace.of(request).peer()), cursor != null);
    }

    private static Pace pace(FormFields query) {
        String conflate = query.one("conflate");
        if (conflate != null && !conflate.equals("topic")) {
            throw Refused.malformed("conflate is " + Printable.of(conflate) + "; it must be topic");
        }
        return new Pace(conflate != null, rate(query, "rate", Pace.RATE_MAX, "events a second"),
            rate(query, TOPIC_RATE, Pace.TOPIC_RATE_MAX, "events of each topic a second"));
    }

    private static int rate(FormFields query, String name, int max, String what) {
        String rate = query.one(name);
        int perSecond = rate == null || !rate.matches("[0-9]{1,5}") ? 0 : Integer.parseInt(rate);
        if (rate != null && (perSecond < 1 || perSecond > max)) {
            throw Refused.malformed(name + " is " + Printable.of(rate) + "; it must be 1 to " + max + " " + what);
        }
        return perSecond;
    }

    /** The longest silence of a stream whose client does not say one: shorter for those that are known to give up. */
    public Duration usualHeartbeat(HttpServletRequest request) {
        String agent = request.getHeader("User-Agent");
        Duration usual = context.settings().get(SettingsTable.HEARTBEAT);
        boolean impatient = agent == null || IMPATIENT.stream().anyMatch(agent::startsWith);
        return impatient && usual.compareTo(HEARTBEAT_IMPATIENT) > 0 ? HEARTBEAT_IMPATIENT : usual;
    }

    /** What cannot be meant is passed over, as all that the protocol does not know. */
    private Duration mercureHeartbeat(HttpServletRequest request, FormFields query) {
        String given = query.has("heartbeat") ? query.last("heartbeat") : "";
        int seconds = given.matches("[0-9]{1,3}") ? Integer.parseInt(given) : 0;
        return seconds < 1 || seconds > HEARTBEAT_S_MAX ? usualHeartbeat(request) : Duration.ofSeconds(seconds);
    }

    private Duration heartbeat(HttpServletRequest request, FormFields query) {
        List<String> given = query.all("heartbeat").stream().filter(v -> !v.equals("event")).toList();
        if (given.size() > 1 || given.size() == 1 && !given.get(0).matches("[0-9]{1,3}")) {
            throw badHeartbeat(String.join(", ", given));
        }
        if (given.isEmpty()) {
            return usualHeartbeat(request);
        }
        int seconds = Integer.parseInt(given.get(0));
        if (seconds < 1 || seconds > HEARTBEAT_S_MAX) {
            throw badHeartbeat(given.get(0));
        }
        return Duration.ofSeconds(seconds);
    }

    private static Refused badHeartbeat(String value) {
        return Refused.malformed("heartbeat is " + Printable.of(value) + "; it must be 1 to " + HEARTBEAT_S_MAX
            + " seconds, or event");
    }

    /**
     * The id that the client resumes after: the header, else the first of the dialect's parameters that is there, in
     * the query before the body (SUB-02, REC-02, OLD-10); of several with one name the last. Empty when the client says
     * that it has none; null when it says nothing.
     */
    public static String lastEventId(HttpServletRequest request, FormFields query, FormFields body, Dialect dialect) {
        String header = request.getHeader("Last-Event-ID");
        if (header != null) {
            return utf8(header);
        }
        for (String parameter : dialect.cursorParameters()) {
            for (FormFields fields : List.of(query, body)) {
                if (fields.has(parameter)) {
                    // some polyfills add theirs to a URL that has one from before
                    return fields.last(parameter);
                }
            }
        }
        return null;
    }

    /** Browsers send the id's UTF-8 bytes; containers read header bytes as ISO-8859-1. */
    private static String utf8(String header) {
        if (header.chars().allMatch(c -> c < 0x80) || header.chars().anyMatch(c -> c > 0xff)) {
            return header;
        }
        try {
            byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return header; // no UTF-8: the hub gave no such id, and the stream begins with a reset
        }
    }
}
