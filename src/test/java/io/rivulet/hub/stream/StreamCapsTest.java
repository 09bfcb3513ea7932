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
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
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
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Caps on streams refuse one more at their limit, and every count comes back to zero. */
class StreamCapsTest {

    private final Metrics metrics = new Metrics();

    private StreamCaps caps(String... settings) {
        return new StreamCaps(Settings.with(settings), metrics);
    }

    private static SubscribeRequest request(Grant grant, String peer) {
        return request(TopicSelection.ofTopics(List.of("news")), grant, peer);
    }

    private static SubscribeRequest request(TopicSelection topics, Grant grant, String peer) {
        return new SubscribeRequest(topics, grant, null, Since.LATEST,
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
        caps.totalMax(1, 16);
        assertEquals("there are 2 of at most 1 streams open (rivulet.connections.max)",
            refusal(Reason.OVERLOADED, caps, request(Grant.ANONYMOUS, "192.0.2.2")));
        assertEquals(2, metrics.get(Count.STREAMS_REFUSED_TOTAL));
        caps.leave(request(named("ann"), "192.0.2.1"));
        caps.totalMax(0, 16);
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

    // ---- what a stream weighs

    private final TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure");

    private TopicSelection templates(String user, int n, String template) {
        return TopicSelection.of(IntStream.range(0, n)
            .mapToObj(i -> space.selector(user + '/' + i + '/' + template)).toList());
    }

    /** How many of these are let in, one after the other. */
    private static int admitted(StreamCaps caps, int tries, IntFunction<SubscribeRequest> make) {
        int in = 0;
        for (int i = 0; i < tries; i++) {
            try {
                caps.enter(make.apply(i));
                in++;
            } catch (Refused e) {
                assertTrue(e.getMessage().contains("rivulet.connections.max"), e.getMessage());
            }
        }
        return in;
    }

    /** With the streams of a heap of 512 MB on Jetty: these took 180 times the 16 KiB that they were counted with. */
    @Test
    void oneAddressWithStreamsOfLargePatternsGetsASixteenthOfTheMemory() {
        StreamCaps caps = caps("connections.max", "16384");
        int in = admitted(caps, 60, i -> request(templates("t" + i, 33, "{a:1000}"), Grant.ANONYMOUS, "192.0.2.1"));
        assertTrue(in >= 5 && in <= 35, in + " streams of half a megabyte");
        assertTrue(caps.kib() <= 16_384 * 16 / 16, () -> caps.kib() + " KiB");
        admitted(caps, 1, i -> request(templates("other", 33, "{a:1000}"), Grant.ANONYMOUS, "192.0.2.2"));
        assertEquals(in + 1, caps.total(), "another address has its own part");
        caps.enter(request(Grant.ANONYMOUS, "192.0.2.1"));
        assertEquals(in + 2, caps.total(), "a stream that weighs nothing is let in all the same");
    }

    @Test
    void thousandsOfWordsWeighWhatTheyTakeInTheIndexes() {
        String words = IntStream.range(0, 800).mapToObj(i -> "w" + i).collect(Collectors.joining("/", "/", "/*"));
        StreamCaps caps = caps("connections.max", "16384");
        int in = admitted(caps, 40, i -> request(TopicSelection.of(IntStream.range(0, 4)
            .mapToObj(n -> new TopicSpaceOfOne().pattern("/s" + i + "n" + n + words)).toList()), Grant.ANONYMOUS,
            "192.0.2.1"));
        long kib = caps.kib() / in;
        assertTrue(kib > 40 && kib < 200, kib + " KiB for four patterns of 4,000 characters");
    }

    /** A matcher that no cache holds. */
    private static final class TopicSpaceOfOne {
        TopicMatcher pattern(String text) {
            return TopicSpace.of("https://hub.example/.well-known/mercure").urlPattern(text);
        }
    }

    @Test
    void anHonestStreamOfAHundredTopicsOrTemplatesIsLetInManyTimesOver() {
        StreamCaps caps = caps("connections.max", "16384");
        String topic = "x".repeat(90);
        assertEquals(200, admitted(caps, 200, i -> request(TopicSelection.ofTopics(IntStream.range(0, 100)
            .mapToObj(n -> topic + i + '/' + n).toList()), Grant.ANONYMOUS, "192.0.2.1")));
        StreamCaps others = caps("connections.max", "16384");
        assertTrue(admitted(others, 60, i -> request(templates("users/" + i, 100, "{x}"), Grant.ANONYMOUS,
            "192.0.2.1")) >= 50, others.kib() + " KiB");
    }

    /** The page of an application asks the same for all its visitors, and behind a proxy they have one address. */
    @Test
    void whatManyStreamsShareWeighsOnceAndUntilTheLastOfThemHasLeft() {
        StreamCaps caps = caps("connections.max", "16384");
        TopicSelection page = templates("page", 50, "{x}");
        SubscribeRequest visitor = request(page, Grant.ANONYMOUS, "192.0.2.1");
        caps.enter(visitor);
        long once = caps.kib();
        assertTrue(once > 10, once + " KiB");
        for (int i = 0; i < 5_000; i++) {
            caps.enter(visitor);
        }
        assertTrue(caps.kib() <= once + 5_000, () -> caps.kib() + " KiB");
        for (int i = 0; i < 5_000; i++) {
            caps.leave(visitor);
        }
        assertEquals(once, caps.kib());
        caps.leave(visitor);
        assertEquals(0, caps.kib());
        assertEquals(0, caps.remembered());
    }

    @Test
    void aHeavyStreamTakesSeveralPlacesAndTheRefusalSaysHowManyAndGivesBackExactlyThese() {
        StreamCaps caps = caps("connections.max", "40");
        SubscribeRequest heavy = request(templates("t", 33, "{a:1000}"), Grant.ANONYMOUS, "192.0.2.1");
        String told = refusal(Reason.OVERLOADED, caps, heavy);
        assertTrue(told.matches("for what it asks for and may see this stream counts as \\d\\d, and 0 of at most 40 "
            + "are taken \\(rivulet.connections.max\\)"), told);
        caps.totalMax(400, 16);
        caps.enter(heavy);
        assertEquals(1, caps.total());
        caps.totalMax(40, 16);
        assertTrue(refusal(Reason.OVERLOADED, caps, request(Grant.ANONYMOUS, "192.0.2.2"))
            .contains("this stream counts as 1, and "), "an ordinary one hears that the places are taken");
        caps.leave(heavy);
        assertEquals(0, caps.kib());
        assertEquals(0, caps.total());
        assertEquals(0, caps.remembered());
    }

    @Test
    void theGrantOfAStreamWeighsAsWellAndASubjectHasASixteenth() {
        StreamCaps caps = caps("connections.max", "1600", "connections.subject.max", "0");
        int in = admitted(caps, 100, i -> request(TopicSelection.ofTopics(List.of("news")), HubScene.grant("ann",
            GrantedTopics.of(templates("t" + i, 3, "{a:1000}").matchers())), "192.0.2." + i));
        assertTrue(in > 10 && in < 50, in + " streams of a token with three large patterns");
        assertEquals(100 - in, metrics.get(Count.STREAMS_REFUSED_SUBJECT));
        admitted(caps, 1, i -> request(named("ann"), "192.0.2.1"));
        assertEquals(in + 1, caps.total());
    }

    private Grant heavy(String subject, int words) {
        return HubScene.grant(subject, GrantedTopics.of(templates(subject, words, "{a:1000}").matchers()));
    }

    /** A fresh token may grant far more than the one that the stream opened with. */
    @Test
    void aRenewedGrantIsCountedForWhatItWeighsAndItsForerunnerNoMore() {
        StreamCaps caps = caps("connections.max", "400");
        Grant light = named("ann");
        SubscribeRequest request = request(light, "192.0.2.1");
        caps.enter(request);
        Grant one = heavy("ann", 20);
        caps.renew(request, light, one);
        assertEquals(one.weight() >> 10, caps.kib());
        Grant other = heavy("ann", 30);
        caps.renew(request, one, other);
        assertEquals(other.weight() >> 10, caps.kib());
        Refused refused = assertThrows(Refused.class, () -> caps.renew(request, other, heavy("ann", 90)));
        assertEquals(Reason.TOO_MANY_STREAMS, refused.reason());
        assertTrue(refused.getMessage().contains("(rivulet.connections.max)"), refused.getMessage());
        assertEquals(other.weight() >> 10, caps.kib(), "it goes on under the one that it has");
        caps.renew(request, other, light);
        assertEquals(0, caps.kib());
        caps.renew(request, light, one);
        caps.leave(request, one);
        assertEquals(0, caps.kib());
        assertEquals(0, caps.total());
        assertEquals(0, caps.remembered());
    }
}
