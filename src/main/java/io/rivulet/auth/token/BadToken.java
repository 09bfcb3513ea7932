package io.rivulet.auth.token;

/** Why a token is not to be believed, precisely: for the hub's log alone, and without the token. */
final class BadToken extends RuntimeException {

    BadToken(String reason) {
        super(reason, null, false, false);
    }
}
