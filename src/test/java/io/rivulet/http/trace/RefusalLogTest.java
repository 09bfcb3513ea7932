package io.rivulet.http.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** What the log of refusals takes. */
class RefusalLogTest {

    @Test
    void refusalsAreLoggedAtABoundedRateAndTheRestIsCounted() {
        Instant[] now = {Instant.EPOCH.plusSeconds(1_000)};
        RefusalLog log = new RefusalLog((InstantSource) () -> now[0]);
        for (int i = 0; i < RefusalLog.LINES_MAX; i++) {
            assertEquals(0, log.admit());
        }
        assertEquals(-1, log.admit());
        assertEquals(-1, log.admit());
        now[0] = now[0].plusSeconds(60);
        assertEquals(2, log.admit());
        assertEquals(0, log.admit());
    }
}
