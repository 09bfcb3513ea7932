package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicSelection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Caps on streams refuse one more at their limit, and every count comes back to zero. */
class StreamCapsTest {

    private final Metrics metrics = new Metrics();

    private StreamCaps caps(String... settings) {
        return new StreamCaps(Settings.with(settings), metrics);
    }

    private static SubscribeRequest request(Grant grant, String peer) {
        return new SubscribeRequest(TopicSelection.ofTopics(List.of("news")), grant, null, Since.LATEST,
            Duration.ofSeconds(15), false, HubScene.PLAIN, peer);
    }

    private static Grant named(String subject) {
        return HubScene.grant(subject, GrantedTopics.NONE);
    }

    private static String refusal(Reason reason, StreamCaps caps, SubscribeRequest request) {
        Refused refused = assertThrows(Refused.class, () -> caps.enter(request));
        assertEquals(reason, refused.reason());
        return refused.getMessage();
    }

    @Test
    void theTotalIsTheHubsAndTheRefusalNamesCountCapAndSetting() {
        StreamCaps caps = caps("connections.max", "2");
        caps.enter(request(Grant.DEV, "127.0.0.1"));
        caps.enter(request(named("ann"), "192.0.2.1"));
        assertEquals("there are 2 of at most 2 streams open (rivulet.connections.max)",
            refusal(Reason.OVERLOADED, caps, request(Grant.ANONYMOUS, "192.0.2.2")));
        caps.totalMax(1);
        assertEquals("there are 2 of at most 1 streams open (rivulet.connections.max)",
            refusal(Reason.OVERLOADED, caps, request(Grant.ANONYMOUS, "192.0.2.2")));
        assertEquals(2, metrics.get(Count.STREAMS_REFUSED_TOTAL));
        caps.leave(request(named("ann"), "192.0.2.1"));
        caps.totalMax(0);
        caps.enter(request(Grant.ANONYMOUS, "192.0.2.2"));
        assertEquals(2, caps.total());
    }

    @Test
    void anAddressHasItsOwnAndOthersAreNotTouched() {
        StreamCaps caps = caps("connections.address.max", "2");
        caps.enter(request(Grant.ANONYMOUS, "192.0.2.1"));
        caps.enter(request(named("ann"), "::ffff:192.0.2.1"));
        String told = refusal(Reason.TOO_MANY_STREAMS, caps, request(Grant.DEV, "192.0.2.1"));
        assertEquals("the caller's address has 2 of at most 2 streams open (rivulet.connections.address.max)", told);
        caps.enter(request(Grant.ANONYMOUS, "192.0.2.2"));
        caps.enter(request(Grant.ANONYMOUS, "no address"));
        caps.enter(request(Grant.ANONYMOUS, null));
        assertEquals(1, metrics.get(Count.STREAMS_REFUSED_ADDRESS));
        caps.leave(request(Grant.ANONYMOUS, "192.0.2.1"));
        caps.enter(request(Grant.ANONYMOUS, "192.0.2.1"));
    }

    /** A customer has a whole /64 and could take another address of it for each stream. */
    @Test
    void ofIpv6ANetworkCountsAsOneAddress() {
        StreamCaps caps = caps("connections.address.max", "1");
        caps.enter(request(Grant.ANONYMOUS, "2001:db8:0:1::1"));
        assertTrue(refusal(Reason.TOO_MANY_STREAMS, caps, request(Grant.ANONYMOUS, "[2001:db8:0:1:f:f:f:f]"))
            .startsWith("the caller's /64 network has 1 of at most 1 streams"));
        caps.enter(request(Grant.ANONYMOUS, "2001:db8:0:2::1"));
    }

    @Test
    void aSubjectIsOneOfItsIssuer() {
        StreamCaps caps = caps("connections.subject.max", "1");
        caps.enter(request(named("ann"), "192.0.2.1"));
        assertEquals("the caller's subject has 1 of at most 1 streams open (rivulet.connections.subject.max)",
            refusal(Reason.TOO_MANY_STREAMS, caps, request(named("ann"), "192.0.2.2")));
        assertEquals(1, metrics.get(Count.STREAMS_REFUSED_SUBJECT));
        caps.enter(request(named("bob"), "192.0.2.1"));
        caps.enter(request(Grant.of("https://other", "ann", GrantedTopics.NONE, GrantedTopics.NONE, false),
            "192.0.2.1"));
    }

    @Test
    void whoeverIsNobodyByNameHasNoSubject() {
        StreamCaps caps = caps("connections.subject.max", "1");
        Grant shared = new Grant("https://issuer", "token-4711", "4711", GrantedTopics.NONE, GrantedTopics.NONE,
            List.of(), false, Grant.NEVER, true);
        for (Grant grant : List.of(Grant.ANONYMOUS, Grant.DEV, Grant.INTERNAL, shared)) {
            caps.enter(request(grant, "192.0.2.1"));
            caps.enter(request(grant, "192.0.2.1"));
        }
        assertEquals(8, caps.total());
        assertEquals(0, caps.remembered());
    }

    @Test
    void aStreamThatOneCapRefusesIsCountedAtNone() {
        StreamCaps caps = caps("connections.max", "3", "connections.address.max", "2", "connections.subject.max", "1");
        caps.enter(request(named("ann"), "192.0.2.1"));
        for (int i = 0; i < 5; i++) {
            refusal(Reason.TOO_MANY_STREAMS, caps, request(named("ann"), "192.0.2.2"));
        }
        assertEquals(1, caps.total());
        assertEquals(2, caps.remembered());
        caps.enter(request(named("bob"), "192.0.2.2"));
        caps.enter(request(named("eve"), "192.0.2.2"));
        caps.leave(request(named("ann"), "192.0.2.1"));
        caps.leave(request(named("bob"), "192.0.2.2"));
        caps.leave(request(named("eve"), "192.0.2.2"));
        assertEquals(0, caps.total());
        assertEquals(0, caps.remembered(), "of those who left nothing is kept");
    }

    /** Eight threads open and close for two subjects at two addresses; the truth is counted beside. */
    @Test
    void theCountsAreExactWhenManyOpenAndCloseAtOnce() throws Exception {
        int[] max = {5, 4, 3};
        StreamCaps caps = caps("connections.max", "5", "connections.address.max", "4", "connections.subject.max", "3");
        AtomicInteger open = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Integer>> answers = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int seed = t;
            Callable<Integer> work = () -> {
                Random random = new Random(seed);
                int entered = 0;
                for (int i = 0; i < 20_000; i++) {
                    SubscribeRequest request = request(named("s" + random.nextInt(2)), "192.0.2." + random.nextInt(2));
                    try {
                        caps.enter(request);
                    } catch (Refused e) {
                        continue;
                    }
                    assertTrue(open.incrementAndGet() <= max[0], "more than the cap");
                    entered++;
                    open.decrementAndGet();
                    caps.leave(request);
                }
                return entered;
            };
            answers.add(threads.submit(work));
        }
        long entered = 0;
        for (Future<Integer> answer : answers) {
            entered += answer.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();
        long refused = metrics.get(Count.STREAMS_REFUSED_TOTAL) + metrics.get(Count.STREAMS_REFUSED_ADDRESS)
            + metrics.get(Count.STREAMS_REFUSED_SUBJECT);
        assertEquals(8 * 20_000, entered + refused);
        assertEquals(0, caps.total());
        assertEquals(0, caps.remembered());
    }

    /** One holds all but one place; of two who take turns at the last one none is refused while it is free. */
    @Test
    void aPlaceThatIsFreeIsGivenHoweverManyAreRefusedMeanwhile() throws Exception {
        StreamCaps caps = caps("connections.max", "10", "connections.subject.max", "1");
        SubscribeRequest greedy = request(named("greedy"), "192.0.2.1");
        caps.enter(greedy);
        for (int i = 0; i < 8; i++) {
            caps.enter(request(Grant.ANONYMOUS, "192.0.2.1"));
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<?> asking = threads.submit(() -> {
            for (int i = 0; i < 100_000; i++) {
                assertThrows(Refused.class, () -> caps.enter(greedy));
            }
        });
        Future<?> honest = threads.submit(() -> {
            SubscribeRequest one = request(named("honest"), "192.0.2.2");
            while (!asking.isDone()) {
                caps.enter(one); // throws when it is refused
                caps.leave(one);
            }
        });
        asking.get(60, TimeUnit.SECONDS);
        honest.get(60, TimeUnit.SECONDS);
        threads.shutdown();
    }
}
