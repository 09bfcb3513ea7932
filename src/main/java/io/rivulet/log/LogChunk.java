package io.rivulet.log;

import java.util.List;

/**
 * The result of one read. Invariant: every matching event of {@code from..examinedTo} is in {@code entries}, ascending.
 *
 * @param from       the first position looked at; {@code after + 1} unless retention was faster
 * @param examinedTo the last position looked at; at least {@code from} unless there was nothing to look at
 * @param entries    what matched
 */
public record LogChunk(long from, long examinedTo, List<LogEntry> entries) {
}
