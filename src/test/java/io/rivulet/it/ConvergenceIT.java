package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.Offer;
import io.rivulet.kit.OnEveryOffer;
import io.rivulet.kit.Protocol;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.StreamRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Several publish at once while others connect, stall, break off at any byte and come back: in the end each has exactly
 * its events, in the one order that all others have, none missing and none twice. What is in memory only may be missing
 * where, and only where, the client was told. {@code -Dseed=…} repeats a run.
 */
@OnEveryOffer
class ConvergenceIT {

    private static final List<String> DURABLE = List.of("d0", "d1", "d2", "d3", "d4", "d5");
    private static final List<String> TRANSIENT = List.of("mem/0", "mem/1");
    private static final int PUBLISHERS = 4;
    private static final int SUBSCRIBERS = 20;
    /** Without HTTP/2 and TLS; with them a tenth. */
    private static final int EVENTS = Integer.getInteger("convergence.events", 6_000);
    private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("convergence.seconds", 15));

    /** What one subscriber is and asked for. */
    private record Member(Set<String> topics, boolean fromStart, EventStream stream) {
        boolean wants(List<String> of) {
            return topics.contains("*") || of.stream().anyMatch(topics::contains);
        }
    }

    private final Offer offer;
    private final int events;
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, List<String>> topicsOf = new ConcurrentHashMap<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    private final List<Member> members = new ArrayList<>();
    private volatile boolean over;

    ConvergenceIT(Offer offer) {
        this.offer = offer;
        this.events = offer.protocol() == Protocol.HTTP ? EVENTS : EVENTS / 10;
    }

    @Test
    void everySubscriberEndsWithExactlyItsEventsInOneOrder() throws Exception {
        System.out.println("convergence on " + offer + ", seed " + seed);
        try (Server server = Server.in(offer).set("transient.topics", "mem/*").set("ring.bytes", "192k")
            .set("backlog.events", "8").sendBuffer(4_096).start();
             EventStream reference = EventStream.to(server).topic("*").open()) {
            reference.awaitHello();
            Random random = new Random(seed);
            for (int i = 0; i < SUBSCRIBERS; i++) {
                members.add(member(server, random, false));
                members.get(i).stream().awaitHello();
            }
            publishAndDisturb(server, reference, random);
            try (Publisher publisher = Publisher.to(server)) {
                Publisher.accepted(publisher.form("type", "end", "topic", "end", "data", "end"));
            }
            awaitEnd(reference);
            members.forEach(m -> awaitEnd(m.stream()));
            assertEquals(List.of(), failures);
            check(reference);
            Inside inside = Inside.of(server);
            System.out.println("  " + acknowledged.size() + " events; " + inside.counts());
            for (String path : List.of("delivered_live", "delivered_ring", "delivered_log", "fell_behind")) {
                assertTrue(inside.count(path) > 0, path + " was never taken; seed " + seed);
            }
        } finally {
            members.forEach(m -> m.stream().close());
        }
    }

    private Member member(Server server, Random random, boolean late) throws IOException {
        Set<String> topics = new HashSet<>();
        StreamRequest request = EventStream.to(server)
            .receiveBuffer(offer.protocol().isTls() ? 20_000 : 2_048); // a record of TLS is read as a whole
        if (random.nextInt(4) == 0) {
            topics.add("*");
        }
        for (int n = random.nextInt(4); n >= 0; n--) {
            List<String> from = random.nextInt(4) == 0 ? TRANSIENT : DURABLE;
            topics.add(from.get(random.nextInt(from.size())));
        }
        topics.add("end");
        topics.forEach(request::topic);
        if (late) {
            request.since("earliest");
        }
        return new Member(topics, late, request.open());
    }

    private void publishAndDisturb(Server server, EventStream reference, Random random) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < PUBLISHERS; p++) {
            int number = p;
            threads.add(new Thread(() -> publish(server, reference, number), "test-publisher-" + p));
        }
        threads.forEach(Thread::start);
        long endNs = System.nanoTime() + LIMIT.toNanos();
        while (threads.stream().anyMatch(Thread::isAlive)) {
            Member member = members.get(random.nextInt(members.size()));
            if (members.size() < SUBSCRIBERS + 6 && random.nextInt(40) == 0) {
                members.add(member(server, random, true));
            }
            disturb(member.stream(), random);
            Await.pass(Duration.ofMillis(random.nextInt(12)));
            over |= System.nanoTime() - endNs > 0;
        }
        for (Member member : members) {
            member.stream().resume();
            member.stream().reconnect();
        }
    }

    private static void disturb(EventStream stream, Random random) throws IOException {
        if (stream.isEnded()) {
            stream.reconnect(random.nextInt(3) == 0 ? Long.MAX_VALUE : 1 + random.nextInt(60_000));
            return;
        }
        switch (random.nextInt(8)) {
            case 0 -> stream.cut();
            case 1, 2, 3 -> stream.stall();
            case 4 -> stream.reconnect(1 + random.nextInt(4_000));
            default -> stream.resume();
        }
    }

    private void publish(Server server, EventStream reference, int number) {
        Random random = new Random(seed + 1 + number);
        try (Publisher publisher = Publisher.to(server)) {
            for (int i = 0; !over && sent.incrementAndGet() <= events; i++) {
                List<String> from = random.nextInt(3) == 0 ? TRANSIENT : DURABLE;
                List<String> topics = new ArrayList<>(List.of(from.get(random.nextInt(from.size()))));
                if (random.nextInt(10) == 0) {
                    topics.add(from.get(random.nextInt(from.size())));
                }
                String name = number + "/" + i;
                topicsOf.put(name, topics);
                List<String> form = new ArrayList<>(List.of("data", name + " " + "x".repeat(random.nextInt(1_500))));
                topics.forEach(t -> form.addAll(List.of("topic", t)));
                acknowledged.put(name, Publisher.accepted(publisher.form(form.toArray(String[]::new))));
                // the reference must not lag itself: it is the measure of what is in memory only, too
                Await.until("the reference keeps up", LIMIT.multipliedBy(2),
                    () -> over || sent.get() - reference.size() <= 60);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failures.add(e);
        }
    }

    private void awaitEnd(EventStream stream) {
        try {
            stream.awaitType("end");
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private void check(EventStream reference) {
        assertEquals(List.of(), reference.hubEvents("gap"), "the reference lagged; seed " + seed);
        List<Dispatched> order = ours(reference);
        Map<String, String> seen = new HashMap<>();
        for (Dispatched event : order) {
            if (!event.type().equals("end")) {
                assertEquals(null, seen.put(name(event), event.id()), name(event) + " came twice; seed " + seed);
            }
        }
        assertEquals(acknowledged, seen, "what was acknowledged is what was seen; seed " + seed);
        for (int i = 0; i < members.size(); i++) {
            check(order, members.get(i), "subscriber " + i + " of " + members.get(i).topics() + ", seed " + seed);
        }
    }

    private void check(List<Dispatched> order, Member member, String who) {
        boolean told = member.stream().hubEvents("hello").stream().anyMatch(h -> h.data().contains("\"transient\""))
            || !member.stream().hubEvents("gap").isEmpty() || member.fromStart();
        for (Dispatched gap : member.stream().hubEvents("gap")) {
            assertTrue(JsonParser.parseString(gap.data()).getAsJsonObject().get("transient").getAsBoolean(),
                who + " has a gap in what is durable: " + gap);
        }
        for (Dispatched hello : member.stream().hubEvents("hello")) {
            assertTrue(hello.data().matches(".*\"resumed\":\"(live|exact)\".*"), who + ": " + hello);
        }
        List<String> expected = new ArrayList<>();
        List<String> expectedDurable = new ArrayList<>();
        for (Dispatched event : order) {
            if (event.type().equals("end") || member.wants(topicsOf.get(name(event)))) {
                expected.add(event.id());
                if (isDurable(event)) {
                    expectedDurable.add(event.id());
                }
            }
        }
        List<String> actual = ours(member.stream()).stream().map(Dispatched::id).toList();
        if (!told) {
            assertSame(order, expected, actual, who + " was told of no loss");
            return;
        }
        assertSame(order, expectedDurable, ours(member.stream()).stream().filter(this::isDurable)
            .map(Dispatched::id).toList(), who);
        int at = 0;
        for (String id : expected) {
            at += at < actual.size() && actual.get(at).equals(id) ? 1 : 0;
        }
        assertEquals(actual.size(), at, who + " has events in another order or twice");
    }

    /** Says where two sequences part, and what was published there: thousands of ids say nothing to a reader. */
    private void assertSame(List<Dispatched> order, List<String> expected, List<String> actual, String who) {
        if (expected.equals(actual)) {
            return;
        }
        Map<String, Dispatched> byId = new HashMap<>();
        order.forEach(event -> byId.put(event.id(), event));
        int same = 0;
        while (same < Math.min(expected.size(), actual.size()) && expected.get(same).equals(actual.get(same))) {
            same++;
        }
        List<String> missing = new ArrayList<>(expected);
        missing.removeAll(new HashSet<>(actual));
        throw new AssertionError(who + ": " + expected.size() + " events expected, " + actual.size()
            + " came; alike up to " + same + ", then " + around(expected, same, byId) + " expected and "
            + around(actual, same, byId) + " came; " + missing.size() + " are missing: " + around(missing, 0, byId));
    }

    private List<String> around(List<String> ids, int at, Map<String, Dispatched> byId) {
        return ids.subList(Math.min(at, ids.size()), Math.min(at + 8, ids.size())).stream().map(id -> {
            Dispatched event = byId.get(id);
            return event == null ? id : name(event) + " of " + topicsOf.get(name(event));
        }).toList();
    }

    /** Without those of the feeds, which run because somebody listens to everything. */
    private List<Dispatched> ours(EventStream stream) {
        return stream.events().stream().filter(e -> e.type().equals("end") || topicsOf.containsKey(name(e))).toList();
    }

    private boolean isDurable(Dispatched event) {
        return event.type().equals("end") || DURABLE.contains(topicsOf.get(name(event)).get(0));
    }

    private static String name(Dispatched event) {
        int blank = event.data().indexOf(' ');
        return blank < 0 ? event.data() : event.data().substring(0, blank);
    }
}
