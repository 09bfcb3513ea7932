package io.rivulet.log.disk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A growing array of bytes with the numbers of the file formats: big-endian, and lengths as varints (seven bits a
 * byte, the lowest first). Not for several threads.
 */
public final class Bytes {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] array;
    private int length;

    public Bytes(int capacity) {
        array = new byte[capacity];
    }

    /** The bytes so far; the array changes as more are put. */
    public byte[] array() {
        return array;
    }

    public int length() {
        return length;
    }

    /** Cuts, or leaves a place of undefined bytes to be set later. */
    public void length(int newLength) {
        room(newLength - length);
        length = newLength;
    }

    public void put(int oneByte) {
        room(1);
        array[length++] = (byte) oneByte;
    }

    public void putInt(int value) {
        room(4);
        INT.set(array, length, value);
        length += 4;
    }

    public void putLong(long value) {
        room(8);
        LONG.set(array, length, value);
        length += 8;
    }

    public void putVarint(int value) {
        int v = value;
        while ((v & ~0x7f) != 0) {
            put(v & 0x7f | 0x80);
            v >>>= 7;
        }
        put(v);
    }

    public void put(byte[] bytes) {
        put(bytes, 0, bytes.length);
    }

    public void put(byte[] bytes, int from, int n) {
        room(n);
        System.arraycopy(bytes, from, array, length, n);
        length += n;
    }

    /** Length, then the bytes. */
    public void putCounted(byte[] bytes) {
        putVarint(bytes.length);
        put(bytes);
    }

    private void room(int more) {
        if (length + more > array.length) {
            array = Arrays.copyOf(array, Math.max(Math.addExact(length, more), array.length * 2));
        }
    }

    public static int getInt(byte[] b, int at) {
        return (int) INT.get(b, at);
    }

    public static long getLong(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    public static void setLong(byte[] b, int at, long value) {
        LONG.set(b, at, value);
    }

    public static void setInt(byte[] b, int at, int value) {
        INT.set(b, at, value);
    }

    public static int crc(byte[] b, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(b, from, length);
        return (int) crc.getValue();
    }
}
