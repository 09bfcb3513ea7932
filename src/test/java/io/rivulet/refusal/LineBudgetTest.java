package io.rivulet.refusal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log takes of what strangers cause. */
class LineBudgetTest {

    @Test
    void linesAreLoggedAtABoundedRateAndTheRestIsCounted() {
        AtomicLong nowMs = new AtomicLong(1_000_000);
        LineBudget lines = new LineBudget(3, nowMs::get);
        for (int i = 0; i < 3; i++) {
            assertEquals(0, lines.admit());
        }
        assertEquals(-1, lines.admit());
        assertEquals(-1, lines.admit());
        nowMs.addAndGet(60_000);
        assertEquals(2, lines.admit());
        assertEquals(0, lines.admit());
    }

    @Test
    void aClockThatWasPutBackDoesNotSilenceTheLog() {
        AtomicLong nowMs = new AtomicLong(10_000_000);
        LineBudget lines = new LineBudget(1, nowMs::get);
        assertEquals(0, lines.admit());
        nowMs.addAndGet(-5_000_000);
        assertEquals(0, lines.admit());
    }

    @Test
    void aFaultThatComesAgainAndAgainIsLoggedAFewTimes() {
        String name = "io.rivulet.test." + UUID.randomUUID();
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord message) {
                logged.add(message.getMessage());
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        Logger logger = Logger.getLogger(name);
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
        for (int i = 0; i < 1_000; i++) {
            FaultLog.tell(LoggerFactory.getLogger(name), "A thing of " + name + " failed: {}", i,
                new IllegalStateException("made by the test"));
        }
        assertEquals(60, logged.size());
        assertTrue(logged.get(0).contains("failed: 0"), logged.get(0));
    }
}
