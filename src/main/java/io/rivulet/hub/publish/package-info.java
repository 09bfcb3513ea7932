/**
 * The way of a publish. On the publisher's thread a {@link io.rivulet.hub.publish.Publication} is checked by {@code
 * PublishRules} and {@code PublishRates}, {@code PublishIntake} makes a {@code PendingPublish} of it, and that waits in
 * the {@code PublishQueue}. The thread of the {@link io.rivulet.hub.publish.Committer} takes a group, asks {@code
 * Receipts} for repetitions, appends the rest to the log, adds it to the tail ring and wakes the shards. {@code
 * DeferredAnswers} then lets another thread answer the publishers.
 */
package io.rivulet.hub.publish;
