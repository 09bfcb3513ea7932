package io.rivulet.hostile;

import static io.rivulet.hostile.Attacker.enc;

import io.rivulet.kit.Await;
import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Attacks by what the hub has to read, and by not reading what it answers. */
final class ReadingAttacks {

    private static final Map<String, String> STREAM = Map.of("Accept", "text/event-stream");
    private static final Duration SHORT_STAY = Duration.ofMillis(200);

    private ReadingAttacks() {
    }

    static List<Attack> all() {
        return List.of(
            new Attack("newest-of-all", me -> {
                String target = me.any("/api/events", "/api/updates") + "?topic=*&since=last";
                if (me.random().nextInt(3) == 0) {
                    me.ask("GET", target, STREAM, null);
                } else {
                    me.open(target, STREAM, me.random().nextBoolean());
                }
            }),
            new Attack("conflate-and-leave", ReadingAttacks::conflateAndLeave),
            new Attack("pages-unread", me -> me.open("/api/events?limit=1000&topic=" + me.any("big", "*"), Map.of(),
                false)),
            new Attack("slow-reader", me -> me.open("/api/updates?topic=*&since=" + me.any("earliest", "last=10000",
                "-1h", "latest"), STREAM, me.random().nextInt(3) > 0)),
            new Attack("last-of-many", me -> me.ask("GET", me.any("/api/events", "/api/updates") + "?since=last="
                + me.upTo(10_000) + "&topic=" + enc(me.any("order/{x}", "{+x}", "*", "honest/{x}")), STREAM, null)),
            new Attack("far-times", me -> me.ask("GET", me.any("/api/updates", "/api/events") + "?topic=a&since="
                + enc(me.any("+1000000000-01-01T00:00:00Z", "-1000000000-12-31T23:59:59Z", "-9223372036854775807d",
                    "-99999999999999999999s", "last=99999999999999999999", "last=-1", "+999999999-12-31T23:59:59Z",
                    "2026-11-29T15:00:00.999999999Z")), STREAM, null)));
    }

    /** A replay of everything, one event a topic, for somebody who has left when it begins. */
    private static void conflateAndLeave(Attacker me) throws IOException {
        WireClient connection = me.send("GET", "/api/updates?topic=*&conflate=topic&since=earliest", STREAM, null, 0);
        Await.pass(SHORT_STAY);
        connection.reset();
        me.count("left");
    }
}
