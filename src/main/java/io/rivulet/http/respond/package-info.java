/**
 * The door for other servlets of the application: {@link io.rivulet.http.respond.RespondDoor} answers their requests
 * with streams of the hub.
 */
package io.rivulet.http.respond;
