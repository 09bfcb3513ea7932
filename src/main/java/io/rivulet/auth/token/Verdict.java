package io.rivulet.auth.token;

import java.util.ArrayList;
import java.util.List;

/**
 * What is found out about one token for one use. A judge who serves requests stops at the first fault; one who explains
 * notes all of them, in the same order. For one thread.
 */
final class Verdict {

    private final boolean stops;
    private final List<String> faults = new ArrayList<>();

    /** Whose token it is and the key that says so; null while unknown. */
    Issuer issuer;
    VerifierKey key;
    /** What it would grant; none when that cannot be read. */
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
