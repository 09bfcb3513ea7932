package io.rivulet.hub.tail;

import io.rivulet.event.EventFrame;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;
import io.rivulet.event.TopicEnd;
import io.rivulet.log.LogEntry;

/**
 * What is known of a topic that has ended, or whose end was asked for. {@link EndedTopics} finds it; the committer,
 * streams and doors read it. Immutable, any thread.
 *
 * @param end       why it ended; null when its end was only asked for
 * @param id        of the event that says so, as its readers know it
 * @param placeId   the sealed place of this event
 * @param place     where it stands
 * @param isPrivate whether only those see it who have a right to the topic
 */
public record TopicMark(TopicEnd end, String id, String placeId, Position place, boolean isPrivate) {

    static TopicMark of(LogEntry entry, IdSeal seal) {
        return new TopicMark(entry.event().end(), entry.id(seal), entry.placeId(seal),
            Position.ofDurable(entry.position()), entry.event().isPrivate());
    }

    static TopicMark of(EventFrame frame) {
        return new TopicMark(frame.end(), frame.id(), frame.placeId(), frame.position(), frame.isPrivate());
    }

    /** Whether the topic is over. */
    public boolean isEnd() {
        return end != null;
    }

    /** The stronger of two, of which one may be missing: an end before what asks for it, then the later one. */
    static TopicMark stronger(TopicMark one, TopicMark other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isEnd() == other.isEnd() ? other.place.isAfter(one.place) ? other : one : one.isEnd() ? one : other;
    }
}
