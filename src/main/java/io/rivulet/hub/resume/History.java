package io.rivulet.hub.resume;

import io.rivulet.event.Event;
import java.util.List;

/**
 * One page of history, oldest event first. {@link HistoryPages} makes it for the doors. Immutable, any thread.
 *
 * @param events oldest first
 * @param next   the id to go on after, or null when the page reaches the head
 */
public record History(List<Item> events, String next) {

    /**
     * One event of the past.
     *
     * @param id     its public id
     * @param timeMs when it was committed, since 1970
     * @param event  what was published
     * @param topics those of its topics that the reader may be told
     */
    public record Item(String id, long timeMs, Event event, List<String> topics) {
    }
}
