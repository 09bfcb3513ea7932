/**
 * The traces of a request in the logs. {@link io.rivulet.http.trace.RequestTrace} holds its id and its client, as
 * {@link io.rivulet.http.trace.ClientAddress} finds it; {@link io.rivulet.http.trace.AccessLog} gets its lines, and
 * {@link io.rivulet.http.trace.RefusalLog} says why somebody was refused. All doors use it.
 */
package io.rivulet.http.trace;
