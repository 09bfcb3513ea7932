package io.rivulet.auth.token;

/**
 * A fault of a token, precisely: for the hub's log alone, and without the token. The rules throw it, and
 * {@link TokenVerifier} turns it into the one sentence that callers hear.
 */
final class BadToken extends RuntimeException {

    BadToken(String reason) {
        super(reason, null, false, false);
    }
}
