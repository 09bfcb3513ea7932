package io.rivulet.hub.resume;

import io.rivulet.auth.Grant;
import io.rivulet.topic.TopicSelection;

/**
 * The part of a request that decides where a stream or a page of history begins. {@link Resume} gets it. Immutable, any
 * thread.
 *
 * @param topics    what is wanted
 * @param grant     what the caller may see
 * @param cursor    the id to resume after, or null; beats {@code since}
 * @param since     where to begin without a cursor, or with one that nobody knows
 * @param conflates whether the newest event of each topic is enough
 * @param places    whether the caller was told the place, and not the id, of an event whose id an earlier one has
 */
public record ResumeRequest(TopicSelection topics, Grant grant, String cursor, Since since, boolean conflates,
                            boolean places) {
}
