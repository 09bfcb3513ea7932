package io.rivulet.boot.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a crowd that comes at once is let through evenly, in a time of the test's own. */
class AcceptPaceTest {

    private static final long MS = 1_000_000;

    private final List<Integer> through = new ArrayList<>();
    private long now = Long.MAX_VALUE - 50 * MS; // a ticker may overflow
    private final AcceptPace<Integer> pace = new AcceptPace<>(1_000, () -> now, through::add);

    private void come(int from, int to) {
        for (int i = from; i < to; i++) {
            pace.came(i);
        }
    }

    @Test
    void aFewGoThroughAtOnce() {
        for (int i = 0; i < 100; i++) {
            assertTrue(pace.came(i));
            now += MS;
        }
        come(100, 200);
        assertEquals(200, through.size(), "a tenth of a second's worth at once");
    }

    @Test
    void aCrowdGoesThroughEvenlyAndInItsOrder() {
        come(0, 5_000);
        int first = through.size();
        assertTrue(first >= 100 && first <= 101, "at once " + first);
        for (int i = 1; i <= 4_900; i++) {
            now += MS;
            boolean all = pace.goOn();
            assertEquals(Math.min(5_000, first + i), through.size());
            assertEquals(through.size() == 5_000, all);
        }
        for (int i = 0; i < 5_000; i++) {
            assertEquals(i, through.get(i));
        }
    }

    @Test
    void aPauseIsNotSavedUp() {
        come(0, 100);
        now += 60_000 * MS;
        come(100, 1_000);
        assertTrue(through.size() <= 202, "at once " + through.size());
        assertFalse(pace.goOn());
    }

    @Test
    void thoseWhoStillWaitAtTheEndAreGivenBack() {
        come(0, 150);
        List<Integer> back = new ArrayList<>();
        int gone = through.size();
        pace.drain(back::add);
        assertEquals(150, gone + back.size());
        assertTrue(pace.goOn());
    }
}
