package io.rivulet.hub.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.kit.Await;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How fast a subject may publish: timelines, told in nanoseconds of the test's own. */
class PublishRatesTest {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final Grant ANN = grant("ann");

    private final Metrics metrics = new Metrics();
    /** Close to where a nanosecond clock turns negative. */
    private long nowNs = Long.MAX_VALUE - SECOND / 2;

    private PublishRates rates(int rate, int burst) {
        return new PublishRates(Settings.with("publish.rate", "" + rate, "publish.burst", "" + burst), () -> nowNs,
            metrics);
    }

    private static Grant grant(String subject) {
        return Grant.of("https://issuer", subject, GrantedTopics.ALL, GrantedTopics.ALL, false);
    }

    private static Refused refused(Reason reason, Runnable publish) {
        Refused refused = assertThrows(Refused.class, publish::run);
        assertEquals(reason, refused.reason());
        return refused;
    }

    @Test
    void anotherRateCountsAtOnceAlsoForThoseWhoHaveNothingLeft() {
        Settings settings = Settings.with("publish.rate", "1", "publish.burst", "1");
        PublishRates rates = new PublishRates(settings, () -> nowNs, metrics);
        rates.take(ANN, 1);
        refused(Reason.RATE_LIMITED, () -> rates.take(ANN, 1));
        settings.change(Settings.with("publish.rate", "1000", "publish.burst", "1001"));
        rates.take(ANN, 1);
        settings.change(Settings.with("publish.rate", "0"));
        rates.take(ANN, 1_000_000);
    }

    @Test
    void aBurstFitsAtOnceAndThenOneForEachTokenThatComes() {
        PublishRates rates = rates(10, 3);
        for (int i = 0; i < 3; i++) {
            rates.take(ANN, 1);
        }
        for (int i = 0; i < 5; i++) {
            Refused refused = refused(Reason.RATE_LIMITED, () -> rates.take(ANN, 1));
            assertEquals("this subject may publish 10 events a second (rivulet.publish.rate), 3 at once "
                + "(rivulet.publish.burst), and has; one fits in 100 ms", refused.getMessage());
            assertEquals(1, refused.retryAfterS());
            nowNs += 100 * MS - 1;
            assertTrue(refused(Reason.RATE_LIMITED, () -> rates.take(ANN, 1)).getMessage().endsWith("in 1 ms"));
            nowNs++;
            rates.take(ANN, 1);
        }
        assertEquals(10, metrics.get(Count.RATE_LIMITED));
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,1", "1,60,1,1", "1,60,2,2", "1,60,60,60", "2,60,5,3", "10,100,100,10", "1000,1000,1000,1"})
    void retryAfterIsTheWholeSecondsUntilAllOfTheRequestFits(int rate, int burst, int events, int seconds) {
        PublishRates rates = rates(rate, burst);
        rates.take(ANN, burst);
        assertEquals(seconds, refused(Reason.RATE_LIMITED, () -> rates.take(ANN, events)).retryAfterS());
        nowNs += seconds * SECOND;
        rates.take(ANN, events);
    }

    @Test
    void aBatchIsTakenAsAWholeOrNotAtAll() {
        PublishRates rates = rates(10, 5);
        rates.take(ANN, 3);
        refused(Reason.RATE_LIMITED, () -> rates.take(ANN, 3));
        rates.take(ANN, 2);
        refused(Reason.RATE_LIMITED, () -> rates.take(ANN, 1));
    }

    @Test
    void aBatchThatWouldNeverFitIsTooLargeHoweverLongOneWaits() {
        PublishRates rates = rates(10, 5);
        assertEquals("the batch holds 6 events; one subject may publish at most 5 at once (rivulet.publish.burst)",
            refused(Reason.TOO_LARGE, () -> rates.take(ANN, 6)).getMessage());
        rates.take(ANN, 5);
    }

    /** A hundred topics are the work of a hundred events, in the index and in each shard. */
    @Test
    void anEventCountsOnceForEachOfItsTopics() {
        PublishRates rates = rates(10, 5);
        rates.take(ANN, List.of(event(3), event(1)));
        assertEquals("2 fit in 100 ms", refused(Reason.RATE_LIMITED, () -> rates.take(ANN, List.of(event(2))))
            .getMessage().replaceAll(".*; ", ""));
        rates.take(ANN, List.of(event(1)));
        assertEquals("the batch holds 2 events, which count as 6, once for each topic; one subject may publish at most "
            + "5 at once (rivulet.publish.burst)",
            refused(Reason.TOO_LARGE, () -> rates.take(ANN, List.of(event(3), event(3)))).getMessage());
    }

    @Test
    void oneEventFitsIntoAFullBucketHoweverManyTopicsItHas() {
        PublishRates rates = rates(10, 5);
        rates.take(ANN, List.of(event(100)));
        refused(Reason.RATE_LIMITED, () -> rates.take(ANN, List.of(event(1))));
        nowNs += SECOND / 2;
        rates.take(ANN, List.of(event(100)));
    }

    private static Event event(int topics) {
        Event.Builder event = Event.on("t0").data("x");
        for (int i = 1; i < topics; i++) {
            event.topic("t" + i);
        }
        return event.build();
    }

    @Test
    void withoutABurstOfItsOwnItIsThoseOfASecond() {
        PublishRates rates = rates(7, 0);
        rates.take(ANN, 7);
        refused(Reason.RATE_LIMITED, () -> rates.take(ANN, 1));
    }

    /** Tokens are whole: a rate that does not divide a second must not cost one of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 999, 10_000, 999_999, 1_000_000})
    void overLongTheRateIsKeptAndTheBurstIsWhole(int rate) {
        PublishRates rates = rates(rate, 9);
        long taken = 0;
        int steps = 30;
        for (int i = 0; i <= steps; i++) {
            for (boolean more = true; more;) {
                try {
                    rates.take(ANN, 1);
                    taken++;
                } catch (Refused e) {
                    more = false;
                }
            }
            nowNs += 9 * SECOND / 10 / rate; // less than the bucket holds, so none of the tokens is lost
        }
        double came = steps * 9.0 / 10;
        assertTrue(taken <= 9 + came && taken >= 9 + came * 0.998 - 1, taken + " of " + (9 + came));
    }

    @Test
    void askingBeforehandTakesNothing() {
        PublishRates rates = rates(10, 1);
        rates.check(ANN);
        rates.check(ANN);
        rates.take(ANN, 1);
        assertEquals(1, refused(Reason.RATE_LIMITED, () -> rates.check(ANN)).retryAfterS());
        nowNs += 100 * MS;
        rates.check(ANN);
    }

    @Test
    void everybodyHasABucketOfTheirOwnButTheHubItselfAndThisMachine() {
        PublishRates rates = rates(1, 1);
        rates.take(ANN, 1);
        rates.take(grant("bob"), 1);
        rates.take(Grant.of("https://other", "ann", GrantedTopics.ALL, GrantedTopics.ALL, false), 1);
        refused(Reason.RATE_LIMITED, () -> rates.take(ANN, 1));
        for (int i = 0; i < 10; i++) {
            rates.take(Grant.INTERNAL, 100);
            rates.take(Grant.DEV, 100);
        }
        for (int i = 0; i < 10; i++) {
            rates(0, 0).take(ANN, 100);
        }
        assertEquals(3, rates.remembered());
    }

    @Test
    void whoIsAtRestIsForgotten() {
        PublishRates rates = rates(1, 1);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 1_000; i++) {
                rates.take(grant("of round " + round + " " + i), 1);
            }
            nowNs += SECOND;
        }
        assertTrue(rates.remembered() <= 2_000, rates.remembered() + " are remembered");
    }

    @Test
    void whenMorePublishThanCanBeRememberedNewcomersWait() {
        PublishRates rates = rates(1, 2);
        rates.take(ANN, 1);
        for (int i = 1; i < 65_536; i++) {
            rates.take(grant("s" + i), 1);
        }
        refused(Reason.OVERLOADED, () -> rates.take(grant("newcomer"), 1));
        rates.take(ANN, 1);
        refused(Reason.RATE_LIMITED, () -> rates.take(ANN, 1));
        nowNs += SECOND;
        rates.take(grant("newcomer"), 1);
        assertEquals(2, rates.remembered(), "ann and the newcomer");
    }

    @Test
    void ofManyAtOnceExactlyTheBurstFits() throws Exception {
        PublishRates rates = rates(1_000, 1_000);
        AtomicInteger taken = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            all.add(threads.submit(() -> {
                for (int i = 0; i < 500; i++) {
                    try {
                        rates.take(ANN, 1);
                        taken.incrementAndGet();
                    } catch (Refused e) {
                        // the burst is over
                    }
                }
            }));
        }
        for (Future<?> one : all) {
            one.get(20, TimeUnit.SECONDS);
        }
        threads.shutdown();
        assertEquals(1_000, taken.get());
    }

    /** At the hub's door, whatever the door: one that is refused leaves nothing, and a repetition counts. */
    @Test
    void theHubPublishesAllOfItOrNothing(@TempDir Path folder) throws Exception {
        try (HubScene scene = new HubScene(folder, "publish.rate", "1", "publish.burst", "3")) {
            // nothing is waited for here: the clock is the hub's own
            CompletableFuture<List<String>> first = scene.hub.publish(new Publication(events(1), ANN, "key"));
            CompletableFuture<List<String>> again = scene.hub.publish(new Publication(events(1), ANN, "key"));
            refused(Reason.RATE_LIMITED, () -> scene.hub.publish(new Publication(events(2), ANN, null)));
            refused(Reason.TOO_LARGE, () -> scene.hub.publish(new Publication(events(4), ANN, null)));
            refused(Reason.MALFORMED, () -> scene.hub.publish(new Publication(List.of(), ANN, null)));
            CompletableFuture<List<String>> last = scene.hub.publish(new Publication(events(1), ANN, null));
            refused(Reason.RATE_LIMITED, () -> scene.hub.publish(new Publication(events(1), ANN, null)));
            refused(Reason.RATE_LIMITED, () -> scene.hub.checkRate(ANN));
            assertEquals(first.get(), again.get());
            assertNotEquals(first.get(), last.get());
            assertEquals(2, scene.log.range().head());
            for (int i = 0; i < 20; i++) {
                scene.publish("news", "of the hub's own code");
            }
            assertEquals(22, scene.log.range().head());
            Await.until("a token has come", () -> {
                try {
                    scene.hub.publish(new Publication(events(1), ANN, null));
                    return true;
                } catch (Refused e) {
                    return false;
                }
            });
        }
    }

    private static List<Event> events(int n) {
        return Collections.nCopies(n, Event.on("news").data("x").build());
    }
}
