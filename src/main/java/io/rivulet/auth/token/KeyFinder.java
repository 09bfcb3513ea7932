package io.rivulet.auth.token;

import io.rivulet.auth.Use;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the key that vouches for a token among those of its issuer that are good for the use (TOK-07 to TOK-09).
 * {@link TokenRules} use it. Any thread.
 *
 * <p>The key decides which algorithms count, and the token's header never does: a public key that is taken for the
 * secret of an HMAC is the classic forgery.
 */
final class KeyFinder {

    private final List<Issuer> issuers;

    KeyFinder(List<Issuer> issuers) {
        this.issuers = issuers;
    }

    /** Puts issuer and key into the verdict, or a fault. */
    void check(ParsedToken token, Use use, boolean modern, Verdict verdict) {
        String alg = token.header("alg");
        if (alg == null || alg.equalsIgnoreCase("none")) {
            verdict.fault("it is not signed: its alg is " + (alg == null ? "missing" : "none"));
            return;
        }
        List<Issuer> candidates = candidates(token, use, modern, verdict);
        boolean fits = false;
        Refused notHere = null;
        for (Issuer issuer : candidates) {
            List<VerifierKey> keys = List.of();
            try {
                keys = inOrder(issuer.keys().keys(), token.header("kid"));
            } catch (Refused e) {
                notHere = e; // a token of 0.x may be any other issuer's, whose keys are here
            }
            for (VerifierKey key : keys) {
                fits |= key.algorithms().contains(alg);
                if (key.verifies(token, alg)) {
                    verdict.issuer = issuer;
                    verdict.key = key;
                    return;
                }
            }
        }
        if (notHere != null) {
            throw notHere;
        }
        for (Issuer issuer : candidates) {
            issuer.keys().missed(token.header("kid"));
        }
        if (!candidates.isEmpty()) {
            verdict.issuer = candidates.get(0);
            verdict.fault(fits ? "its signature is of none of the keys of " + labels(candidates)
                : "its algorithm is not one of those of " + labels(candidates) + ": " + algorithms(candidates));
        }
    }

    /** The issuers whose keys are tried: the one that the token names; of a token of 0.x without a name, all. */
    private List<Issuer> candidates(ParsedToken token, Use use, boolean modern, Verdict verdict) {
        String iss = token.claim("iss");
        List<Issuer> theirs = issuers.stream().filter(i -> i.name() != null && i.name().equals(iss)).toList();
        if (theirs.isEmpty()) {
            if (modern) {
                verdict.fault(iss == null ? "it has no iss" : "its iss is none of the configured issuers");
                return List.of();
            }
            theirs = issuers; // a token of 0.x need not say whose it is
        }
        List<Issuer> good = theirs.stream().filter(i -> i.uses().contains(use)).toList();
        if (good.isEmpty()) {
            verdict.fault("its issuer has no keys that are good to " + use.word());
        }
        return good;
    }

    /** The named key first; the others all the same, because {@code kid} is only a hint. */
    private static List<VerifierKey> inOrder(List<VerifierKey> keys, String kid) {
        if (kid == null || keys.size() < 2) {
            return keys;
        }
        List<VerifierKey> ordered = new ArrayList<>(keys);
        ordered.sort((a, b) -> Boolean.compare(kid.equals(b.kid()), kid.equals(a.kid())));
        return ordered;
    }

    private static String labels(List<Issuer> issuers) {
        return String.join(", ", issuers.stream().map(Issuer::label).toList());
    }

    private static String algorithms(List<Issuer> issuers) {
        return String.join(", ", issuers.stream().flatMap(i -> i.keys().keys().stream())
            .flatMap(k -> k.algorithms().stream()).distinct().sorted().toList());
    }
}
