/**
 * How a stream is asked for and opened: {@link io.rivulet.http.subscribe.StreamParameters} reads the request, and
 * {@link io.rivulet.http.subscribe.SubscribeHandler} checks it and opens the stream. The doors of updates and of
 * Mercure share it.
 */
package io.rivulet.http.subscribe;
