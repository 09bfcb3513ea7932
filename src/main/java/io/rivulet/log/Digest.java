package io.rivulet.log;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** 128 bits of SHA-256: enough that two different things never share one, and a publisher cannot make them. */
public record Digest(long high, long low) {

    /** Digest of the parts; each is preceded by its length, so that parts cannot flow into each other. */
    public static Digest of(byte[]... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha.update(ByteBuffer.allocate(4).putInt(part.length).flip());
                sha.update(part);
            }
            ByteBuffer b = ByteBuffer.wrap(sha.digest());
            return new Digest(b.getLong(), b.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing in this JVM", e);
        }
    }
}
