/**
 * Where a stream begins. A door makes a {@link io.rivulet.hub.resume.SubscribeRequest}; on a reader thread {@link
 * io.rivulet.hub.resume.Resume} finds its {@link io.rivulet.hub.resume.StartPoint}, from the last event id or from
 * {@code since}, in the ring and in the log; the stream's shard places it there. {@link
 * io.rivulet.hub.resume.HistoryPages} reads pages of history by the same rules.
 */
package io.rivulet.hub.resume;
