package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import java.util.List;

/**
 * What a reader thread found for a stream that is behind.
 *
 * @param frames what matched, ascending
 * @param end    examined up to here
 * @param bytes  memory that the frames hold; to be given back to {@link Readers#release}
 * @param gapId  the cursor just before the first event, when retention took something on the way; else null
 * @param gapEnd the place of {@code gapId}
 * @param missed an upper bound of what was taken, or null
 * @param damage whether it is damage, which stays, rather than retention
 * @param transientLost whether the newest event of a transient topic was lost; for streams that conflate
 */
record ReadResult(List<EventFrame> frames, Position end, long bytes, String gapId, Position gapEnd, Long missed,
                  boolean damage, boolean transientLost) {
}
