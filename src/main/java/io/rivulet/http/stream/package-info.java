/**
 * An open response and its container. {@link io.rivulet.http.stream.OpenResponse} is the outlet that the hub writes a
 * stream to: by its shard's thread in {@code ShardWriter}, or by a thread of the
 * {@link io.rivulet.http.stream.WriterPool} in {@code LaneWriter} where the container may block.
 * {@code SubscribeHandler} opens them.
 */
package io.rivulet.http.stream;
