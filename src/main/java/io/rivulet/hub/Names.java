package io.rivulet.hub;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;

/** Names nobody can guess: 128 random bits each. Any thread. */
final class Names {

    private final SecureRandom random = new SecureRandom();

    String next() {
        byte[] bits = new byte[16];
        random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** A version 4 UUID as a URN. */
    String nextUrn() {
        byte[] bits = new byte[16];
        random.nextBytes(bits);
        ByteBuffer two = ByteBuffer.wrap(bits);
        return "urn:uuid:" + new UUID(two.getLong() & ~0xf000L | 0x4000L, two.getLong() & ~(3L << 62) | 1L << 63);
    }

    /** A reconnection time between the two, so that those who were cut together do not come back together. */
    long between(long minMs, long maxMs) {
        return minMs + (long) (random.nextDouble() * (maxMs - minMs + 1));
    }
}
