package io.rivulet.auth;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Key pairs made when a test asks for them, once each, and their PEM. Any thread. */
public final class Keys {

    private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();

    private Keys() {
    }

    /** The pair of this name: its beginning says the kind ({@code rsa}, {@code ES256}, {@code Ed25519} …). */
    public static KeyPair pair(String name) {
        return PAIRS.computeIfAbsent(name, Keys::make);
    }

    /** One that fits this algorithm. */
    public static KeyPair fitting(String algorithm) {
        return pair(algorithm.startsWith("RS") || algorithm.startsWith("PS") ? "rsa" : algorithm);
    }

    private static KeyPair make(String name) {
        try {
            KeyPairGenerator generator;
            if (name.startsWith("rsa")) {
                generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(name.startsWith("rsa-small") ? 1024 : 2048);
            } else if (name.startsWith("ES")) {
                generator = KeyPairGenerator.getInstance("EC");
                String bits = name.substring(2, 5);
                generator.initialize(new ECGenParameterSpec("secp" + (bits.equals("512") ? "521" : bits) + "r1"));
            } else {
                generator = KeyPairGenerator.getInstance(name.startsWith("Ed") ? "Ed25519" : name);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(name, e);
        }
    }

    public static String publicPem(String name) {
        return pem("PUBLIC KEY", pair(name).getPublic());
    }

    public static String privatePem(String name) {
        return pem("PRIVATE KEY", pair(name).getPrivate());
    }

    public static String pem(String type, Key key) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(key.getEncoded()) + "\n-----END " + type + "-----\n";
    }
}
