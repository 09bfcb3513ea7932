package io.rivulet.hub.stream;

import io.rivulet.event.Variant;

/**
 * What the hub itself gives a stream that it lets in.
 *
 * @param connection its public name; {@link StreamNames#secretOf} proves that somebody owns it
 * @param subscriber names it to others; null while presence is off
 * @param openedMs   when, in milliseconds since 1970
 * @param agedMs     when it ends by its age; {@link Long#MAX_VALUE} for never
 * @param variant    how its events are written
 */
public record Admission(Name connection, String subscriber, long openedMs, long agedMs, Variant variant) {
}
