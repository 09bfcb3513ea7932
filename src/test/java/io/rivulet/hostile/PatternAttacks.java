package io.rivulet.hostile;

import static io.rivulet.hostile.Attacker.enc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Attacks by what a short text becomes: the steps of a match, a large pattern, the words of an index. */
final class PatternAttacks {

    private static final Map<String, String> STREAM = Map.of("Accept", "text/event-stream");
    private static final Map<String, String> FORM = Map.of("Content-Type", "application/x-www-form-urlencoded");
    /** Containers take 8 KiB of head. */
    private static final int HEAD_MAX = 7_000;
    private static final int MATCHERS_MAX = 100;
    private static final int QUERY_PATTERNS = 16;
    private static final int PATTERN_MAX = 4_090;
    private static final int WIDE_BODY = 380_000;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private PatternAttacks() {
    }

    static List<Attack> all() {
        return List.of(
            new Attack("scan-earliest", me -> me.open("/api/updates?since=earliest" + slow(me, "/"), STREAM, true)),
            new Attack("scan-conflating", me -> me.open("/api/updates?since=earliest" + me.any("&conflate=topic",
                "&rate=" + me.upTo(10_000)) + slow(me, "/"), STREAM, true)),
            new Attack("scan-history", PatternAttacks::history),
            new Attack("templates-history", me -> me.ask("GET", "/api/events?limit=" + me.upTo(100)
                + templates(me.random()), Map.of(), null)),
            new Attack("templates-held", me -> me.open("/api/updates?" + templates(me.random()).substring(1), STREAM,
                me.random().nextBoolean())),
            new Attack("buckets-held", me -> me.open("/api/updates?" + slow(me, "/" + me.any("", "honest/",
                ".well-known/", "honest/t" + me.upTo(20) + "/", word(me.random()) + "/", "order/")).substring(1),
                STREAM, true)),
            new Attack("words-query", me -> query(me, QUERY_PATTERNS, me.random().nextBoolean())),
            new Attack("words-held", me -> me.open("/api/updates?match_urlpattern=" + enc(words(me.random(), 3_000))
                + "&match_urlpattern=" + enc(words(me.random(), 2_000)), STREAM, false)),
            new Attack("presence-churn", PatternAttacks::comeAndGo));
    }

    /** Patterns that take hundreds of steps for each character of a topic, each another one. */
    private static String slow(Attacker me, String beginning) {
        int base = 100 + me.random().nextInt(250);
        int[] next = {0};
        return many("match_urlpattern", me.upTo(MATCHERS_MAX), () -> beginning + ":"
            + (char) ('a' + me.random().nextInt(26)) + next[0] + "((?:.?){" + (base + next[0]++) + "}!)");
    }

    /** Templates that a few bytes make large. */
    private static String templates(Random random) {
        return many("topic", 1 + random.nextInt(MATCHERS_MAX), () -> word(random) + "/{a:" + (200 + random.nextInt(800))
            + "}");
    }

    private static String many(String name, int most, Supplier<String> pattern) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < most && query.length() < HEAD_MAX; i++) {
            query.append('&').append(name).append('=').append(enc(pattern.get()));
        }
        return query.toString();
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return word.toString();
    }

    /** A pattern of as many different words as fit. */
    private static String words(Random random, int bytes) {
        StringBuilder pattern = new StringBuilder("/");
        while (pattern.length() + 6 < bytes) {
            pattern.append(word(random)).append('/');
        }
        return pattern.append('*').toString();
    }

    /** A look-up that has to try a hundred patterns on each name; half of those who ask do not wait for it. */
    private static void history(Attacker me) throws IOException {
        String target = "/api/events?since=earliest&limit=" + me.upTo(1_000) + slow(me, "/");
        if (me.random().nextBoolean()) {
            me.send("GET", target, Map.of(), null, 0).reset();
            me.count("left");
        } else {
            me.ask("GET", target, Map.of(), null);
        }
    }

    private static void query(Attacker me, int patterns, boolean held) throws IOException {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < patterns; i++) {
            body.append(i == 0 ? "" : "&").append("match_urlpattern=").append(enc(words(me.random(), PATTERN_MAX)));
        }
        var connection = me.send("QUERY", "/.well-known/mercure", FORM,
            body.toString().getBytes(StandardCharsets.US_ASCII), 4_096);
        var head = me.status(connection);
        if (held && head != null && head.status() == 200) {
            me.hold(connection, false);
        } else {
            connection.reset();
        }
    }

    /** Wide streams that come and go: each of them is told to whoever watches the active subscriptions. */
    private static void comeAndGo(Attacker me) throws IOException {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < MATCHERS_MAX && body.length() < WIDE_BODY; i++) {
            body.append(i == 0 ? "" : "&").append("match=").append(word(me.random()))
                .append("x".repeat(me.random().nextInt(600)));
        }
        for (int i = 0; i < 3; i++) {
            var connection = me.send("QUERY", "/.well-known/mercure", FORM,
                body.toString().getBytes(StandardCharsets.US_ASCII), 0);
            me.status(connection);
            connection.close();
        }
    }
}
