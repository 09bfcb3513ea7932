package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Reads the body of a request as it comes. {@code PublishHandler} and {@code HubServlet} use it; the container alone
 * calls it, one call at a time. Each reader ends with exactly one call of {@code whole}, {@code refused} or {@code
 * cut}.
 *
 * <p>A publisher that sends a byte a second holds memory and no thread. So the memory is charged before it is taken: a
 * body whose length is declared at once, before a byte of it is read, and one in chunks as it grows. A body that is
 * refused on the way gives its memory back and is read on for at most as many bytes as a body may have, for the reason
 * that {@link BodyDrain} tells.
 */
public final class BodyReader implements ReadListener {

    /** The first buffer of a body in chunks. */
    private static final int FIRST_BYTES = 4_096;
    private static final byte[] NONE = {};
    /** No body takes longer than this rate needs, beyond the time that is given to any. */
    private static final long BYTES_A_SECOND_MIN = 32 << 10;

    private final ServletInputStream in;
    private final long declaredBytes;
    private final long bytesMax;
    private final BytesInFlight.Charge charge;
    private final Consumer<byte[]> whole;
    private final Consumer<Refused> refused;
    private final Runnable cut;
    private byte[] bytes = NONE;
    private volatile int length;
    /** Why the body is refused, once that is known; from then on what comes is thrown away. */
    private Refused refusal;
    private long thrownAway;
    private boolean over;

    /**
     * A reader of one body.
     *
     * @param declaredBytes the Content-Length, or -1
     * @param charge        holds what {@link #chargeHead} has taken
     */
    public BodyReader(ServletInputStream in, long declaredBytes, long bytesMax, BytesInFlight.Charge charge,
                      Consumer<byte[]> whole, Consumer<Refused> refused, Runnable cut) {
        this.in = in;
        this.declaredBytes = declaredBytes;
        this.bytesMax = bytesMax;
        this.charge = charge;
        this.whole = whole;
        this.refused = refused;
        this.cut = cut;
    }

    /**
     * Charges what the head of a request tells: all of a body whose length is declared, else the first buffer. To be
     * called before anything of the body is read.
     *
     * @throws Refused when the body is too large, or the memory is not there
     */
    public static void chargeHead(long declaredBytes, long bytesMax, BytesInFlight.Charge charge) {
        if (declaredBytes > bytesMax) {
            throw tooLarge(Long.toString(declaredBytes), bytesMax);
        }
        charge.take(declaredBytes < 0 ? firstBytes(bytesMax) : declaredBytes);
    }

    /** The time that a body has to come: {@code leastMs} for any, and more for one that is large. */
    public static long timeoutMs(long leastMs, long declaredBytes, long bytesMax) {
        return leastMs + (declaredBytes < 0 ? bytesMax : declaredBytes) * 1_000 / BYTES_A_SECOND_MIN;
    }

    private static int firstBytes(long bytesMax) {
        return (int) Math.min(FIRST_BYTES, bytesMax + 1);
    }

    /** How many bytes have come. */
    public int length() {
        return length;
    }

    private static Refused tooLarge(String has, long bytesMax) {
        return Refused.because(TOO_LARGE, "the body has " + has + " bytes; at most " + bytesMax
            + " are allowed (" + SettingsTable.BODY_MAX.fullKey() + ")");
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!over && !in.isFinished() && in.isReady()) {
            if (refusal != null) {
                throwAway();
            } else if (length < bytes.length || grow()) {
                int n = in.read(bytes, length, bytes.length - length);
                if (n < 0) {
                    return;
                }
                length += n;
            }
        }
    }

    private void throwAway() throws IOException {
        thrownAway += Math.max(0, in.read(BodyDrain.SCRAP));
        if (thrownAway > bytesMax) {
            refuse();
        }
    }

    /** Makes room for more; false when there is none, and then the body is refused, or it is complete. */
    private boolean grow() throws IOException {
        if (declaredBytes >= 0) {
            if (length < declaredBytes) {
                bytes = new byte[(int) declaredBytes]; // charged before
                return true;
            }
            in.read(BodyDrain.SCRAP, 0, 1); // all have come: this finds the end
            return false;
        }
        if (length > bytesMax) {
            giveUp(tooLarge("more than " + bytesMax, bytesMax));
            return false;
        }
        if (length == 0) {
            bytes = new byte[firstBytes(bytesMax)]; // charged before
            return true;
        }
        int before = bytes.length;
        int more = (int) Math.min(before * 2L, bytesMax + 1);
        try {
            charge.take(more); // for a moment there are both
        } catch (Refused e) {
            giveUp(e);
            return false;
        }
        bytes = Arrays.copyOf(bytes, more);
        charge.give(before);
        return true;
    }

    private void giveUp(Refused why) {
        refusal = why;
        bytes = NONE;
        charge.close();
    }

    private void refuse() {
        over = true;
        refused.accept(refusal);
    }

    @Override
    public void onAllDataRead() {
        if (over) {
            return;
        }
        if (refusal == null && length > bytesMax) {
            giveUp(tooLarge("more than " + bytesMax, bytesMax));
        }
        if (refusal != null) {
            refuse();
            return;
        }
        over = true;
        if (declaredBytes >= 0 && length != declaredBytes) {
            cut.run(); // one container reports this as an error, another as an end
        } else {
            byte[] all = bytes;
            bytes = NONE;
            if (all.length > length) {
                charge.hold(length);
                int before = all.length;
                all = Arrays.copyOf(all, length);
                charge.give(before);
            }
            whole.accept(all);
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (!over) {
            over = true;
            cut.run();
        }
    }
}
