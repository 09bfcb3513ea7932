package io.rivulet.hub.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Names nobody can guess, 128 random bits each, and the secrets that belong to them. Any thread. */
public final class StreamNames {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key = new SecretKeySpec(bits(32), ALGORITHM);

    private byte[] bits(int bytes) {
        byte[] bits = new byte[bytes];
        random.nextBytes(bits);
        return bits;
    }

    public Name next() {
        ByteBuffer two = ByteBuffer.wrap(bits(16));
        return new Name(two.getLong(), two.getLong());
    }

    /** A version 4 UUID as a URN. */
    public String nextUrn() {
        ByteBuffer two = ByteBuffer.wrap(bits(16));
        return "urn:uuid:" + new UUID(two.getLong() & ~0xf000L | 0x4000L, two.getLong() & ~(3L << 62) | 1L << 63);
    }

    /**
     * What proves that somebody owns this name: made of it by a key that ends with the hub, so that nobody has to keep
     * it, and that one secret tells nothing about another.
     */
    String secretOf(Name name) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            ByteBuffer bits = ByteBuffer.wrap(
                mac.doFinal(ByteBuffer.allocate(16).putLong(name.high()).putLong(name.low()).array()));
            return new Name(bits.getLong(), bits.getLong()).text();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /** Whether this is the secret of that name; takes as long whatever is wrong with it. */
    boolean isSecretOf(Name name, String secret) {
        return MessageDigest.isEqual(utf8(secretOf(name)), utf8(secret));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A reconnection time between the two, so that those who were cut together do not come back together. */
    public long between(long minMs, long maxMs) {
        return minMs + (long) (random.nextDouble() * (maxMs - minMs + 1));
    }
}
