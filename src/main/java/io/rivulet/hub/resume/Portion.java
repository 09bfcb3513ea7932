package io.rivulet.hub.resume;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How much of a stream one response holds, for clients that cannot read a response before its end, or only once some
 * bytes of it have come. The door reads it from a request; the stream's shard ends the stream by it. Immutable, any
 * thread.
 *
 * @param paddingBytes a comment of so many bytes comes first; 0 for none
 * @param bytesMax     it ends between two events after so many; 0 for never
 * @param waits        it ends as soon as it has got what there is, and waits so long for the first event; zero where it
 *                     waits for none; null where it stays open
 */
public record Portion(int paddingBytes, int bytesMax, Duration waits) {

    /** A stream that stays open. */
    public static final Portion ALL = new Portion(0, 0, null);

    /** Whether it ends once it has got what there is. */
    public boolean isPoll() {
        return waits != null;
    }

    /** Whether it ends once it has got what there was when it was asked for, be that nothing. */
    public boolean isLook() {
        return isPoll() && waits.isZero();
    }

    /** How long it may last; null where that is as for any stream. */
    public Duration longest() {
        return isLook() ? null : waits;
    }

    /** The comment that comes first; one that is begun has two bytes at least. */
    public byte[] padding() {
        return paddingBytes == 0 ? new byte[0]
            : (":" + " ".repeat(Math.max(0, paddingBytes - 2)) + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
