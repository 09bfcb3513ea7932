package io.rivulet.hub.resume;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.resume.TopicState.Seen;
import io.rivulet.hub.tail.EndedTopics;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TopicMark;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Finds what is known of topics: whether they are open, their first and last events, and how many there are. The hub
 * asks it for the doors; reader threads only, since it asks the log.
 *
 * <p>An answer is what a stream under the same rights could tell: private events, and private ends, are there for those
 * alone who may see them.
 */
public final class TopicStates {

    private static final int READ_BYTES = 1 << 20;

    private final LocalLog log;
    private final TailRing ring;
    private final TransientTopics transients;
    private final EndedTopics ended;

    /** Of this log, and of transient events in memory. */
    public TopicStates(LocalLog log, TailRing ring, TransientTopics transients, EndedTopics ended) {
        this.log = log;
        this.ring = ring;
        this.transients = transients;
        this.ended = ended;
    }

    /** The events of a topic that memory alone has. */
    private static final class InMemory {
        private Seen first;
        private Seen last;
        private long count;

        void add(EventFrame frame) {
            last = new Seen(frame.placeId(), frame.timeMs());
            first = first == null ? last : first;
            count++;
        }
    }

    /** Of one topic. */
    public TopicState state(String topic, Grant grant, LogWork work) throws IOException {
        return state(topic, grant, inMemory(View.of(TopicSelection.ofTopics(List.of(topic)), grant), work), work);
    }

    private TopicState state(String topic, Grant grant, Map<String, InMemory> inMemory, LogWork work)
        throws IOException {
        TopicSelection selection = TopicSelection.ofTopics(List.of(topic));
        View view = View.of(selection, grant);
        LogEntry oldest = first(view, work);
        List<LogEntry> newest = oldest == null ? List.of() : log.find(work).newestOfEach(view, 1);
        Seen first = oldest == null ? null : seen(oldest);
        Seen last = newest.isEmpty() ? first : seen(newest.get(0));
        long count = oldest == null ? 0 : log.find(work).count(view);
        InMemory more = inMemory.get(topic);
        if (more != null) {
            first = first == null ? more.first : first;
            last = more.last;
            count += more.count;
        }
        TopicMark mark = ended.find(topic, work);
        boolean isKnown = mark != null
            && (!mark.isPrivate() || View.covers(grant.subscribes(), List.of(topic), work));
        TopicEnd end = isKnown ? mark.end() : null;
        return new TopicState(topic, end, isKnown && end == null, first, last, count);
    }

    private Seen seen(LogEntry entry) {
        return new Seen(entry.event().repeatsId() ? entry.placeId(log.seal()) : entry.id(log.seal()), entry.timeMs());
    }

    private LogEntry first(View view, LogWork work) throws IOException {
        long head = log.range().head();
        for (long at = log.range().first() - 1; at < head; ) {
            work.pause();
            LogChunk chunk = log.read(at, head, view, READ_BYTES, work);
            if (!chunk.entries().isEmpty()) {
                return chunk.entries().get(0);
            }
            at = Math.max(chunk.examinedTo(), at + 1);
        }
        return null;
    }

    /** What memory has of each topic of the view, from one look at the ring. */
    private Map<String, InMemory> inMemory(View view, LogWork work) {
        Map<String, InMemory> found = new HashMap<>();
        if (!transients.mayBeAmong(view.topics())) {
            return found;
        }
        long from = ring.after(ring.floor());
        while (from < 0) { // the floor rose between the two looks
            from = ring.after(ring.floor());
        }
        long head = ring.head();
        for (long sequence = from; sequence <= head; sequence++) {
            EventFrame frame = ring.get(sequence);
            work.pause();
            work.cost(LogWork.LOOK);
            if (frame != null && frame.isTransient() && view.shows(frame.topics(), frame.isPrivate(), work)) {
                for (String topic : frame.topics()) {
                    if (view.topics().exact().contains(topic)) {
                        found.computeIfAbsent(topic, name -> new InMemory()).add(frame);
                    }
                }
            }
        }
        return found;
    }

    /** Whether the newest event of a topic is for those with a right to it alone; of none it is not. */
    public boolean isPrivate(String topic, LogWork work) throws IOException {
        View view = View.unlimited(TopicSelection.ofTopics(List.of(topic)));
        List<EventFrame> inMemory = transients.newestOfEach(view, work);
        if (!inMemory.isEmpty()) {
            return inMemory.get(inMemory.size() - 1).isPrivate();
        }
        List<LogEntry> newest = log.find(work).newestOfEach(view, 1);
        return !newest.isEmpty() && newest.get(0).event().isPrivate();
    }

    /** The states of topics behind this name, ascending, those in memory alone as well; at most so many. */
    public List<TopicState> page(String after, int limit, LogWork work) throws IOException {
        TreeSet<String> topics = new TreeSet<>(log.find(work).topics(after, limit));
        for (String topic : transients.names()) {
            work.cost(LogWork.LOOK);
            if (topic.compareTo(after) > 0) {
                topics.add(topic);
            }
        }
        List<String> names = topics.stream().limit(limit).toList();
        List<TopicState> states = new ArrayList<>();
        if (!names.isEmpty()) {
            Map<String, InMemory> inMemory = inMemory(View.unlimited(TopicSelection.ofTopics(names)), work);
            for (String topic : names) {
                work.pause();
                states.add(state(topic, Grant.INTERNAL, inMemory, work));
            }
        }
        return states;
    }
}
