package io.rivulet.log;

import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Look-ups in a log that do not scan the history. The hub's reader threads and the committer only. */
public interface LogFinder {

    /** The earliest retained event with this publisher's id. */
    OptionalLong byId(String id) throws IOException;

    /** The entry whose receipt has this key. */
    Optional<LogEntry> byKey(Digest key) throws IOException;

    /** The position after which all events of {@code timeMs} or later come; {@code head} when there is none. */
    long beforeTime(long timeMs) throws IOException;

    /** The position after which exactly {@code n} matching events come, or {@code first - 1} when there are fewer. */
    long beforeNewest(TopicSelection topics, int n) throws IOException;

    /** What {@link #newestOfEach} brings into memory at most, unless one event is larger. */
    int NEWEST_BYTES_MAX = 1 << 20;

    /**
     * The newest event of each matching topic, ascending; of at most {@code topicsMax} topics and
     * {@link #NEWEST_BYTES_MAX} bytes, the latest of them.
     */
    List<LogEntry> newestOfEach(TopicSelection topics, int topicsMax) throws IOException;

    /** The nonce of the commit that holds this position, or of the store for 0; empty when it is not retained. */
    OptionalLong nonceAt(long position) throws IOException;

    /** Whether a place after {@code position} durable events could be reached in {@code epoch}. No I/O. */
    boolean epochReaches(int epoch, long position);

    /** The greatest trimmed position whose event may match, 0 for none: at or above it a cursor is still exact. */
    long lastTrimmed(TopicSelection topics);
}
