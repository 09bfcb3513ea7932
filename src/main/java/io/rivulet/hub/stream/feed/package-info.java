/**
 * Where the next bytes of a stream come from: one feed for a stream that keeps up, one for a stream that is behind, one
 * for a stream that conflates. A feed answers with an outcome; it moves the stream's cursor and calls nobody back.
 *
 * <p>The folder lies below {@code hub.stream}: a feed knows neither the shard that asks it nor the stream it feeds. It
 * knows the {@link io.rivulet.hub.stream.feed.StreamView} of the stream, its
 * {@link io.rivulet.hub.stream.feed.Cursor}, and the {@link io.rivulet.hub.stream.feed.Turn} of the shard.
 */
package io.rivulet.hub.stream.feed;
