package io.rivulet.hub;

import java.security.SecureRandom;
import java.util.Base64;

/** Names nobody can guess: 128 random bits each. Any thread. */
final class Names {

    private final SecureRandom random = new SecureRandom();

    String next() {
        byte[] bits = new byte[16];
        random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** A reconnection time between the two, so that those who were cut together do not come back together. */
    long between(long minMs, long maxMs) {
        return minMs + (long) (random.nextDouble() * (maxMs - minMs + 1));
    }
}
