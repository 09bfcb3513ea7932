package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two hubs with the same public traffic, one of them with private traffic in between: from an outsider's seat they are
 * the same, ids and times aside. The same seat with a grant sees the difference, so the comparison can fail.
 */
@Tag("once")
class PrivacyIT {

    private static final String BASE = "https://example.com/";
    private static final Set<String> TIMES = Set.of("date", "x-request-id");

    /** One hub's run; everything that the seat can read, in order. */
    private static final class Seat implements AutoCloseable {
        private final MercureHub hub = MercureHub.with("mercure.legacy", "true", "presence", "true",
            "private.topics", "hidden/*", "anonymous", "true");
        private final String[] headers;
        private final List<String> seen = new ArrayList<>();
        private final List<EventStream> live = new ArrayList<>();

        Seat(String... headers) {
            this.headers = headers;
        }

        /** Live streams of all dialects; then traffic, with or without what is private; then all other questions. */
        List<String> run(boolean privately, boolean publicly) {
            open(PATH, "match=*");
            open(PATH, "match_urlpattern=" + enc(BASE + "*"));
            open(PATH, "topic=*");
            open(PATH, "topic=" + enc(BASE + "{id}"));
            open("/api/updates", "topic=*");
            open("/api/updates", "topic=hidden/a&topic=" + enc(BASE + "1"));
            String first = publicly ? hub.published("topic=" + enc(BASE + "1") + "&data=first&id=first") : "";
            for (int i = 0; i < 60; i += 20) {
                if (privately) {
                    privates();
                }
                if (publicly) {
                    hub.published(BASE + "1", "public " + i);
                }
            }
            if (publicly) {
                hub.published(BASE + "1", "last");
                for (EventStream stream : live) {
                    note("live", stream, "last");
                }
                replays(first);
            }
            documents();
            if (publicly) { // else the clock's first second, which streams of * make, decides
                emptyCursors();
            }
            return seen;
        }

        /** Sixty private events at once, private for all the reasons there are. */
        private void privates() {
            String three = "{\"topic\":\"" + BASE + "1\",\"data\":\"private\",\"private\":true},"
                + "{\"topic\":\"hidden/a\",\"data\":\"by-setting\"},{\"topic\":\"" + BASE
                + "only-private\",\"data\":\"x\",\"private\":true,\"type\":\"secret\",\"retry\":999}";
            WireResponse answer = hub.ask("POST /api/updates\nContent-Type: application/json"
                + MercureHub.bearer(Token.all()), "[" + String.join(",", Collections.nCopies(20, three)) + "]");
            assertEquals(200, answer.status(), answer.text());
        }

        private void open(String path, String query) {
            live.add(hub.streamAt(path, query, headers));
        }

        private void replays(String first) {
            for (String query : List.of("match=*&last_event_id=earliest", "match=*&last_event_id=" + first,
                "topic=*&lastEventID=earliest", "topic=*&lastEventID=" + first, "match=*&last_event_id=unknown")) {
                replay(PATH, query);
            }
            for (String query : List.of("topic=*&since=earliest", "topic=*&since=last", "topic=*&since=last=50",
                "topic=*&last_event_id=" + first, "topic=*&last_event_id=unknown", "topic=*&since=-10m",
                "topic=hidden/a&since=last", "topic=hidden/a&topic=" + enc(BASE + "1") + "&since=last=2")) {
                replay("/api/updates", query);
            }
        }

        private void replay(String path, String query) {
            try (EventStream stream = hub.streamAt(path, query, headers)) {
                if (!path.equals(PATH)) {
                    stream.awaitHello(); // its beginning is found, so what comes now is not "the newest" to it
                }
                hub.published("topic=" + enc(BASE + "1") + "&topic=hidden&topic=x&data=end+of+" + enc(query)
                    + "&id=end" + seen.size());
                if (!query.contains("hidden/a&since")) {
                    note(query, stream, "end of " + query);
                }
            }
        }

        private void note(String what, EventStream stream, String last) {
            StringBuilder text = new StringBuilder(what).append(plain(stream.head().headers().toString()));
            Dispatched event;
            do {
                event = stream.awaitAny();
                if (MercureHub.isOfFeed(event)) {
                    continue;
                }
                text.append('\n').append(plain(event.toString()));
            } while (!event.data().equals(last));
            seen.add(text.toString());
        }

        private void documents() {
            for (String target : List.of("/api/events?topic=*", "/api/events?topic=*&limit=5",
                "/api/events?topic=*&since=earliest&limit=2", "/api/events?topic=hidden/a",
                "/api/events?topic=" + enc(BASE + "only-private"), "/api/events?topic=*&since=last", "/api/topics",
                "/api/connections", "/health/ready", "/health/live", "/health/ready?publish", "/metrics",
                PATH + "/subscriptions", PATH + "/subscriptions/exact/hidden", PATH + "/subscriptions/exact/x/y",
                "/.well-known/oauth-protected-resource" + PATH)) {
                WireResponse answer = hub.ask("GET " + target + (headers.length == 0 ? "" : "\n" + headers[0]));
                seen.add(target + " " + answer.status() + headersOf(answer) + plain(answer.text()));
            }
            WireResponse refused = hub.publish(null, "topic=" + enc(BASE + "only-private"));
            seen.add("publish " + refused.status() + headersOf(refused) + plain(refused.text()));
        }

        private void emptyCursors() {
            for (String query : List.of("match=*&last_event_id=", "topic=*&lastEventID=")) {
                WireResponse answer = hub.subscribe(query, headers);
                seen.add(query + headersOf(answer));
            }
        }

        private static String headersOf(WireResponse answer) {
            TreeMap<String, List<String>> all = new TreeMap<>(answer.headers());
            all.keySet().removeAll(TIMES);
            return plain(all.toString());
        }

        /** Without what differs between any two runs: ids, times, random numbers. */
        private static String plain(String text) {
            return text.replaceAll("urn:rivulet:[A-Z2-7]{26}", "ID")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
                .replaceAll("\"(connection|secret|requestId)\":\"[^\"]*\"", "\"$1\":RANDOM")
                .replaceAll("(x-request-id|date)=\\[[^]]*]", "$1").replaceAll("\"(uptime|time)[^,}]*", "\"$1")
                .replaceAll("content-length=\\[\\d+]", "content-length");
        }

        @Override
        public void close() {
            live.forEach(EventStream::close);
            hub.close();
        }
    }

    private static List<String> run(boolean privately, boolean publicly, String... headers) {
        try (Seat seat = new Seat(headers)) {
            return seat.run(privately, publicly);
        }
    }

    private static String bearer(Token token) {
        return "Authorization: Bearer " + token.sign();
    }

    @Test
    void SUB18_anOutsiderCannotTellThatThereArePrivateUpdates() {
        List<String> without = run(false, true);
        List<String> with = run(true, true);
        for (int i = 0; i < without.size(); i++) {
            assertEquals(without.get(i), with.get(i));
        }
        assertEquals(without.size(), with.size());
        assertTrue(without.stream().anyMatch(s -> s.contains("public 40")), without.toString());
    }

    @Test
    void SUB18_aTokenForOtherTopicsTellsNoMore() {
        String other = bearer(Token.v1().publish("*").subscribe(BASE + "other", "public"));
        assertEquals(String.join("\n", run(false, true, other)), String.join("\n", run(true, true, other)));
    }

    @Test
    void SUB18_aHubWithNothingButPrivateUpdatesLooksEmpty() {
        assertEquals(String.join("\n", run(false, false)), String.join("\n", run(true, false)));
    }

    @Test
    void REC06_anEmptyCursorIsEarliestWhileNothingWasPublishedThatTheCallerMaySee() {
        try (MercureHub hub = MercureHub.with()) {
            for (int i = 0; i < 3; i++) {
                assertEquals("earliest", hub.subscribe("match=a&last_event_id=").header("Mercure-Last-Event-ID"));
                hub.publishedPrivately("a", "secret " + i);
            }
            WireResponse granted = hub.subscribe("match=a&last_event_id=", bearer(Token.v1().subscribe("a")));
            assertNotEquals("earliest", granted.header("Mercure-Last-Event-ID"));
            hub.published("a", "public");
            assertNotEquals("earliest",
                hub.subscribe("match=a&last_event_id=").header("Mercure-Last-Event-ID"));
        }
    }

    @Test
    void SUB18_SUBA01_whoIsGrantedSeesTheDifference() {
        String all = bearer(Token.v1().subscribe("*"));
        List<String> with = run(true, true, all);
        assertNotEquals(run(false, true, all), with);
        assertTrue(with.stream().filter(s -> s.contains("data=private,")).count() > 10, with.toString());
        assertTrue(with.stream().anyMatch(s -> s.contains("by-setting")));
    }

    @Test
    void REC04_rightsThatShrankShrinkTheHistory() {
        try (MercureHub hub = MercureHub.with()) {
            String cursor = hub.published(BASE + "1", "0");
            hub.publishedPrivately(BASE + "1", "secret");
            hub.published(BASE + "1", "public");
            String today = bearer(Token.v1().subscribe(BASE + "2"));
            String then = bearer(Token.v1().subscribe(BASE + "1"));
            for (String query : List.of("topic=*&last_event_id=" + cursor, "topic=*&since=earliest",
                "topic=*&since=last=5", "topic=*&since=last")) {
                try (EventStream stream = hub.streamAt("/api/updates", query, today)) {
                    Dispatched event = MercureHub.next(stream);
                    event = event.data().equals("0") ? MercureHub.next(stream) : event;
                    assertEquals("public", event.data(), query);
                }
            }
            try (EventStream stream = hub.streamAt("/api/updates", "topic=*&last_event_id=" + cursor, then)) {
                stream.awaitData("secret", "public");
            }
            assertEquals(2, JsonParser.parseString(hub.ask("GET /api/events?topic=*\n" + today).text())
                .toString().split("\"data\"").length - 1);
            assertTrue(hub.ask("GET /api/events?topic=*\n" + then).text().contains("secret"));
        }
    }
}
