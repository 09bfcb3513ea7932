package io.rivulet.log;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.heap.HeapBytes;
import io.rivulet.topic.MatchSteps;
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
        return shows(event, MatchSteps.UNCOUNTED);
    }

    /** The same; what it cost is added to the steps. */
    public boolean shows(Event event, MatchSteps steps) {
        return shows(event.topics(), event.isPrivate(), steps);
    }

    /** Whether an event of these topics is asked for and may be seen. */
    public boolean shows(List<String> eventTopics, boolean isPrivate) {
        return shows(eventTopics, isPrivate, MatchSteps.UNCOUNTED);
    }

    /** The same; what it cost is added to the steps. */
    public boolean shows(List<String> eventTopics, boolean isPrivate, MatchSteps steps) {
        if (!topics.isAny()) {
            steps.accept(LogWork.LOOK * eventTopics.size()); // an event may have a hundred, which no pattern looks into
        }
        return topics.matches(eventTopics, steps) && (!isPrivate || privates.coversOne(eventTopics, steps));
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
