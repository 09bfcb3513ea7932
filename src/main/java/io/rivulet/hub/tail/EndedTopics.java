package io.rivulet.hub.tail;

import io.rivulet.event.EventFrame;
import io.rivulet.heap.HeapBytes;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogWork;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The topics that have ended, and those whose end was asked for. The committer adds, and asks before it takes an event;
 * shards, doors and readers ask. Any thread.
 *
 * <p>Of durable topics the log knows: a set in memory tells of most topics that they have not ended, and the indexes of
 * the segments tell the rest. Of transient topics the newest marks are kept here. When a mark is gone, with its segment
 * or from this memory, the topic is as if it had never been.
 *
 * <p>Publishers of a topic that has ended may try again and again. So the committer keeps what it found last, and asks
 * the disk once.
 */
public final class EndedTopics {

    private static final int TOPICS_MAX = 10_000;
    private static final int FOUND_MAX = 1_000;
    /** Bytes of the marks of transient topics, and again of those that were found last. */
    private static final long BYTES_MAX = 4 << 20;
    private static final int MARK_BYTES = HeapBytes.ORDERED_ENTRY + HeapBytes.object(4, 1)
        + HeapBytes.object(0, 2 * Long.BYTES) + 200; // two ids

    private final LocalLog log;
    private final Listener listener;
    private final Marks transients = new Marks(TOPICS_MAX);
    private volatile boolean hasTransients;
    /** Of durable topics, as the committer found them; the committer alone. */
    private final Marks found = new Marks(FOUND_MAX);

    /** Those of this log; of transient topics none. {@code listener} hears of each mark. */
    public EndedTopics(LocalLog log, Listener listener) {
        this.log = log;
        this.listener = listener;
    }

    /** Is told by the committer that a topic was marked; must not block. */
    public interface Listener {
        /** It has ended, or its end was asked for. */
        void marked(String topic, boolean hasEnded);
    }

    /** Marks by topic, the oldest first, within a bound. */
    private static final class Marks {
        private final int max;
        private final Map<String, TopicMark> byTopic = new LinkedHashMap<>();
        private long bytes;

        Marks(int max) {
            this.max = max;
        }

        TopicMark get(String topic) {
            return byTopic.get(topic);
        }

        void put(String topic, TopicMark mark) {
            remove(topic);
            byTopic.put(topic, mark);
            bytes += weight(topic);
            while (byTopic.size() > max || bytes > BYTES_MAX && byTopic.size() > 1) {
                remove(byTopic.keySet().iterator().next());
            }
        }

        void remove(String topic) {
            if (byTopic.remove(topic) != null) {
                bytes -= weight(topic);
            }
        }

        private static long weight(String topic) {
            return MARK_BYTES + HeapBytes.string(topic);
        }
    }

    /** Whether there is none at all: then no topic need be asked for. */
    public boolean isEmpty() {
        return !hasTransients && !log.hasMarks();
    }

    /** Whether this topic may have ended or may be asked to: false is certain. Without the disk. */
    public boolean mayBeMarked(String topic) {
        return hasTransients && ofTransients(topic) != null || log.mayBeMarked(topic);
    }

    private TopicMark ofTransients(String topic) {
        synchronized (transients) {
            return transients.get(topic);
        }
    }

    /** The mark of this topic, or null. Asks the disk where {@link #mayBeMarked} says so: reader threads. */
    public TopicMark find(String topic, LogWork work) throws IOException {
        TopicMark here = hasTransients ? ofTransients(topic) : null;
        if (!log.mayBeMarked(topic)) {
            return here;
        }
        Optional<LogEntry> entry = log.find(work).mark(topic);
        return TopicMark.stronger(here, entry.map(e -> TopicMark.of(e, log.seal())).orElse(null));
    }

    /** The same for the committer, which asks once for a topic that others publish to again and again. */
    public TopicMark findToPublish(String topic) throws IOException {
        TopicMark known = found.get(topic);
        if (known != null && known.place().durable() >= log.range().first()) {
            return known;
        }
        TopicMark mark = find(topic, LogWork.UNBOUNDED);
        if (mark != null && mark.place().transients() == 0) {
            found.put(topic, mark);
        } else {
            found.remove(topic);
        }
        return mark;
    }

    /**
     * An event that marks its topic is about to be shown; the committer. Before any shard sees it: whoever sees it and
     * asks finds the mark.
     */
    public void showing(EventFrame frame) {
        String topic = frame.topics().get(0);
        if (frame.isTransient()) {
            synchronized (transients) {
                transients.put(topic, TopicMark.of(frame));
            }
            hasTransients = true;
        }
        found.remove(topic); // the log knows it by now
        listener.marked(topic, frame.end() != null);
    }
}
