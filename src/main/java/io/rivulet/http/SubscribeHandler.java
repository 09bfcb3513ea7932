package io.rivulet.http;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Dialect;
import io.rivulet.hub.Since;
import io.rivulet.hub.SubscribeRequest;
import io.rivulet.hub.Subscription;
import io.rivulet.limit.Refused;
import io.rivulet.limit.Refused.Reason;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * GET and HEAD: opens a stream. All checks come before {@code startAsync}, while a refusal can still have a status.
 * The container's request threads.
 */
final class SubscribeHandler {

    private static final Duration HEARTBEAT_IMPATIENT = Duration.ofSeconds(4);
    private static final int HEARTBEAT_S_MAX = 300;
    /** Clients whose read time limit lies below the default heartbeat: okhttp-eventsource 5 s, httpx 5 s. */
    private static final List<String> IMPATIENT = List.of("okhttp/", "python-httpx/");

    private final HubContext context;

    SubscribeHandler(HubContext context) {
        this.context = context;
    }

    void handle(HttpServletRequest request, HttpServletResponse response, Grant grant) throws IOException {
        SubscribeRequest asked = read(request, grant);
        if (request.getMethod().equals("HEAD")) {
            headers(response);
            return;
        }
        StreamWriter writer = new StreamWriter();
        Subscription subscription;
        try {
            subscription = context.hub().subscribe(asked, writer);
        } catch (Refused e) {
            if (isPassing(e) && isNative(request)) {
                comeBackLater(response);
                return;
            }
            throw e;
        }
        try {
            headers(response);
            AsyncContext async = request.startAsync();
            writer.start(async, subscription);
            Exchange.of(request).streamStarted(response.getStatus());
        } catch (IOException | RuntimeException e) {
            subscription.gone("it could not be opened");
            throw e;
        }
    }

    private SubscribeRequest read(HttpServletRequest request, Grant grant) {
        Settings settings = context.settings();
        FormFields query = Query.of(request);
        Query.checkBuilt(query);
        TopicSelection topics = TopicSelection.ofTopics(Query.topics(query,
            settings.get(SettingsTable.DEFAULT_TOPICS), settings.get(SettingsTable.MATCHERS_MAX),
            settings.get(SettingsTable.TOPIC_BYTES_MAX)));
        String cursor = Cursor.of(request, query);
        Since since = query.has("since") ? Since.parse(query.one("since"), context.clock().instant()) : Since.LATEST;
        if (cursor != null && cursor.isEmpty()) { // "no replay", said out loud
            cursor = null;
            since = Since.LATEST;
        }
        boolean events = query.all("heartbeat").contains("event");
        return new SubscribeRequest(topics, grant, cursor, since, heartbeat(request, query), events, Dialect.RIVULET,
            request.getRemoteAddr());
    }

    private Duration heartbeat(HttpServletRequest request, FormFields query) {
        List<String> given = query.all("heartbeat").stream().filter(v -> !v.equals("event")).toList();
        if (given.size() > 1 || given.size() == 1 && !given.get(0).matches("[0-9]{1,3}")) {
            throw badHeartbeat(String.join(", ", given));
        }
        if (given.isEmpty()) {
            String agent = request.getHeader("User-Agent");
            Duration usual = context.settings().get(SettingsTable.HEARTBEAT);
            boolean impatient = agent != null && IMPATIENT.stream().anyMatch(agent::startsWith);
            return impatient && usual.compareTo(HEARTBEAT_IMPATIENT) > 0 ? HEARTBEAT_IMPATIENT : usual;
        }
        int seconds = Integer.parseInt(given.get(0));
        if (seconds < 1 || seconds > HEARTBEAT_S_MAX) {
            throw badHeartbeat(given.get(0));
        }
        return Duration.ofSeconds(seconds);
    }

    private static Refused badHeartbeat(String value) {
        return Refused.malformed("heartbeat is " + Shown.of(value) + "; it must be 1 to " + HEARTBEAT_S_MAX
            + " seconds, or event");
    }

    private static void headers(HttpServletResponse response) {
        response.setContentType("text/event-stream");
        response.setHeader("Cache-Control", "no-store, no-cache, no-transform");
        response.setHeader("X-Accel-Buffering", "no"); // nginx would else hold the stream back to its end
    }

    /** Not the request's fault, and over soon. */
    private static boolean isPassing(Refused e) {
        return e.reason() == Reason.NOT_OPEN || e.reason() == Reason.OVERLOADED;
    }

    /** A browser's own EventSource: it stops for ever at a 4xx or 5xx. */
    private static boolean isNative(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        String cache = request.getHeader("Cache-Control");
        return accept != null && accept.contains("text/event-stream") && cache != null && cache.contains("no-cache");
    }

    /** A stream that ends at once and says when to come back: the refusal that a browser survives. */
    private void comeBackLater(HttpServletResponse response) throws IOException {
        headers(response);
        long minMs = context.settings().get(SettingsTable.RETRY_MIN).toMillis();
        long maxMs = context.settings().get(SettingsTable.RETRY_MAX).toMillis();
        long retryMs = ThreadLocalRandom.current().nextLong(minMs, maxMs + 1);
        response.getOutputStream().write(("retry: " + retryMs + "\n\n").getBytes(StandardCharsets.US_ASCII));
    }
}
