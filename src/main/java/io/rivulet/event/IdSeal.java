package io.rivulet.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns a position into an id, and back: one AES block over epoch, position, transient count and nonce, written as
 * {@code urn:rivulet:} and 26 base32 characters (an IRI, as Mercure wants). Frames get their ids here, and a reconnect
 * opens the one it shows. Any thread.
 *
 * <p>An id must tell nothing, or a reader could count the events of topics that are hidden from it; and it cannot be
 * made up. A guessed id opens to a random position, whose 24 bits of nonce the resume compares with the log's.
 */
public final class IdSeal {

    /** The beginning of every id of a hub; publishers may not use it. */
    public static final String PREFIX = "urn:rivulet:";
    /** Bytes of the key. */
    public static final int KEY_BYTES = 16;

    private static final byte[] BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREFIX_BYTES = PREFIX.getBytes(StandardCharsets.US_ASCII);
    private static final int CODE_LENGTH = 26;
    private static final long LOW_48 = (1L << 48) - 1;
    private static final int LOW_24 = (1 << 24) - 1;

    /** In the place of an epoch: the event is a transient one of all nodes, and the rest says of which life. */
    private static final int SHARED = 1 << 23;

    /** As the number of a transient event: what lies behind all of them. */
    public static final long END = 0xffffffffL;

    private final LentCiphers seal;
    private final LentCiphers open;

    /**
     * The content of an id. {@code epoch} and {@code nonce} have 24 bits, the durable position 48, the transient count
     * 32.
     */
    public record Opened(int epoch, Position position, int nonce) {
    }

    /** A seal with this key of {@link #KEY_BYTES} bytes, the store's. */
    public IdSeal(byte[] key) {
        SecretKeySpec spec = new SecretKeySpec(key, "AES");
        seal = new LentCiphers(Cipher.ENCRYPT_MODE, spec);
        open = new LentCiphers(Cipher.DECRYPT_MODE, spec);
    }

    /** The id of this position. */
    public String seal(int epoch, long durable, long transients, int nonce) {
        ByteBuffer b = ByteBuffer.allocate(16);
        b.putLong((long) (epoch & LOW_24) << 40 | durable >>> 8 & (1L << 40) - 1);
        b.putLong((durable & 0xff) << 56 | (transients & 0xffffffffL) << 24 | nonce & LOW_24);
        byte[] code = seal.apply(b.array());
        byte[] text = new byte[PREFIX_BYTES.length + CODE_LENGTH];
        System.arraycopy(PREFIX_BYTES, 0, text, 0, PREFIX_BYTES.length);
        long bits = 0;
        int held = 0;
        int at = PREFIX_BYTES.length;
        for (byte x : code) {
            bits = bits << 8 | x & 0xff;
            for (held += 8; held >= 5; held -= 5) {
                text[at++] = BASE32[(int) (bits >>> held - 5) & 31];
            }
        }
        text[at] = BASE32[(int) (bits << 5 - held) & 31];
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /**
     * Another key of {@link #KEY_BYTES} bytes that all have who have this one: no id is of epoch 0, so none is that.
     *
     * @param purpose at most 13 letters of ASCII, for each use its own
     */
    public byte[] keyFor(String purpose) {
        byte[] block = new byte[KEY_BYTES];
        byte[] text = purpose.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, block, 3, text.length);
        return seal.apply(block);
    }

    /** What stands in the place of the epoch where a transient event is of all nodes: no epoch is as high. */
    public static int lifeOf(long life) {
        return SHARED | (int) (life ^ life >>> 23 ^ life >>> 46) & SHARED - 1;
    }

    /** Whether this stands in the place of an epoch. */
    public static boolean isLife(int epoch) {
        return (epoch & SHARED) != 0;
    }

    /**
     * The id of a position where several nodes have transient events.
     *
     * @param life  see {@link #lifeOf}; 0 where there are none
     * @param first how many of all nodes lay behind this durable event before that life began
     */
    public String seal(int epoch, int life, long first, Position place, int nonce) {
        boolean isEnd = place.transients() == Long.MAX_VALUE;
        if (life == 0 || isEnd || place.own() > 0 && place.own() < END) {
            return seal(epoch, place.durable(), isEnd ? END : place.own(), nonce);
        }
        long number = place.shared() - first; // what is just before an event lies behind the one before it
        return number > 0 ? seal(life, place.durable(), number, nonce) : seal(epoch, place.durable(), 0, nonce);
    }

    /** The content of the id, or null when it is not of this form. Only the log can say whether it is true. */
    public Opened open(String id) {
        if (id.length() != PREFIX.length() + CODE_LENGTH || !id.startsWith(PREFIX)) {
            return null;
        }
        byte[] code = new byte[16];
        long bits = 0;
        int held = 0;
        int at = 0;
        for (int i = PREFIX.length(); i < id.length(); i++) {
            int digit = digit(id.charAt(i));
            if (digit < 0) {
                return null;
            }
            bits = bits << 5 | digit;
            held += 5;
            if (held >= 8) {
                held -= 8;
                code[at++] = (byte) (bits >>> held);
            }
        }
        if ((bits & (1 << held) - 1) != 0) {
            return null; // the two bits beyond 128: one id, one spelling
        }
        ByteBuffer b = ByteBuffer.wrap(open.apply(code));
        long high = b.getLong();
        long low = b.getLong();
        long durable = (high << 8 | low >>> 56) & LOW_48;
        return new Opened((int) (high >>> 40), new Position(durable, low >>> 24 & 0xffffffffL), (int) low & LOW_24);
    }

    private static int digit(char c) {
        return c >= 'A' && c <= 'Z' ? c - 'A' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
    }

    /**
     * A cipher is not for several threads and dear to make, so a few are kept and lent. (No ThreadLocal: on container
     * threads it would outlive the application.)
     */
    private static final class LentCiphers {
        private final int mode;
        private final SecretKeySpec key;
        private final java.util.concurrent.ConcurrentLinkedDeque<Cipher> free =
            new java.util.concurrent.ConcurrentLinkedDeque<>();

        LentCiphers(int mode, SecretKeySpec key) {
            this.mode = mode;
            this.key = key;
        }

        byte[] apply(byte[] block) {
            Cipher cipher = free.pollFirst();
            try {
                if (cipher == null) {
                    cipher = Cipher.getInstance("AES/ECB/NoPadding"); // a single block: there is nothing to chain
                    cipher.init(mode, key);
                }
                byte[] result = cipher.doFinal(block);
                free.addFirst(cipher);
                return result;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES is missing in this JVM", e);
            } finally {
                Arrays.fill(block, (byte) 0);
            }
        }
    }
}
