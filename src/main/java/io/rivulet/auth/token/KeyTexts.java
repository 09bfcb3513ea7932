package io.rivulet.auth.token;

import io.rivulet.config.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads keys as operators write them: a secret, PEM blocks, or {@code file:} and the path of either.
 * {@link IssuerSettings} reads with it at start, {@link SigningKey} in the command that makes tokens. Pure, any thread.
 *
 * <p>A public key must never become the secret of an HMAC, since everybody who knows it could then sign tokens. So the
 * kind of the text decides which algorithms there are, and the operator may only narrow them. No message has a key in
 * it.
 */
final class KeyTexts {

    static final String FILE = "file:";
    private static final long FILE_MAX = 64 << 10;
    private static final Pattern PEM =
        Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /** One PEM block; its bytes may be a private key. */
    record Block(String type, byte[] der) {
    }

    private KeyTexts() {
    }

    /**
     * The keys of a setting.
     *
     * @param allowed the algorithms that the operator allows; empty for the safe default
     * @throws IllegalArgumentException when they cannot be meant; the message never has a key in it
     */
    static List<VerifierKey> read(Secret setting, List<String> allowed) {
        String text = text(setting.reveal());
        return isPem(text) ? ofPem(text, allowed) : List.of(ofSecret(text, allowed));
    }

    /** The text, from the file when it names one. */
    static String text(String given) {
        if (!given.startsWith(FILE)) {
            return given;
        }
        Path path = Path.of(given.substring(FILE.length()));
        try {
            if (Files.size(path) > FILE_MAX) {
                throw new IllegalArgumentException("the file " + path + " is larger than " + FILE_MAX + " bytes");
            }
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("the file " + path + " cannot be read: "
                + e.getClass().getSimpleName(), e);
        }
    }

    /** Whether it is PEM, or means to be. */
    static boolean isPem(String text) {
        return text.contains("-----BEGIN ");
    }

    /** The blocks of a text, also of one that came through the environment with its line ends written out. */
    static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = PEM.matcher(text.replace("\\n", "\n").replace("\\r", ""));
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1),
                    Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s+", ""))));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("a PEM block (" + matcher.group(1) + ") is not base64");
            }
        }
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("a PEM block begins and does not end");
        }
        return blocks;
    }

    /** A secret; too short a one could be found by trying (RFC 7518, 3.2). */
    private static VerifierKey ofSecret(String secret, List<String> allowed) {
        Set<String> algorithms = new TreeSet<>(allowed.isEmpty() ? List.of("HS256") : allowed);
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (String algorithm : algorithms) {
            if (!Algorithms.isHmac(algorithm)) {
                throw new IllegalArgumentException("a secret cannot be used with " + algorithm
                    + ", which takes a public key (PEM)");
            }
            if (bytes.length < Algorithms.secretBytes(algorithm)) {
                throw new IllegalArgumentException("the secret has " + bytes.length + " bytes; " + algorithm
                    + " takes at least " + Algorithms.secretBytes(algorithm));
            }
        }
        return VerifierKey.of(bytes, null, algorithms);
    }

    /** All public keys of the text, each with the algorithms that fit it and are allowed. */
    private static List<VerifierKey> ofPem(String text, List<String> allowed) {
        List<VerifierKey> keys = new ArrayList<>();
        for (String algorithm : allowed) {
            if (Algorithms.isHmac(algorithm)) {
                throw new IllegalArgumentException("a PEM key cannot be used with " + algorithm
                    + ": who knows the public key could sign with it");
            }
        }
        for (Block block : blocks(text)) {
            PublicKey key = publicKey(block);
            Set<String> algorithms = Algorithms.both(Algorithms.fitting(key), allowed);
            if (algorithms.isEmpty()) {
                throw new IllegalArgumentException("a PEM key of " + key.getAlgorithm() + " fits none of "
                    + String.join(", ", allowed));
            }
            keys.add(VerifierKey.of(key, null, algorithms));
        }
        return keys;
    }

    /** The public key of a block. A private key is refused: it has no business on a machine that only verifies. */
    private static PublicKey publicKey(Block block) {
        if (block.type().contains("PRIVATE")) {
            throw new IllegalArgumentException("a PEM block is a private key; the hub needs the public one alone "
                + "(openssl pkey -pubout)");
        }
        try {
            if (block.type().equals("CERTIFICATE")) {
                return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.der())).getPublicKey();
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a PEM block is no X.509 certificate", e);
        }
        if (!block.type().equals("PUBLIC KEY")) {
            throw new IllegalArgumentException("a PEM block is of type " + block.type()
                + "; PUBLIC KEY (openssl rsa -RSAPublicKey_in -pubout) or CERTIFICATE");
        }
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(block.der()));
            } catch (GeneralSecurityException e) {
                continue; // of another kind
            }
        }
        throw new IllegalArgumentException("a PEM block is no public key of RSA, EC or Ed25519");
    }
}
