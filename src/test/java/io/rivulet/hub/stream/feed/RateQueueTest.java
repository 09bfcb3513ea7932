package io.rivulet.hub.stream.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.resume.Pace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** At most {@code rate * t} and one batch in any {@code t} seconds, and not much less where there is enough to send. */
class RateQueueTest {

    private static final long MS = 1_000_000;

    @Test
    void aBatchIsATenthOfASecondsEvents() {
        for (int[] rateAndBatch : new int[][] {{1, 1}, {9, 1}, {10, 1}, {20, 2}, {500, 50}, {10_000, 1_000}}) {
            assertEquals(rateAndBatch[1], new RateQueue.Rate(rateAndBatch[0], 0).room(5));
        }
    }

    @Test
    void silenceEarnsNoMoreThanABatch() {
        RateQueue.Rate rate = new RateQueue.Rate(20, 0);
        rate.sent(2, 0);
        assertEquals(0, rate.room(49 * MS));
        assertEquals(1, rate.room(50 * MS));
        assertEquals(2, rate.room(100 * MS));
        assertEquals(2, rate.room(100_000 * MS));
    }

    @Test
    void theNextEventComesWhenThoseBeforeItAreEarned() {
        RateQueue.Rate rate = new RateQueue.Rate(4, 0);
        rate.sent(1, 1_000 * MS);
        assertEquals(1_250 * MS, rate.nextNs(1_000 * MS));
        assertEquals(0, rate.room(1_249 * MS));
        assertEquals(1, rate.room(1_250 * MS));
    }

    /** A topic stands in a pass once, so a pause between two passes keeps the rate of each topic. */
    @Test
    void ofEachTopicThereIsAPauseBetweenTwoPassesAndNoneWithinOne() {
        RateQueue.Rate rate = new RateQueue.Rate(0, 4);
        assertTrue(rate.mayBegin(0));
        assertEquals(Integer.MAX_VALUE, rate.room(0));
        rate.sent(1_000, 1_000 * MS);
        rate.sent(1_000, 1_100 * MS); // a slow socket: the pass ends now
        assertEquals(1_100 * MS, rate.nextNs(1_100 * MS), "nobody has asked for another pass");
        assertFalse(rate.mayBegin(1_349 * MS));
        assertEquals(1_350 * MS, rate.nextNs(1_200 * MS));
        assertTrue(rate.mayBegin(1_350 * MS));
        assertEquals(1_360 * MS, rate.nextNs(1_355 * MS));
    }

    @Test
    void bothRatesAreKept() {
        RateQueue.Rate rate = new RateQueue.Rate(20, 4);
        assertTrue(rate.mayBeLive(1, 0));
        assertFalse(rate.mayBeLive(2, 0), "two of them may be of one topic");
        rate.sent(1, 0);
        assertEquals(1, rate.room(MS));
        assertFalse(rate.mayBeLive(1, 249 * MS));
        assertTrue(rate.mayBeLive(1, 250 * MS));
        assertFalse(new RateQueue.Rate(1, 0).mayBeLive(2, 0));
        assertTrue(new RateQueue.Rate(20, 0).mayBeLive(2, 0));
    }

    @Test
    void whoeverSendsWhenItMayKeepsTheRateOverAnyTime() {
        Random random = new Random(7);
        for (int perSecond : new int[] {1, 3, 20, 99, 500, 10_000}) {
            int batch = Math.max(1, perSecond / 10);
            RateQueue.Rate rate = new RateQueue.Rate(perSecond, 0);
            List<long[]> sent = new ArrayList<>();
            long nowNs = random.nextLong() / 4; // a ticker begins anywhere
            long startNs = nowNs;
            int all = 0;
            while (sent.size() < 300) {
                int room = rate.room(nowNs);
                assertTrue(room >= 0 && room <= batch, room + " at a rate of " + perSecond);
                if (room > 0) {
                    int n = 1 + random.nextInt(room);
                    rate.sent(n, nowNs);
                    all += n;
                    sent.add(new long[] {nowNs, n});
                } else {
                    assertTrue(rate.nextNs(nowNs) > nowNs, "it would be asked again and again");
                    nowNs = Math.max(nowNs, rate.nextNs(nowNs)) + random.nextInt(1_000);
                }
            }
            for (int from = 0; from < sent.size(); from++) {
                int sum = 0;
                for (int to = from; to < sent.size(); to++) {
                    sum += (int) sent.get(to)[1];
                    double seconds = (sent.get(to)[0] - sent.get(from)[0]) / 1e9;
                    assertTrue(sum <= perSecond * seconds + batch + 1e-6,
                        sum + " in " + seconds + " s at " + perSecond);
                }
            }
            assertTrue(all > 0.85 * perSecond * (nowNs - startNs) / 1e9,
                all + " is less than " + perSecond + " a second");
        }
    }

    @Test
    void whoHasARateConflates() {
        assertTrue(new Pace(false, 1, 0).conflates());
        assertTrue(new Pace(false, 0, 1).conflates());
        assertFalse(Pace.EVERYTHING.conflates());
        for (int wrong : new int[] {-1, Pace.RATE_MAX + 1}) {
            assertThrows(IllegalArgumentException.class, () -> new Pace(true, wrong, 0));
        }
    }
}
