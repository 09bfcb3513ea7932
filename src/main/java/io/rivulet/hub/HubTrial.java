package io.rivulet.hub;

import java.util.concurrent.CompletableFuture;

/**
 * A trial of the hub that is under way: what a publish and a delivery need, without an event. Health asks for it; any
 * thread.
 *
 * @param publish  completed when a publish of nothing has gone through the queue, and the disk has taken some bytes;
 *                 fails with the reason
 * @param delivery completed when each shard has answered between two rounds
 */
public record HubTrial(CompletableFuture<?> publish, CompletableFuture<?> delivery) {
}
