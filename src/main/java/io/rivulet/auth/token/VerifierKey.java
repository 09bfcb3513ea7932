package io.rivulet.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;

/**
 * One key that can vouch for tokens, by these algorithms and no others. {@link KeyFinder} tries keys. Immutable, any
 * thread.
 *
 * @param kid        its name, a hint only (TOK-08); null without one
 * @param algorithms those that fit the key and are allowed
 * @param verifier   checks a signature
 */
record VerifierKey(String kid, Set<String> algorithms, JWSVerifier verifier) {

    /** Of a secret. */
    static VerifierKey of(byte[] secret, String kid, Set<String> algorithms) {
        try {
            return new VerifierKey(kid, algorithms, new MACVerifier(secret));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("a secret that is too short", e);
        }
    }

    /** Of a public key, whose algorithms were found to fit it. */
    static VerifierKey of(PublicKey key, String kid, Set<String> algorithms) {
        try {
            JWSVerifier verifier = key instanceof RSAPublicKey rsa ? new RSASSAVerifier(rsa)
                : key instanceof ECPublicKey ec ? new ECDSAVerifier(ec) : new Ed25519Verifier(key);
            return new VerifierKey(kid, algorithms, verifier);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("a key that cannot be used: " + e.getMessage(), e);
        }
    }

    /** Whether the signature is this key's; the algorithm is one of {@link #algorithms()}, never the token's choice. */
    boolean verifies(ParsedToken token, String algorithm) {
        try {
            // a header of our own making: nothing of the token's own header reaches the library
            return algorithms.contains(algorithm) && verifier.verify(new JWSHeader(JWSAlgorithm.parse(algorithm)),
                token.signed(), Base64URL.encode(token.signature()));
        } catch (JOSEException e) {
            return false; // a signature of another length, for one
        }
    }

    @Override
    public String toString() {
        return "a key for " + String.join(", ", algorithms);
    }
}
