/**
 * The open streams. A {@code Shard} is one thread with its {@link io.rivulet.hub.stream.Subscriber}s: it takes new
 * events from the tail ring, and writes each stream to its {@link io.rivulet.hub.stream.Outlet}. Streams that are
 * behind are fed from the ring or by {@link io.rivulet.hub.stream.Readers} from the log, until they are live again.
 */
package io.rivulet.hub.stream;
