package io.rivulet.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import io.rivulet.auth.token.KeyTexts.Block;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Map;

/**
 * A key that signs tokens: a secret, or a private key in PEM (PKCS #8). For one thread.
 *
 * @param algorithm by which it signs
 * @param signer    with the key
 */
record SigningKey(String algorithm, JWSSigner signer) {

    private static final Map<Integer, String> CURVES = Map.of(256, "ES256", 384, "ES384", 521, "ES512");

    /**
     * The key of this text.
     *
     * @param algorithm null for the one that fits the key best
     * @throws IllegalArgumentException when it is none, or the algorithm does not fit; never with the key in it
     */
    static SigningKey of(String text, String algorithm) {
        try {
            return KeyTexts.isPem(text) ? ofPem(text, algorithm) : ofSecret(text, algorithm);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the key cannot be used: " + e.getMessage(), e);
        }
    }

    private static SigningKey ofSecret(String text, String algorithm) throws JOSEException {
        String name = algorithm == null ? "HS256" : algorithm;
        if (!Algorithms.isHmac(name)) {
            throw new IllegalArgumentException("the key is a secret, and " + name + " takes a private key (PEM)");
        }
        byte[] secret = text.getBytes(StandardCharsets.UTF_8);
        if (secret.length < Algorithms.secretBytes(name)) {
            throw new IllegalArgumentException("the secret has " + secret.length + " bytes; " + name
                + " takes at least " + Algorithms.secretBytes(name));
        }
        return new SigningKey(name, new MACSigner(secret));
    }

    private static SigningKey ofPem(String text, String algorithm) throws JOSEException {
        PrivateKey key = privateKey(KeyTexts.blocks(text).get(0));
        if (key instanceof RSAPrivateKey rsa && rsa.getModulus().bitLength() >= Algorithms.RSA_BITS_MIN) {
            return new SigningKey(fitting(algorithm, Algorithms.RSA), new RSASSASigner(key));
        }
        if (key instanceof ECPrivateKey ec) {
            String own = CURVES.get(ec.getParams().getCurve().getField().getFieldSize());
            if (own != null) {
                return new SigningKey(fitting(algorithm, List.of(own)), new ECDSASigner(ec));
            }
        }
        if (key instanceof EdECPrivateKey ed && ed.getParams().getName().equals("Ed25519")) {
            return new SigningKey(fitting(algorithm, Algorithms.EDWARDS), new Ed25519Signer(key));
        }
        throw new IllegalArgumentException("the key is too small, or of a curve this hub does not know");
    }

    private static String fitting(String algorithm, List<String> possible) {
        if (algorithm != null && !possible.contains(algorithm)) {
            throw new IllegalArgumentException("the key does not fit " + algorithm + "; it fits "
                + String.join(", ", possible));
        }
        return algorithm == null ? possible.get(0) : algorithm;
    }

    private static PrivateKey privateKey(Block block) {
        if (!block.type().equals("PRIVATE KEY")) {
            throw new IllegalArgumentException("the PEM block is of type " + block.type()
                + "; to sign it takes a PRIVATE KEY in PKCS #8 (openssl pkcs8 -topk8 -nocrypt makes one)");
        }
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(block.der()));
            } catch (GeneralSecurityException e) {
                continue; // of another kind
            }
        }
        throw new IllegalArgumentException("the PEM block is no private key of RSA, EC or Ed25519");
    }
}
