package io.rivulet.auth.token;

import java.util.ArrayList;
import java.util.List;

/**
 * The verdict on one token for one use, as {@link TokenRules} find it. The verifier, which serves requests, stops at
 * the first fault; the explainer notes all of them, in the same order. For one thread.
 */
final class Verdict {

    private final boolean stops;
    private final List<String> faults = new ArrayList<>();

    /** The issuer of the token and the key that proves it; null while unknown. */
    Issuer issuer;
    VerifierKey key;
    /** The rights it would grant; none when they cannot be read. */
    TokenRights rights = TokenRights.NONE;

    private Verdict(boolean stops) {
        this.stops = stops;
    }

    static Verdict untilTheFirstFault() {
        return new Verdict(true);
    }

    static Verdict ofAllFaults() {
        return new Verdict(false);
    }

    /**
     * Something is wrong with the token.
     *
     * @throws BadToken when the first fault is enough
     */
    void fault(String reason) {
        if (stops) {
            throw new BadToken(reason);
        }
        faults.add(reason);
    }

    List<String> faults() {
        return faults;
    }
}
