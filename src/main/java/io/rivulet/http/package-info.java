/**
 * What all doors share. {@link io.rivulet.http.EdgeFilter} sees every request first. A door is a
 * {@link io.rivulet.http.HubServlet} in a folder of its own: it asks {@link io.rivulet.http.access.Access} who the
 * caller is, reads the request, and hands it to the hub. A request that has to wait is a
 * {@link io.rivulet.http.SuspendedRequest}; {@link io.rivulet.http.Problem} answers every
 * {@link io.rivulet.refusal.Refused}. {@code boot.Doors} makes and registers the servlets.
 */
package io.rivulet.http;
