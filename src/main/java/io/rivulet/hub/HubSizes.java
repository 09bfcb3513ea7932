package io.rivulet.hub;

import io.rivulet.log.LogLag;
import io.rivulet.log.LogSize;

/**
 * What the hub holds at one moment, for its meters. Immutable, any thread.
 *
 * @param log        what the log has
 * @param lag        of the log, where it is the copy of a shared one
 * @param queueBytes of events that wait for the disk
 * @param lookUps    look-ups in the log that somebody waits for
 */
public record HubSizes(LogSize log, LogLag lag, long queueBytes, int lookUps) {
}
