package io.rivulet.hub.stream;

import java.nio.ByteBuffer;
import java.util.Base64;

/** 128 random bits by which something is known: as two numbers, since there is one for each stream. */
public record Name(long high, long low) {

    private static final int BYTES = 16;

    /** The name that is written so, or null when none is. */
    static Name of(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (bytes.length != BYTES) {
                return null;
            }
            ByteBuffer two = ByteBuffer.wrap(bytes);
            Name name = new Name(two.getLong(), two.getLong());
            return name.text().equals(text) ? name : null; // the last character has bits to spare: one spelling counts
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** As it is told: 22 letters, digits, {@code -} and {@code _}. */
    String text() {
        return Base64.getUrlEncoder().withoutPadding()
            .encodeToString(ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array());
    }

    @Override
    public String toString() {
        return text();
    }
}
