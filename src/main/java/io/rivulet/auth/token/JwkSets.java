package io.rivulet.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Reads JWK Sets (RFC 7517). {@link JwksSource} uses it, on the thread that loads. Pure.
 *
 * <p>Keys that are not for signatures, or of kinds this hub does not know, are passed over: an issuer may add such a
 * key at any time, and the others must go on. A set without any key that can be used is refused.
 */
final class JwkSets {

    static final int BYTES_MAX = 256 << 10;
    /** Each may be tried for a bad token. */
    private static final int KEYS_MAX = 32;
    /** The bytes before the key itself in a SubjectPublicKeyInfo of Ed25519 (RFC 8410). */
    private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private JwkSets() {
    }

    /**
     * The keys of a set that can vouch for tokens.
     *
     * @param allowed the algorithms that the operator allows; empty for all that take a public key
     * @throws IllegalArgumentException when it is no key set, has too many keys, or none that can be used
     */
    static List<VerifierKey> read(String json, List<String> allowed) {
        List<JWK> all;
        try {
            all = JWKSet.parse(json).getKeys();
        } catch (ParseException e) {
            throw new IllegalArgumentException("it is no JWK Set", e);
        }
        if (all.size() > KEYS_MAX) {
            throw new IllegalArgumentException("it has " + all.size() + " keys; at most " + KEYS_MAX);
        }
        List<VerifierKey> keys = new ArrayList<>();
        for (JWK jwk : all) {
            VerifierKey key = key(jwk, allowed);
            if (key != null) {
                keys.add(key);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("it has no key that can be used: none for signatures by "
                + (allowed.isEmpty() ? "a public key" : String.join(", ", allowed)));
        }
        return List.copyOf(keys);
    }

    /** The key; null when it cannot be used. */
    private static VerifierKey key(JWK jwk, List<String> allowed) {
        Set<KeyOperation> operations = jwk.getKeyOperations();
        if (jwk.getKeyUse() != null && !KeyUse.SIGNATURE.equals(jwk.getKeyUse())
            || operations != null && !operations.contains(KeyOperation.VERIFY)
            && !operations.contains(KeyOperation.SIGN)) {
            return null;
        }
        try {
            if (jwk instanceof OctetSequenceKey secret) {
                return ofSecret(secret, allowed);
            }
            PublicKey key = publicKey(jwk);
            return key == null ? null : narrowed(jwk, Algorithms.fitting(key), allowed, key);
        } catch (IllegalArgumentException | JOSEException | GeneralSecurityException e) {
            return null; // too small, or of a curve this hub does not know: other keys of the set are not worse for it
        }
    }

    /** The key with the algorithms that fit it, that the operator allows, and that the set itself names. */
    private static VerifierKey narrowed(JWK jwk, Collection<String> fitting, List<String> allowed, PublicKey key) {
        Set<String> algorithms = Algorithms.both(fitting, allowed);
        if (jwk.getAlgorithm() != null) {
            algorithms.retainAll(List.of(jwk.getAlgorithm().getName()));
        }
        return algorithms.isEmpty() ? null : VerifierKey.of(key, jwk.getKeyID(), algorithms);
    }

    /** Only where the operator names an HMAC algorithm: by default a set's keys are public ones. */
    private static VerifierKey ofSecret(OctetSequenceKey jwk, List<String> allowed) {
        byte[] secret = jwk.toByteArray();
        Set<String> algorithms = Algorithms.both(allowed, List.of());
        algorithms.removeIf(name -> !Algorithms.isHmac(name) || Algorithms.secretBytes(name) > secret.length
            || jwk.getAlgorithm() != null && !jwk.getAlgorithm().getName().equals(name));
        return algorithms.isEmpty() ? null : VerifierKey.of(secret, jwk.getKeyID(), algorithms);
    }

    private static PublicKey publicKey(JWK jwk) throws JOSEException, GeneralSecurityException {
        if (jwk instanceof RSAKey rsa) {
            return rsa.toPublicKey();
        }
        if (jwk instanceof ECKey ec) {
            return ec.toPublicKey();
        }
        byte[] x = jwk instanceof OctetKeyPair pair && "Ed25519".equals(pair.getCurve().getName())
            ? pair.getDecodedX() : new byte[0];
        if (x.length != 32) {
            return null;
        }
        byte[] der = new byte[ED25519_HEAD.length + x.length];
        System.arraycopy(ED25519_HEAD, 0, der, 0, ED25519_HEAD.length);
        System.arraycopy(x, 0, der, ED25519_HEAD.length, x.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }
}
