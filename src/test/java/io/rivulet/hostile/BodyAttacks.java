package io.rivulet.hostile;

import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Attacks by bodies: some never end, some cannot be read, some hold small events of many topics. */
final class BodyAttacks {

    private static final int MIB = 1_048_576;
    private static final byte[] FILL = "a".repeat(MIB).getBytes(StandardCharsets.US_ASCII);
    private static final List<String> POSTS = List.of("/api/updates", "/.well-known/mercure", "/api/bans",
        "/api/tokens/explain", "/api/connections", "/api/events", "/health/ready", "/");
    private static final int TOPICS = 100;
    private static final int EVENTS = 40;

    private BodyAttacks() {
    }

    static List<Attack> all() {
        return List.of(
            new Attack("body-without-end", BodyAttacks::withoutEnd),
            new Attack("charset", me -> me.ask(me.any("POST", "PUT", "QUERY", "PATCH", "DELETE"),
                POSTS.get(me.random().nextInt(POSTS.size())) + me.any("", "?topic=x"),
                Map.of("Content-Type", me.any("text/plain; charset=x", "application/json;charset=\"",
                    "application/x-www-form-urlencoded; charset=%00", "text/plain; charset=utf-7", ";", "/;charset=é")),
                "topic=a&data=b".getBytes(StandardCharsets.US_ASCII))),
            new Attack("junk-bodies", me -> me.ask(me.any("POST", "QUERY"), POSTS.get(me.random().nextInt(3)),
                Map.of("Content-Type", me.any("application/json", "application/x-ndjson", "text/plain",
                    "application/x-www-form-urlencoded")), junk(me.random()))),
            new Attack("many-topics", BodyAttacks::manyTopics));
    }

    /** A mebibyte less its last byte, or less much more; the sender stays. */
    private static void withoutEnd(Attacker me) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(Map.of("Content-Type",
            "application/x-www-form-urlencoded"));
        String method = me.any("QUERY", "QUERY", "QUERY", "POST");
        WireClient connection = me.connect(0);
        boolean chunked = me.random().nextInt(4) == 0;
        headers.put(chunked ? "Transfer-Encoding" : "Content-Length", chunked ? "chunked" : Integer.toString(MIB));
        connection.send(method, "/.well-known/mercure", headers, null);
        if (chunked) {
            connection.send(Integer.toHexString(MIB) + "\r\n");
        }
        int missing = me.any(1, 1, 1 + me.random().nextInt(MIB));
        for (int from = 0; from < MIB - missing; ) {
            int length = Math.min(65_536, MIB - missing - from);
            connection.send(Arrays.copyOfRange(FILL, from, from + length));
            from += length;
        }
        me.count("sent");
        me.hold(connection, false);
    }

    /** What may begin like JSON or a form, and goes on deep, long or broken. */
    private static byte[] junk(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> "[".repeat(1 + random.nextInt(200_000)).getBytes(StandardCharsets.US_ASCII);
            case 1 -> "&a=%".repeat(1 + random.nextInt(100_000)).getBytes(StandardCharsets.US_ASCII);
            case 2 -> ("[{\"topic\":" + "{\"a\":".repeat(random.nextInt(20_000))).getBytes(StandardCharsets.US_ASCII);
            case 3 -> ("match_urlpattern=" + "(".repeat(random.nextInt(4_000)) + "&match=" + "%2525".repeat(500))
                .getBytes(StandardCharsets.US_ASCII);
            default -> {
                byte[] bytes = new byte[random.nextInt(50_000)];
                random.nextBytes(bytes);
                yield bytes;
            }
        };
    }

    /** An ordinary publisher: each event has a hundred topics of one or two characters. */
    private static void manyTopics(Attacker me) throws IOException {
        StringBuilder batch = new StringBuilder("[");
        for (int i = 0; i < EVENTS; i++) {
            batch.append(i == 0 ? "" : ",").append("{\"topics\":[");
            for (int t = 0; t < TOPICS; t++) {
                batch.append(t == 0 ? "\"" : ",\"").append(Integer.toString((t * 13 + me.random().nextInt(13)), 36))
                    .append('"');
            }
            batch.append("],\"data\":\"\"}");
        }
        Map<String, String> headers = new LinkedHashMap<>(me.bearer());
        headers.put("Content-Type", "application/json");
        me.ask("POST", "/api/updates", headers, batch.append(']').toString().getBytes(StandardCharsets.US_ASCII));
    }
}
