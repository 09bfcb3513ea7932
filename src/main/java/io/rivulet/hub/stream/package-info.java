/**
 * The open streams. A {@code Shard} is one thread with its {@link io.rivulet.hub.stream.Subscriber}s. In each round it
 * takes new events from the tail ring, asks the {@code Feed} of each stream for bytes, and writes these to the stream's
 * {@link io.rivulet.hub.stream.Outlet}.
 *
 * <p>A stream has one of three feeds: {@code LiveFeed} while it keeps up; {@code ReplayFeed} while it is behind;
 * {@code ConflatingFeed} while it is behind and wants only the newest event of each topic. A feed answers with an
 * {@code Outcome}; the shard carries that out and switches feeds. The {@code Cursor} of a stream says how far it is.
 * These stand in {@code hub.stream.feed}, below this package.
 * {@link io.rivulet.hub.stream.Readers} are the threads that read the log for feeds.
 *
 * <p>{@code Heartbeat}, {@code EndSchedule} and {@code Stalls} look at the streams of a shard from outside. {@code
 * WriteBudget}, {@code ReadBudget} and {@code ConflationBudget} bound the memory of streams that lag.
 */
package io.rivulet.hub.stream;
