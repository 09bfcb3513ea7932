package io.rivulet.http.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Logged;
import io.rivulet.kit.Stub;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whoever is refused again and again does not fill the disk with lines. */
class RefusalLogTest {

    private final HttpServletRequest request = Stub.of(HttpServletRequest.class,
        (method, arguments) -> method.equals("getRequestURI") ? "/x" : null);
    private Instant now = Instant.parse("2026-11-23T05:06:07Z");
    private final RefusalLog log = new RefusalLog(() -> now);

    @Test
    void refusalsAndFaultsTogetherHaveSixtyLinesAMinute() {
        Refused refused = Refused.because(Refused.Reason.STORE_FAILED, "on purpose", new IllegalStateException("x"));
        try (Logged logged = new Logged(RefusalLog.class)) {
            for (int i = 0; i < 500; i++) {
                log.add(refused, request);
                log.fault(new IllegalStateException("on purpose"), request);
            }
            assertEquals(60, logged.texts().size());
            now = now.plusSeconds(60);
            log.add(refused, request);
            assertEquals(62, logged.texts().size());
            assertTrue(logged.texts().get(60).contains("more refusals were not logged"), logged.texts().get(60));
        }
    }
}
