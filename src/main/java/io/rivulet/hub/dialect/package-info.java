/**
 * How a stream is spoken to: one interface, and one class for each dialect. The doors choose a dialect; the rest of the
 * hub asks the {@link io.rivulet.hub.dialect.Dialect} that the stream has, and never which one it is.
 *
 * <p>The folder lies at the bottom of {@code hub}. It knows events, topics and settings, and no other part of the hub.
 * It does not lie beside the events, because the log and the tokens stand between: neither may depend on streams.
 */
package io.rivulet.hub.dialect;
