package io.rivulet.hub.stream.feed;

import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;

/**
 * The places where the feeds of all shards get events. The hub makes it once; feeds read it through their {@link Turn}.
 * Immutable, any thread.
 *
 * @param ring       the newest events
 * @param transients the newest of each transient topic
 * @param history    asks the log for streams that get every event
 * @param newest     asks it for streams that conflate
 * @param readBudget what was read of the log and not taken yet
 * @param goLive   decides when a stream that was behind is live
 */
public record FeedSources(TailRing ring, TransientTopics transients, HistoryRead history, NewestRead newest,
                          ReadBudget readBudget, GoLive goLive) {
}
