/**
 * How a publish comes in: {@link io.rivulet.http.publish.PublishHandler} reads a request's head and body into events,
 * hands them to the hub, and {@code PublishReply} answers exactly once. The doors of updates and of Mercure share it;
 * each brings the {@link io.rivulet.http.publish.PublishForm} of its bodies.
 */
package io.rivulet.http.publish;
