package io.rivulet.log.disk;

import io.rivulet.log.Digest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Hashes of topics, ids and keys for the indexes, of 63 bits. They are keyed by the store's secret, so a publisher
 * cannot make two texts that collide. An index only narrows a search: every hit is compared with its record. Immutable,
 * for any thread.
 */
public final class StoreHash {

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long seed;
    private final long factor;

    /** The hashes of a store with this key. */
    public StoreHash(byte[] storeKey) {
        Digest digest = Digest.of(storeKey, "index".getBytes(StandardCharsets.US_ASCII));
        seed = digest.high();
        factor = digest.low() | 1;
    }

    /** The store's secret part of the checksum of a block's header. */
    public int salt() {
        return (int) (seed ^ factor >>> 32);
    }

    /** The hash of a text. */
    public long of(String text) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        return of(b, 0, b.length);
    }

    /** The hash of the bytes of a text. */
    public long of(byte[] b, int from, int length) {
        long h = mix(seed ^ length);
        int at = from;
        int left = length;
        for (; left >= 8; left -= 8, at += 8) {
            h = mix(h ^ (long) WORD.get(b, at));
        }
        long tail = 0;
        for (int i = 0; i < left; i++) {
            tail |= (b[at + i] & 0xffL) << 8 * i;
        }
        return mix(mix(h ^ tail) + seed) >>> 1;
    }

    /** The hash of a receipt key: other than that of any id. */
    public long of(Digest key) {
        return mix(mix(key.high() ^ ~seed) ^ key.low()) >>> 1;
    }

    /** The hash of a producer: other than that of any id or key. */
    public long ofProducer(Digest producer) {
        return mix(mix(producer.low() ^ ~factor) ^ producer.high()) >>> 1;
    }

    /** The hash of the id of a private event, from the hash of the id. */
    public long ofPrivate(long idHash) {
        return mix(idHash ^ ~factor) >>> 1;
    }

    /** The hash of a topic as one that has ended or is asked to: other than that of any id. */
    public long ofMark(long topicHash) {
        return mix(topicHash ^ ~seed * 31) >>> 1;
    }

    private long mix(long x) {
        return Math.multiplyHigh(x, factor) ^ x * factor ^ x >>> 29;
    }
}
