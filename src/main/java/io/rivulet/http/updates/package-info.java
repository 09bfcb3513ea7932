/**
 * The hub's own doors: {@link io.rivulet.http.updates.UpdatesServlet} at {@code /api/updates}, for streams and
 * publishes, and {@link io.rivulet.http.updates.EventsServlet} at {@code /api/events}, for history.
 */
package io.rivulet.http.updates;
