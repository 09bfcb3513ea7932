/**
 * The door: servlets and what they share. {@link io.rivulet.http.EdgeFilter} sees every request first;
 * {@link io.rivulet.http.access.Access} says who asks; the handlers read a request and hand it to the hub;
 * {@link io.rivulet.http.HubServlet} answers every {@link io.rivulet.refusal.Refused}; {@link
 * io.rivulet.http.form.Answer} writes what is not a stream, without blocking. The servlets are made and registered by
 * {@code boot.Doors}.
 */
package io.rivulet.http;
