package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What is remembered has a bound. */
class BoundedCacheTest {

    private final BoundedCache<Integer> cache = new BoundedCache<>(10_000, value -> 0);

    @Test
    void whatIsAskedForStaysAndWhatIsNotGoes() {
        cache.put("asked", 1);
        cache.put("not asked", 2);
        for (int i = 0; i < 1_000; i++) {
            cache.put("t" + i, i);
            assertEquals(1, cache.get("asked"));
            assertTrue(cache.size() <= 230, cache.size() + " entries");
        }
        assertNull(cache.get("not asked"));
        assertEquals(999, cache.get("t999"));
    }

    @Test
    void longTextsCountForMore() {
        for (int i = 0; i < 100; i++) {
            cache.put("t" + i + "x".repeat(2_000), i);
            assertTrue(cache.size() <= 12, cache.size() + " entries");
        }
    }

    @Test
    void theSameTextCountsOnce() {
        cache.put("stays", 0);
        for (int i = 0; i < 1_000; i++) {
            cache.put("again", i);
        }
        assertEquals(0, cache.get("stays"));
    }

    @Test
    void aValueThatIsReplacedByAHeavierOneCountsForMore() {
        BoundedCache<Integer> weighed = new BoundedCache<>(10_000, Integer::longValue);
        weighed.put("a", 0);
        weighed.put("b", 0);
        weighed.put("a", 2_000);
        weighed.grown(8_000); // the young generation is full, and "b" not asked for in the next one either
        weighed.grown(10_001);
        assertNull(weighed.get("b"));
    }

    @Test
    void oneThatWouldPushOutAllOthersIsNotRemembered() {
        BoundedCache<Integer> weighed = new BoundedCache<>(10_000, Integer::longValue);
        weighed.put("small", 100);
        weighed.put("large", 5_000);
        assertNull(weighed.get("large"));
        assertEquals(100, weighed.get("small"));
    }

    /** A burst fills the cache, and nobody comes who would fill it again. */
    @Test
    void whatNobodyAsksForIsForgottenInTime() {
        cache.put("asked", 1);
        for (int i = 0; i < 60; i++) {
            cache.put("t" + i, i);
        }
        for (int i = 0; i < 2; i++) {
            cache.age();
            assertEquals(1, cache.get("asked"));
        }
        cache.age();
        assertTrue(cache.size() <= 2, cache.size() + " entries");
        assertEquals(1, cache.get("asked"));
    }

    @Test
    void littleIsKeptHoweverOldItIs() {
        cache.put("little", 1);
        for (int i = 0; i < 10; i++) {
            cache.age();
        }
        assertEquals(1, cache.get("little"));
    }
}
