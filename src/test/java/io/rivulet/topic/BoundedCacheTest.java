package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What is remembered has a bound. */
class BoundedCacheTest {

    private final BoundedCache<Integer> cache = new BoundedCache<>(6_600);

    @Test
    void whatIsAskedForStaysAndWhatIsNotGoes() {
        cache.put("asked", 1);
        cache.put("not asked", 2);
        for (int i = 0; i < 1_000; i++) {
            cache.put("t" + i, i);
            assertEquals(1, cache.get("asked"));
            assertTrue(cache.size() <= 202, cache.size() + " entries");
        }
        assertNull(cache.get("not asked"));
        assertEquals(999, cache.get("t999"));
    }

    @Test
    void longTextsCountForMore() {
        for (int i = 0; i < 100; i++) {
            cache.put("t" + i + "x".repeat(3_000), i);
            assertTrue(cache.size() <= 6, cache.size() + " entries");
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
}
