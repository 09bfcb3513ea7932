package io.rivulet.log;

import io.rivulet.auth.GrantedTopics;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Look-ups in a log that do not scan the history. Those with a {@link View} answer as if the events that it does not
 * show were not in the log. For the hub's reader threads and the committer only, because a look-up may wait for the
 * disk.
 */
public interface LogFinder {

    /** The earliest retained event with this publisher's id, of those that are public or of a granted topic. */
    default Optional<LogEntry> byId(String id, GrantedTopics privates) throws IOException {
        return byId(id, privates, false);
    }

    /** The same; {@code firsts}: only of events that had the id first, see {@code Event.repeatsId}. */
    Optional<LogEntry> byId(String id, GrantedTopics privates, boolean firsts) throws IOException;

    /**
     * Whether an event has this publisher's id, in the newest segments: in all unless history has terabytes.
     *
     * @param privates whether private events count, too
     */
    boolean hasId(String id, boolean privates) throws IOException;

    /** The entry whose receipt has this key, of the newest segments: of all unless history has terabytes. */
    Optional<LogEntry> byKey(Digest key) throws IOException;

    /**
     * The entry of the newest publish of this producer that fits, of the newest segments: of all unless history has
     * terabytes. Of a segment with very many of its publishes the last few hundred are looked at.
     */
    Optional<LogEntry> byProducer(Digest producer, Predicate<ProducerMark> fits) throws IOException;

    /**
     * The newest entry that ends this topic or asks for its end; empty where neither is retained. Ask
     * {@link LocalLog#mayBeMarked} first: that costs next to nothing.
     */
    Optional<LogEntry> mark(String topic) throws IOException;

    /**
     * The position after which all events of {@code timeMs} or later come; {@code head} when there is none. Events that
     * a clock dated into the future count as written no later than what comes after them.
     */
    long beforeTime(long timeMs) throws IOException;

    /** The position after which exactly {@code n} events of the view come, or {@code first - 1} with fewer of them. */
    long beforeNewest(View view, int n) throws IOException;

    /** Bytes that {@link #newestOfEach} brings into memory at most, unless one event is larger. */
    int NEWEST_BYTES_MAX = 1 << 20;

    /**
     * The newest event of each topic asked for, of those the view shows, ascending; of at most {@code topicsMax} topics
     * and {@link #NEWEST_BYTES_MAX} bytes, the latest of them.
     */
    List<LogEntry> newestOfEach(View view, int topicsMax) throws IOException;

    /** How many events the view shows. */
    long count(View view) throws IOException;

    /** The names of topics that come after this one, ascending, private ones as well; at most so many. */
    List<String> topics(String after, int limit) throws IOException;

    /**
     * Reads forward as {@link LocalLog#read}, but passes over events that are out of date. An event is out of date when
     * each of its topics that was asked for has a newer event that the view shows, anywhere in the log. An event of
     * which this cannot be told with little memory is read as well.
     *
     * @return as of {@link LocalLog#read}: every event of {@code from..examinedTo} that is not out of date is there
     * @throws IOException when stored bytes cannot be read or do not match their checksum
     */
    LogChunk readNewest(long after, long upTo, View view, int bytesMax) throws IOException;

    /**
     * Whether retention took an event after {@code after} that the view may have shown and that was the newest of one
     * of its topics: {@link #readNewest} can no longer make up for that. At worst true where it need not be.
     */
    boolean newestTrimmed(long after, View view) throws IOException;

    /** The nonce of the commit that holds this position, or of the store for 0; empty when it is not retained. */
    OptionalLong nonceAt(long position) throws IOException;

    /** Whether the log could stand at {@code position} while {@code epoch} was in force. No I/O. */
    boolean epochReaches(int epoch, long position);

    /**
     * The greatest trimmed position whose event the view may have shown, 0 for none: at or above it a cursor is still
     * exact. The answer is too great where more topics were trimmed than are remembered, and never too small.
     */
    long lastTrimmed(View view);
}
