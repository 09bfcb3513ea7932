package io.rivulet.http.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Stub;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever is refused again and again does not fill the disk with lines. */
class RefusalLogTest {

    /** Kept, for the library holds loggers weakly. */
    private static final Logger LOGGER = Logger.getLogger(RefusalLog.class.getName());

    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is open
        }
    };
    private final HttpServletRequest request = Stub.of(HttpServletRequest.class,
        (method, arguments) -> method.equals("getRequestURI") ? "/x" : null);
    private Instant now = Instant.parse("2026-11-23T05:06:07Z");
    private final RefusalLog log = new RefusalLog(() -> now);

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
        LOGGER.setUseParentHandlers(false);
    }

    @AfterEach
    void listenNoMore() {
        LOGGER.removeHandler(handler);
        LOGGER.setUseParentHandlers(true);
    }

    @Test
    void refusalsAndFaultsTogetherHaveSixtyLinesAMinute() {
        Refused refused = Refused.because(Refused.Reason.STORE_FAILED, "on purpose", new IllegalStateException("x"));
        for (int i = 0; i < 500; i++) {
            log.add(refused, request);
            log.fault(new IllegalStateException("on purpose"), request);
        }
        assertEquals(60, lines.size());
        now = now.plusSeconds(60);
        log.add(refused, request);
        assertEquals(62, lines.size());
        assertTrue(lines.get(60).contains("more refusals were not logged"), lines.get(60));
    }
}
