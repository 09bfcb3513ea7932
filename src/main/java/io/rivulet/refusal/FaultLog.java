package io.rivulet.refusal;

import org.slf4j.Logger;

/**
 * How a thread that others depend on tells of a fault and lives on. The hub's own threads use it, each on itself. Where
 * memory is what is missing, there may be none to write the log with, so nothing that is thrown here leaves.
 */
public final class FaultLog {

    private FaultLog() {
    }

    /** Logs the failure as an error, if that is possible; {@code text} has one place for {@code name}. */
    public static void tell(Logger log, String text, Object name, Throwable failure) {
        try {
            log.error(text, name, failure);
        } catch (RuntimeException | Error again) {
            // whatever is wrong with the log, the thread has other work
        }
    }

    /** The same work, for an executor that never calls again after a throw. */
    public static Runnable surviving(Logger log, String name, Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                tell(log, "{} failed once and goes on", name, e);
            }
        };
    }
}
