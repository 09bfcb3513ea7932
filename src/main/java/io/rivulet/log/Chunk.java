package io.rivulet.log;

import java.util.List;

/**
 * A stretch of a segment, decoded: whole blocks, shared by all readers that need it. Immutable.
 *
 * @param entries gapless, ascending, at least one
 * @param end     the offset in the file after its last block
 * @param weight  bytes it takes in memory, about
 */
record Chunk(List<LogEntry> entries, int end, long weight) {

    long first() {
        return entries.get(0).position();
    }

    long last() {
        return first() + entries.size() - 1;
    }

    LogEntry at(long position) {
        return entries.get((int) (position - first()));
    }
}
