package io.rivulet.hub.stream;

import java.util.List;

/**
 * One open stream, as an operator sees it. {@link Connections} lists it. Immutable, any thread.
 *
 * @param connection its public name; the secret that owns it is not told here
 * @param issuer     the issuer of its token; empty without one
 * @param subject    the subject of its token
 * @param tokenId    of the token it reads with now; null without one
 * @param peer       the client's address
 * @param topics     what it asked for, in its own words
 * @param dialect    how it is spoken to, by the dialect's name
 * @param openedMs   since when, in milliseconds since 1970
 * @param expiresMs  when its token ends; {@link io.rivulet.auth.Grant#NEVER} without an end
 */
public record Connection(String connection, String issuer, String subject, String tokenId, String peer,
                         List<String> topics, String dialect, long openedMs, long expiresMs) {
}
