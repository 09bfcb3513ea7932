/**
 * The way of a publish: a {@link io.rivulet.hub.publish.Publication} is checked by {@code PublishRules}, waits in the
 * {@code PublishQueue}, and the {@link io.rivulet.hub.publish.Committer} appends it with its group and shows it to the
 * tail ring; {@code DeferredAnswers} then answers the publisher.
 */
package io.rivulet.hub.publish;
