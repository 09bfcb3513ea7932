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
 * @param since     where to begin without a cursor
 * @param conflates whether the newest event of each topic is enough
 */
public record ResumeRequest(TopicSelection topics, Grant grant, String cursor, Since since, boolean conflates) {
}
