/**
 * The door: servlets and what they share. {@link io.rivulet.http.EdgeFilter} sees every request first and every
 * {@link io.rivulet.limit.Refused} last; {@link io.rivulet.http.Access} says who asks; the handlers read a request and
 * hand it to the hub; {@link io.rivulet.http.Answer} writes what is not a stream, without blocking.
 */
package io.rivulet.http;
