package io.rivulet.log;

import java.util.ArrayList;
import java.util.List;

/**
 * A commit of an engine that several nodes share, as each of them copies it. Immutable.
 *
 * @param base    position of its first event
 * @param epoch   of the run of the node that made it
 * @param nonce   24 random bits that tell one history from another
 * @param timeMs  when, as the engine noted it; along the log it never falls
 * @param records its events, at least one
 */
public record LogCommit(long base, int epoch, int nonce, long timeMs, List<LogRecord> records) {

    /** The position of its last event. */
    public long last() {
        return base + records.size() - 1;
    }

    /** Its events at their positions. */
    public List<LogEntry> entries() {
        List<LogEntry> entries = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            LogRecord record = records.get(i);
            entries.add(new LogEntry(base + i, epoch, nonce, timeMs, record.event(), record.receipt(),
                record.producer()));
        }
        return entries;
    }
}
