package io.rivulet.hostile;

import static io.rivulet.hostile.Attacker.enc;

import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Attacks that think of nothing: random combinations of what the interface knows, slow heads, and bytes. */
final class WireAttacks {

    private static final List<String> METHODS = List.of("GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE",
        "OPTIONS", "QUERY", "TRACE", "BREW");
    private static final List<String> PATHS = List.of("/api/updates", "/api/updates/", "/api/events", "/",
        "/.well-known/mercure", "/.well-known/mercure/subscriptions", "/.well-known/mercure/subscriptions/exact/a%2Fb",
        "/.well-known/oauth-protected-resource/.well-known/mercure", "/api/connections", "/api/connections/x",
        "/api/bans", "/api/tokens/explain", "/health/ready", "/health/live", "/home/..%2f", "/api/updates;a=b",
        "/%00");
    private static final List<String> NAMES = List.of("topic", "match", "match_exact", "match_urlpattern", "match_x",
        "since", "last_event_id", "lastEventID", "heartbeat", "conflate", "rate", "after", "limit", "format", "data",
        "type", "id", "retry", "private", "transport", "authorization", "publish", "kind", "issuer", "value", "for",
        "");
    private static final List<String> VALUES = List.of("", "*", "honest/{x}", "{+a}{b*}{?c:9}", "order/0000001", "big",
        "/:a((?:.?){300}!)", "/:a+/:b*", "earliest", "latest", "last", "last=10000", "-1h", "2026-11-29T00:00:00Z",
        "topic", "1", "10000", "-1", "99999999999", "event", "json", "ndjson", "urn:rivulet:AAAA", "\u0000",
        "\uD83D\uDE00",
        "%", "(", "https://[::1", "x".repeat(4_000), "a/../b", "#0", "\r\nX: y", ".{1000}", "{a:1000}");
    private static final List<String> HEADERS = List.of("Accept", "Content-Type", "Last-Event-ID", "Authorization",
        "Cookie", "Origin", "Cache-Control", "Idempotency-Key", "If-None-Match", "Rivulet-Secret", "Expect", "Range",
        "Forwarded", "X-Forwarded-For", "Host", "Connection", "Upgrade", "Accept-Encoding", "Transfer-Encoding");
    private static final List<String> HEADER_VALUES = List.of("text/event-stream", "no-cache", "Bearer x.y.z",
        "earliest", "application/json", "100-continue", "bytes=0-", "chunked", "gzip", "h2c", "null",
        "for=\"[::1]\"", "evil.example",
        "__Secure-mercure_access_token=a", "x".repeat(2_000), "\u0001", "é", "");

    private static final List<String> DOORS = List.of("/api/updates", "/api/events", "/.well-known/mercure");
    /** What a door knows, and values that it takes or nearly takes. */
    private static final Map<String, List<String>> KNOWN = Map.of(
        "/api/updates", List.of("topic", "match", "match_exact", "match_urlpattern", "since", "last_event_id",
            "heartbeat", "conflate", "rate"),
        "/api/events", List.of("topic", "match", "match_exact", "match_urlpattern", "since", "after", "limit",
            "format"),
        "/.well-known/mercure", List.of("match", "match_exact", "match_urlpattern", "last_event_id"));
    private static final Map<String, List<String>> GOOD = Map.of(
        "since", List.of("earliest", "latest", "last", "last=10000", "last=1", "-1h", "2026-11-29T00:00:00Z"),
        "heartbeat", List.of("1", "300", "event"), "conflate", List.of("topic"), "rate", List.of("1", "10000"),
        "limit", List.of("1", "1000"), "format", List.of("json", "ndjson"),
        "topic", List.of("*", "big", "honest/{x}", "order/{x:3}", "{+a}", "{a}{b}{c}{d}", "order/0000001"),
        "match_urlpattern", List.of("/*", "/:a((?:.?){300}!)", "/:a/:b*", "/order/(.*)1", "https://*/*"));
    private static final int OF_TEN_KNOWN = 8;

    private WireAttacks() {
    }

    static List<Attack> all() {
        return List.of(
            new Attack("combinations", WireAttacks::combination),
            new Attack("combinations-held", me -> me.open("/api/updates" + query(me.random(), "/api/updates"),
                Map.of("Accept", "text/event-stream"), me.random().nextBoolean())),
            new Attack("slow-head", WireAttacks::slowHead),
            new Attack("bytes", me -> raw(me, bytes(me.random(), 1 + me.random().nextInt(5_000)))),
            new Attack("bent-requests", WireAttacks::bent));
    }

    /** A query for this path. */
    private static String query(Random random, String path) {
        StringBuilder query = new StringBuilder("?");
        for (int i = random.nextInt(6); i >= 0; i--) {
            String name = pick(random, isLucky(random) ? KNOWN.getOrDefault(path, NAMES) : NAMES);
            String value = pick(random, isLucky(random) ? GOOD.getOrDefault(name, VALUES) : VALUES);
            query.append(name).append('=').append(enc(value)).append(i == 0 ? "" : "&");
        }
        return query.toString();
    }

    private static boolean isLucky(Random random) {
        return random.nextInt(10) < OF_TEN_KNOWN;
    }

    private static String pick(Random random, List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static void combination(Attacker me) throws IOException {
        Random random = me.random();
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.put(pick(random, HEADERS), pick(random, HEADER_VALUES));
        }
        String path = pick(random, random.nextBoolean() ? PATHS : DOORS);
        byte[] body = random.nextInt(3) > 0 ? null : query(random, path).substring(1).getBytes(StandardCharsets.UTF_8);
        me.ask(pick(random, METHODS), path + query(random, path), headers, body);
    }

    /** A head that comes piece by piece, or not at all. */
    private static void slowHead(Attacker me) throws IOException {
        WireClient connection = me.connect(0).send("GET /api/updates?topic=a HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = me.random().nextInt(20); i > 0; i--) {
            connection.send("X-" + i + ": " + "x".repeat(me.random().nextInt(300)) + "\r\n");
        }
        me.count("sent");
        me.hold(connection, false);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A request in order, but for some bytes; several in one write. */
    private static void bent(Attacker me) throws IOException {
        Random random = me.random();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            String path = pick(random, PATHS);
            text.append(pick(random, METHODS)).append(' ').append(path).append(query(random, path))
                .append(" HTTP/1.1\r\nHost: localhost\r\nContent-Length: ").append(random.nextInt(40))
                .append("\r\n\r\n").append("topic=a&data=b");
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        raw(me, bytes);
    }

    private static void raw(Attacker me, byte[] bytes) throws IOException {
        WireClient connection = me.connect(0).send(bytes);
        if (me.random().nextInt(4) == 0) {
            me.count("left");
            connection.reset();
        } else {
            me.status(connection);
            me.hold(connection, true);
        }
    }
}
