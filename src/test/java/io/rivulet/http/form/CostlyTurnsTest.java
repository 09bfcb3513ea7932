package io.rivulet.http.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.http.subscribe.MatcherParameters;
import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests whose patterns cost much: how many are read at a time, and how many wait for it. */
class CostlyTurnsTest {

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger gaveWay = new AtomicInteger();
    private final CostlyTurns turns = new CostlyTurns(2, now::get, () -> 0, gaveWay::incrementAndGet);
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** A request in a thread of its own: it works until the test lets it go. */
    private void begin(String peer) {
        begin(() -> turns.take(peer, this::work));
    }

    private void begin(Runnable request) {
        Thread thread = new Thread(request);
        threads.add(thread);
        thread.start();
    }

    private int work() {
        most.accumulateAndGet(working.incrementAndGet(), Math::max);
        Await.until("the test lets it go", () -> go.getCount() == 0);
        return working.decrementAndGet();
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    private void awaitInside(int all) {
        Await.until(all + " work or wait", () -> threads.stream().filter(CostlyTurnsTest::waits).count() == all
            && working.get() == Math.min(all, 2));
    }

    private void assertRefused(String peer, String why) {
        Refused refused = assertThrows(Refused.class, () -> turns.take(peer, () -> "never"));
        assertEquals(Refused.Reason.OVERLOADED, refused.reason());
        assertEquals(why, refused.getMessage());
    }

    @Test
    void twoWorkAtATimeAndSixteenWorkOrWait() throws InterruptedException {
        for (int i = 0; i < 16; i++) {
            begin("192.0.2." + i);
        }
        awaitInside(16);
        assertRefused("192.0.2.99", "16 of at most 16 requests with many or long patterns are being read; come again");
        end();
        assertEquals(2, most.get());
        assertEquals("done", turns.take("192.0.2.99", () -> "done"));
    }

    @Test
    void oneAddressHasFourOfThem() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            begin("192.0.2.1");
        }
        awaitInside(4);
        assertRefused("192.0.2.1",
            "4 of at most 4 requests of this address with many or long patterns are being read; come again");
        begin("192.0.2.2");
        end();
        assertEquals("done", turns.take("192.0.2.1", () -> "done"));
    }

    @Test
    void theLastFourAreForAddressesThatHaveNone() throws InterruptedException {
        for (int i = 0; i < 12; i++) {
            begin("192.0.2." + i % 4);
        }
        awaitInside(12);
        assertRefused("192.0.2.1",
            "12 of at most 16 requests with many or long patterns are being read; the others are for addresses that "
            + "have none; come again");
        begin("192.0.2.99");
        awaitInside(13);
        end();
        assertEquals("done", turns.take("192.0.2.1", () -> "done"));
    }

    @Test
    void halfOfTheProcessorsWorkAtATime() throws InterruptedException {
        int half = Math.max(1, Math.min(16, Runtime.getRuntime().availableProcessors() / 2));
        CostlyTurns own = new CostlyTurns();
        for (int i = 0; i < 16; i++) {
            String peer = "192.0.2." + i;
            begin(() -> own.take(peer, this::work));
        }
        Await.until("all work or wait", () -> working.get() == half && threads.stream().filter(CostlyTurnsTest::waits)
            .count() == 16);
        end();
        assertEquals(half, most.get());
    }

    /** What one rests is the least time that passes: no clock makes that shorter. */
    @Test
    void whoKeptOthersWaitingRestsBeforeTheNextOneWorksAndNotForLong() {
        AtomicLong worked = new AtomicLong();
        CostlyTurns few = new CostlyTurns(1, now::get, worked::get, gaveWay::incrementAndGet);
        long beganNs = System.nanoTime();
        few.take("192.0.2.1", () -> now.addAndGet(60_000_000_000L) + worked.addAndGet(30_000_000_000L));
        long restedNs = System.nanoTime() - beganNs;
        assertTrue(restedNs > 150_000_000L, "it rested for " + restedNs + " ns");
        assertTrue(restedNs < 20_000_000_000L, "it rested for " + restedNs + " ns");
    }

    @Test
    void doorsTakeATurnForFivePatternsOrForMoreThanAThousandCharacters() throws InterruptedException {
        MatcherParameters parameters = new MatcherParameters(Door.topics(Settings.with()), turns, Settings.with());
        String four = "match_urlpattern=/:a/b&topic=jobs/{id}&topic=quotes/*&topic=urlpattern:/c&topic=news";
        String thousand = "topic=" + "n".repeat(1_000);
        for (int i = 0; i < 16; i++) {
            begin("192.0.2." + i);
        }
        awaitInside(16);
        for (String cheap : List.of(four, thousand)) {
            parameters.selectionOrDefault(fields(cheap), "192.0.2.99");
        }
        for (String costly : List.of(four + "&topic=more/*", thousand + "&topic=" + "m".repeat(25))) {
            assertThrows(Refused.class, () -> parameters.selectionOrDefault(fields(costly), "192.0.2.99"), costly);
        }
        end();
        parameters.selectionOrDefault(fields(four + "&topic=more/*"), "192.0.2.99");
    }

    @Test
    void whatStandsBehindThePatternThatIsTooMuchIsNotCompiled() {
        MatcherParameters parameters = new MatcherParameters(Door.topics(Settings.with()), turns, Settings.with());
        String heavy = IntStream.range(0, 60).mapToObj(i -> "topic=t" + i + "/{a:1000}&").collect(Collectors.joining());
        Refused refused = assertThrows(Refused.class,
            () -> parameters.selectionOrDefault(fields(heavy + "topic=urlpattern:("), "192.0.2.1"));
        assertTrue(refused.getMessage().contains("together they may take 524288"), refused.getMessage());
    }

    /** Else a live event, which several threads hand on, waits for the end of a share of the processor at each. */
    @Test
    void theThreadGivesWayAfterEachPattern() {
        MatcherParameters parameters = new MatcherParameters(Door.topics(Settings.with()), turns, Settings.with());
        String three = "topic=a&topic=b/{id}&match_urlpattern=/:c&topic=d&topic=e/{f}";
        parameters.selectionOrDefault(fields(three), "192.0.2.1");
        assertEquals(3, gaveWay.get());
    }

    private static FormFields fields(String form) {
        return FormDecoder.decode(form.getBytes(), 100);
    }

    @Test
    void workThatFailsGivesItsTurnBack() {
        for (int i = 0; i < 20; i++) {
            assertThrows(IllegalStateException.class, () -> turns.take("192.0.2.1", () -> {
                throw new IllegalStateException("made by the test");
            }));
        }
    }
}
