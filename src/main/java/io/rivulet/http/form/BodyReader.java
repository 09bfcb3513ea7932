package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
 *
 * <p>A large body is gathered in pieces, and is one array only once all of it has come. G1 gives an array of half a
 * region (512 KB where the heap is small) regions of its own, up to twice its bytes, and begins to mark the whole heap
 * for it: strangers whose bodies never end kept it marking without a pause.
 */
public final class BodyReader implements ReadListener {

    /** The first buffer of a body in chunks. */
    private static final int FIRST_BYTES = 4_096;
    /** A quarter of what the collector would treat as huge in a small heap. */
    private static final int PIECE_BYTES_MAX = 128 << 10;
    private static final byte[] NONE = {};
    /** Held while pieces become one array: so one body at a time takes twice what it is charged for. */
    private static final Object JOINING = new Object();
    /** No body takes longer than this rate needs, beyond the time that is given to any. */
    private static final long BYTES_A_SECOND_MIN = 32 << 10;

    private final ServletInputStream in;
    private final long declaredBytes;
    private final long bytesMax;
    private final BytesInFlight.Charge charge;
    private final Consumer<byte[]> whole;
    private final Consumer<Refused> refused;
    private final Runnable cut;
    /** The pieces that are full; null while there is none. */
    private List<byte[]> full;
    /** The piece that is read into, and how much of it is there. */
    private byte[] piece = NONE;
    private int inPiece;
    /** Of all pieces. */
    private int room;
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
            } else if (inPiece < piece.length || grow()) {
                int n = in.read(piece, inPiece, piece.length - inPiece);
                if (n < 0) {
                    return;
                }
                inPiece += n;
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
                next((int) Math.min(declaredBytes - length, PIECE_BYTES_MAX)); // charged before
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
            next(firstBytes(bytesMax)); // charged before
            return true;
        }
        int more = (int) Math.min(Math.min(piece.length * 2, PIECE_BYTES_MAX), bytesMax + 1 - length);
        try {
            charge.take(more);
        } catch (Refused e) {
            giveUp(e);
            return false;
        }
        next(more);
        return true;
    }

    private void next(int size) {
        byte[] fresh = new byte[size];
        if (room > 0) {
            full = full == null ? new ArrayList<>() : full;
            full.add(piece);
        }
        piece = fresh;
        inPiece = 0;
        room += size;
    }

    private void letGo() {
        full = null;
        piece = NONE;
    }

    private void giveUp(Refused why) {
        refusal = why;
        letGo();
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
            byte[] all = joined();
            letGo();
            charge.give(Math.max(0, room - length));
            whole.accept(all);
        }
    }

    private byte[] joined() {
        if (full == null && piece.length == length) {
            return piece; // as nearly each is whose length was declared
        }
        synchronized (JOINING) {
            byte[] all = new byte[length];
            int at = 0;
            for (int i = 0; full != null && i < full.size(); i++) {
                byte[] one = full.get(i);
                System.arraycopy(one, 0, all, at, one.length);
                at += one.length;
            }
            System.arraycopy(piece, 0, all, at, length - at);
            return all;
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
