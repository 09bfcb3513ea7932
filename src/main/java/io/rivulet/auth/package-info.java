/**
 * The rights of a caller. {@link io.rivulet.auth.Grant} says what one may do, by topics; a token, a login of the
 * container ({@link io.rivulet.auth.Roles}) or dev mode gives it, and {@link io.rivulet.auth.Bans} take it away. The
 * doors decide by it before anything is done, and each stream holds the one it was opened with.
 */
package io.rivulet.auth;
