package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Two requests for history with eighty patterns, each of which costs thousands of steps at each of many topic names:
 * they would take a minute of both processors. Everybody else is answered meanwhile.
 */
@OnEveryContainer
class ReadersIT {

    private static final int TOPICS = 20_000;
    private static final int BATCH = 1_000;
    private static final int ATTACKERS = 2;
    private static final String PATTERNS = IntStream.range(300, 380).mapToObj(n -> "match_urlpattern="
        + Publisher.encode("/:a((?:.?){" + n + "}!)")).collect(Collectors.joining("&"));

    private final Container container;

    ReadersIT(Container container) {
        this.container = container;
    }

    @Test
    void strangersAreAnsweredWhileHostilePatternsAreTriedOnTheWholeHistory() throws IOException {
        List<WireClient> hostile = new ArrayList<>();
        try (Server server = Server.in(container).set("publish.rate", "0").start().awaitOpen();
             Publisher publisher = Publisher.to(server)) {
            fill(publisher);
            for (int i = 0; i < ATTACKERS; i++) {
                hostile.add(WireClient.to(server).send(get("/api/events?since=earliest&" + PATTERNS)));
            }
            Await.until("all of them are looked up", () -> trying() == ATTACKERS);

            assertEquals(200, WireClient.exchange(server, get("/api/events?topic=order/7&limit=1")).status());
            try (EventStream stream = EventStream.to(server).topic("order/8").since("earliest").open()) {
                stream.awaitHello();
                assertEquals("8", stream.awaitEvent().data());
            }
        } finally {
            hostile.forEach(WireClient::close);
        }
    }

    /** The patterns would be tried for half a minute yet, which is how long a request waits. */
    @Test
    void whatACallerAskedForIsNotLookedUpAnyMoreWhenHeHasLeft() throws IOException {
        List<WireClient> hostile = new ArrayList<>();
        try (Server server = Server.in(container).set("publish.rate", "0").start().awaitOpen();
             Publisher publisher = Publisher.to(server)) {
            fill(publisher);
            hostile.add(WireClient.to(server).send(get("/api/events?since=earliest&" + PATTERNS)));
            hostile.add(WireClient.to(server).send(get("/api/events?since=earliest&" + PATTERNS)
                .replace("Connection: close\r\n", "")));
            Await.until("both are looked up", () -> trying() == ATTACKERS);

            hostile.forEach(WireClient::close);
            Await.until("nobody looks up what nobody waits for", () -> trying() == 0);
            assertEquals(200, WireClient.exchange(server, get("/api/events?topic=order/7&limit=1")).status());
        } finally {
            hostile.forEach(WireClient::close);
        }
    }

    private static long trying() {
        return HubThreads.alive().stream().filter(ReadersIT::triesPatterns).count();
    }

    private static void fill(Publisher publisher) throws IOException {
        for (int from = 0; from < TOPICS; from += BATCH) {
            Publisher.accepted(publisher.post("", "application/json", batch(from)));
        }
    }

    private static boolean triesPatterns(Thread thread) {
        return thread.getName().startsWith("rivulet-read-") && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals("io.rivulet.log.index.TopicFilter"));
    }

    private static String batch(int from) {
        return IntStream.range(from, from + BATCH)
            .mapToObj(i -> "{\"topic\":\"order/" + i + "\",\"data\":\"" + i + "\"}")
            .collect(Collectors.joining(",", "[", "]"));
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    }
}
