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
 * <p>A publisher that sends a byte a second holds a little memory and no thread. A body that is too large is read on
 * for as many bytes again before it is refused, for the reason that {@link BodyDrain} tells.
 */
public final class BodyReader implements ReadListener {

    /** The first buffer at most: it grows with the bytes that have come, not with those that a header promises. */
    private static final int FIRST_BYTES_MAX = 4_096;

    private final ServletInputStream in;
    private final long declaredBytes;
    private final long bytesMax;
    private final Consumer<byte[]> whole;
    private final Consumer<Refused> refused;
    private final Runnable cut;
    private byte[] bytes;
    private volatile int length;
    /** How many bytes came beyond the limit, and were thrown away. */
    private long excess;
    private boolean over;

    /** A reader of one body; {@code declaredBytes} is the Content-Length, or -1. */
    public BodyReader(ServletInputStream in, long declaredBytes, long bytesMax, Consumer<byte[]> whole,
                      Consumer<Refused> refused, Runnable cut) {
        this.in = in;
        this.declaredBytes = declaredBytes;
        this.bytesMax = bytesMax;
        this.whole = whole;
        this.refused = refused;
        this.cut = cut;
        // one byte more than declared: so the end is found without a larger buffer
        bytes = new byte[declaredBytes < 0 ? FIRST_BYTES_MAX : (int) Math.min(FIRST_BYTES_MAX, declaredBytes + 1)];
    }

    /** How many bytes have come. */
    public int length() {
        return length;
    }

    /** The refusal of a body that {@code has} so many bytes. */
    public static Refused tooLarge(String has, long bytesMax) {
        return Refused.because(TOO_LARGE, "the body has " + has + " bytes; at most " + bytesMax
            + " are allowed (" + SettingsTable.BODY_MAX.fullKey() + ")");
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!over && !in.isFinished() && in.isReady()) {
            if (length > bytesMax) {
                excess += Math.max(0, in.read(bytes));
                if (excess > bytesMax) {
                    refuse();
                }
                continue;
            }
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(bytes.length * 2L, bytesMax + 1));
            }
            int n = in.read(bytes, length, bytes.length - length);
            if (n < 0) {
                return;
            }
            length += n;
        }
    }

    private void refuse() {
        over = true;
        refused.accept(tooLarge("more than " + bytesMax, bytesMax));
    }

    @Override
    public void onAllDataRead() {
        if (over) {
            return;
        }
        if (length > bytesMax) {
            refuse();
            return;
        }
        over = true;
        if (declaredBytes >= 0 && length != declaredBytes) {
            cut.run(); // one container reports this as an error, another as an end
        } else {
            whole.accept(Arrays.copyOf(bytes, length));
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
