package io.rivulet.mercure;

import io.rivulet.kit.WireResponse;

/** The challenges of RFC 6750 as this hub writes them, to the letter. */
final class Challenge {

    private static final String METADATA = "resource_metadata=\"https://localhost/.well-known/oauth-protected-resource"
        + MercureHub.PATH + "\"";

    /** No token was shown where one is needed: no error code. */
    static final String BARE = "Bearer " + METADATA;
    /** Whatever is wrong with a token. */
    static final String INVALID_TOKEN = "Bearer error=\"invalid_token\", " + METADATA;
    /** A good token that does not suffice. */
    static final String INSUFFICIENT = "Bearer error=\"insufficient_scope\", " + METADATA;
    /** A token that was not shown as it must be. */
    static final String INVALID_REQUEST = "Bearer error=\"invalid_request\", " + METADATA;

    private Challenge() {
    }

    /** The one challenge of this answer, without a description in words. */
    static String of(WireResponse answer) {
        if (answer.headers().getOrDefault("www-authenticate", java.util.List.of()).size() != 1) {
            return "not one challenge: " + answer.headers();
        }
        return answer.header("WWW-Authenticate").replaceAll(", error_description=\"[^\"]*\"", "");
    }
}
