package io.rivulet.refusal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * How a thread that others depend on tells of a fault and lives on. The hub's own threads use it, each on itself. Where
 * memory is what is missing, there may be none to write the log with, so nothing that is thrown here leaves.
 *
 * <p>A stranger may find a way to cause a fault again and again, each with its stack trace. So of each kind there are
 * at most {@link #LINES_MAX} lines a minute.
 */
public final class FaultLog {

    static final int LINES_MAX = 60;

    /** By the text: texts are constants of the code, so there are few. */
    private static final Map<String, LineBudget> KINDS = new ConcurrentHashMap<>();

    private FaultLog() {
    }

    /** Logs the failure as an error, if that is possible; {@code text} has one place for {@code name}. */
    public static void tell(Logger log, String text, Object name, Throwable failure) {
        try {
            long untold = KINDS.computeIfAbsent(text, t -> new LineBudget(LINES_MAX, FaultLog::millis)).admit();
            if (untold > 0) {
                log.error("{} more such faults were not logged: {}", untold, text);
            }
            if (untold >= 0) {
                log.error(text, name, failure);
            }
        } catch (RuntimeException | Error again) {
            // whatever is wrong with the log, the thread has other work
        }
    }

    private static long millis() {
        return System.nanoTime() / 1_000_000;
    }
}
