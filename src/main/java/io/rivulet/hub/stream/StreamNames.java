package io.rivulet.hub.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the names of streams, 128 random bits each, and the secrets that prove their ownership. A hub has one; any
 * thread.
 *
 * <p>A secret is computed from its name with a key that lives as long as the hub. So nothing has to be kept for a
 * stream, and one secret tells nothing about another.
 *
 * <p>In a cluster a name also tells the nodes which of them has the stream: 32 of its bits are the number of the node's
 * run, hidden by a key of all nodes. Nobody else reads it, nor can make up a name of a node that runs, so strangers
 * cannot have the nodes ask each other.
 */
public final class StreamNames {

    private static final String ALGORITHM = "HmacSHA256";

    private static final int NAME_BYTES = 16;

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key = new SecretKeySpec(bits(32), ALGORITHM);
    /** Null in a hub alone. */
    private volatile Mark mark;

    /** The run of this node, and what hides it. */
    private record Mark(int run, SecretKeySpec key) {
    }

    /** The name of one stream: two numbers rather than a text, since each open stream has one. */
    public record Name(long high, long low) {

        /** Reads a name; null when the text is none. */
        static Name of(String text) {
            try {
                byte[] bytes = Base64.getUrlDecoder().decode(text);
                if (bytes.length != NAME_BYTES) {
                    return null;
                }
                ByteBuffer two = ByteBuffer.wrap(bytes);
                Name name = new Name(two.getLong(), two.getLong());
                return name.text().equals(text) ? name : null; // the last letter has spare bits: one spelling counts
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        /** The text that clients see: 22 letters, digits, {@code -} and {@code _}. */
        String text() {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes());
        }

        private byte[] bytes() {
            return ByteBuffer.allocate(NAME_BYTES).putLong(high).putLong(low).array();
        }

        @Override
        public String toString() {
            return text();
        }
    }

    private byte[] bits(int bytes) {
        byte[] bits = new byte[bytes];
        random.nextBytes(bits);
        return bits;
    }

    /** From now on names tell the nodes that have this key, of 16 bytes, that they are of this run. */
    void mark(int run, byte[] ofAll) {
        mark = new Mark(run, new SecretKeySpec(ofAll, ALGORITHM));
    }

    /** A new name. */
    public Name next() {
        ByteBuffer two = ByteBuffer.wrap(bits(NAME_BYTES));
        long high = two.getLong();
        long low = two.getLong();
        Mark now = mark;
        return now == null ? new Name(high, low)
            : new Name(high, low & 0xffffffffL << 32 | (now.run ^ hiding(now, high, low)) & 0xffffffffL);
    }

    /** The run of the node that has made this name; any number where it is none of a node's. */
    int runOf(Name name) {
        Mark now = mark;
        return now == null ? 0 : (int) name.low ^ hiding(now, name.high, name.low);
    }

    /** From the 96 bits that are random. */
    private static int hiding(Mark by, long high, long low) {
        return mac(by.key, ByteBuffer.allocate(NAME_BYTES).putLong(high).putLong(low >>> 32).array()).getInt();
    }

    /** A new version 4 UUID as a URN. */
    public String nextUrn() {
        ByteBuffer two = ByteBuffer.wrap(bits(NAME_BYTES));
        return "urn:uuid:" + new UUID(two.getLong() & ~0xf000L | 0x4000L, two.getLong() & ~(3L << 62) | 1L << 63);
    }

    /** The secret that proves the ownership of this name. */
    String secretOf(Name name) {
        ByteBuffer bits = mac(key, name.bytes());
        return new Name(bits.getLong(), bits.getLong()).text();
    }

    private static ByteBuffer mac(SecretKeySpec with, byte[] of) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(with);
            return ByteBuffer.wrap(mac.doFinal(of));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /**
     * What proves to another node that somebody has shown this secret of that name. It tells nothing of the secret, for
     * notes of nodes stay in the engine for a while.
     */
    static String proof(String name, String secret) {
        ByteBuffer bits = mac(new SecretKeySpec(utf8(secret.isEmpty() ? "-" : secret), ALGORITHM), utf8(name));
        return new Name(bits.getLong(), bits.getLong()).text();
    }

    /** The secret of this name where that proves that somebody has shown it; else none. In constant time. */
    String proven(Name name, String proof) {
        String secret = secretOf(name);
        return MessageDigest.isEqual(utf8(proof(name.text(), secret)), utf8(proof)) ? secret : "";
    }

    /** Whether this is the secret of that name, in constant time. */
    boolean isSecretOf(Name name, String secret) {
        return MessageDigest.isEqual(utf8(secretOf(name)), utf8(secret));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A random time between the two, so that streams that were cut together do not come back together. */
    public long between(long minMs, long maxMs) {
        return minMs + (long) (random.nextDouble() * (maxMs - minMs + 1));
    }
}
