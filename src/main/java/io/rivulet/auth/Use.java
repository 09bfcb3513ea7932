package io.rivulet.auth;

import java.util.Locale;

/** The use that a token is shown for: only keys that serve it can vouch for the token. */
public enum Use {
    /** To publish. */
    PUBLISH,
    /** To read. */
    SUBSCRIBE,
    /** To operate the hub: only keys that are good for both others. */
    OPERATE;

    /** As a person writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
