package io.rivulet.auth.token;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The signature algorithms of this hub (RFC 7518, 8037, 9864), and which fit a key; {@code none} is not one. */
final class Algorithms {

    static final List<String> RSA = List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
    static final List<String> EDWARDS = List.of("EdDSA", "Ed25519");
    /** Smaller ones can be factored. */
    static final int RSA_BITS_MIN = 2048;

    private static final List<String> HMAC = List.of("HS256", "HS384", "HS512");
    private static final List<String> EC = List.of("ES256", "ES384", "ES512");

    private Algorithms() {
    }

    /** Whether this hub knows it at all. */
    static boolean isKnown(String name) {
        return isHmac(name) || RSA.contains(name) || EC.contains(name) || EDWARDS.contains(name);
    }

    static boolean isHmac(String name) {
        return HMAC.contains(name);
    }

    /** All of them, for messages. */
    static String all() {
        return String.join(", ", HMAC) + ", " + String.join(", ", RSA) + ", " + String.join(", ", EC) + ", "
            + String.join(", ", EDWARDS);
    }

    /** The least bytes of a secret: those of the hash (RFC 7518 §3.2). */
    static int secretBytes(String hmac) {
        return Integer.parseInt(hmac.substring(2)) / 8;
    }

    /**
     * The algorithms that this public key can be used with.
     *
     * @throws IllegalArgumentException when there is none; the message says why
     */
    static Collection<String> fitting(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < RSA_BITS_MIN) {
                throw new IllegalArgumentException("an RSA key of " + bits + " bits; at least " + RSA_BITS_MIN);
            }
            return RSA;
        }
        if (key instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            int at = List.of(256, 384, 521).indexOf(bits);
            if (at < 0) {
                throw new IllegalArgumentException("an EC key of " + bits + " bits; P-256, P-384 or P-521");
            }
            return List.of(EC.get(at));
        }
        if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals("Ed25519")) {
            return EDWARDS;
        }
        throw new IllegalArgumentException("a key of " + key.getAlgorithm() + "; RSA, EC or Ed25519");
    }

    /** Those of the first that are also in the second, which allows all when it is empty. */
    static Set<String> both(Collection<String> fitting, Collection<String> allowed) {
        Set<String> both = new TreeSet<>(fitting);
        if (!allowed.isEmpty()) {
            both.retainAll(allowed);
        }
        return both;
    }
}
