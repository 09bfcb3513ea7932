package io.rivulet.kit;

import io.rivulet.refusal.FaultLog;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** While it is open, each warning or error logged below a name throws an Error, as when memory is missing for it. */
public final class Unloggable extends Handler implements AutoCloseable {

    private final Logger logger;
    private final AtomicInteger refused = new AtomicInteger();

    /** For what is logged below this name. */
    public Unloggable(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(this);
        forgetEarlierFaults();
    }

    /** Other tests have caused faults of the same kind in this minute, and the log takes only so many of them. */
    private static void forgetEarlierFaults() {
        try {
            Field kinds = FaultLog.class.getDeclaredField("KINDS");
            kinds.setAccessible(true);
            ((Map<?, ?>) kinds.get(null)).clear();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the log of faults has changed: KINDS", e);
        }
    }

    /** How often it threw. */
    public int refused() {
        return refused.get();
    }

    @Override
    public void publish(LogRecord message) {
        if (message.getLevel().intValue() >= Level.WARNING.intValue()) {
            refused.incrementAndGet();
            throw new OutOfMemoryError("made by the test");
        }
    }

    @Override
    public void flush() {
        // nothing is kept
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
