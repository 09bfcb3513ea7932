package io.rivulet.log;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.heap.HeapBytes;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.util.List;

/**
 * The events that a reader asks for and may see. Every look-up answers as if nothing else were in the log: an event
 * that the reader may not see is neither found nor counted. Immutable, for any thread.
 *
 * @param topics   the topics that the reader asks for
 * @param privates a private event of those is seen when one of its topics is among these
 */
public record View(TopicSelection topics, GrantedTopics privates) {

    /** Under the rights of a caller. */
    public static View of(TopicSelection topics, Grant grant) {
        return new View(topics, grant.subscribes());
    }

    /** The hub's own: private events as well. */
    public static View unlimited(TopicSelection topics) {
        return new View(topics, GrantedTopics.ALL);
    }

    /** Whether the event is asked for and may be seen. */
    public boolean shows(Event event) {
        return shows(event, LogWork.UNBOUNDED);
    }

    /** Whether an event of these topics is asked for and may be seen. */
    public boolean shows(List<String> eventTopics, boolean isPrivate) {
        return shows(eventTopics, isPrivate, LogWork.UNBOUNDED);
    }

    /** The same as a part of this work; see the other one with all parameters. */
    public boolean shows(Event event, LogWork work) {
        return shows(event.topics(), event.isPrivate(), work);
    }

    /** The same. */
    public boolean shows(List<String> eventTopics, boolean isPrivate, LogWork work) {
        return shows(eventTopics, isPrivate, work, LogWork.Held.NOTHING);
    }

    /**
     * The same as a part of this work. Others may go first between any two pairs of a topic and a pattern: an event has
     * up to a thousand topics, a stranger has up to a hundred patterns, and one pair may take a millisecond.
     *
     * @param held  what has to be let go of before others go first
     * @throws X    when that fails
     */
    public <X extends Exception> boolean shows(List<String> eventTopics, boolean isPrivate, LogWork work,
                                               LogWork.Held<X> held) throws X {
        return asks(eventTopics, work, held) && (!isPrivate || covers(privates, eventTopics, work, held));
    }

    /** Whether one of the topics is among those that were granted; others may go first as above. */
    public static boolean covers(GrantedTopics granted, List<String> topics, LogWork work) {
        return covers(granted, topics, work, LogWork.Held.NOTHING);
    }

    private static <X extends Exception> boolean covers(GrantedTopics granted, List<String> topics, LogWork work,
                                                        LogWork.Held<X> held) throws X {
        return granted.all() ? !topics.isEmpty() : isOne(topics, granted.matchers(), work, held);
    }

    private <X extends Exception> boolean asks(List<String> eventTopics, LogWork work, LogWork.Held<X> held) throws X {
        if (topics.isAny()) {
            return true;
        }
        work.cost(LogWork.LOOK * eventTopics.size()); // an event may have a thousand, which no pattern looks into
        for (int i = 0; i < eventTopics.size(); i++) {
            if (topics.exact().contains(eventTopics.get(i))) {
                return true;
            }
        }
        return isOne(eventTopics, topics.patterns(), work, held);
    }

    private static <X extends Exception> boolean isOne(List<String> topics, List<? extends TopicMatcher> matchers,
                                                       LogWork work, LogWork.Held<X> held) throws X {
        for (int i = 0; i < topics.size(); i++) {
            for (int k = 0; k < matchers.size(); k++) {
                work.pause(held);
                if (matchers.get(k).matches(topics.get(i), work.steps())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Bytes that it keeps alive, its matchers included. */
    public long weight() {
        return HeapBytes.object(2, 0) + topics.weight() + privates.weight();
    }

    /** Whether nothing is left out. */
    public boolean isAll() {
        return topics.isAny() && privates.all();
    }
}
