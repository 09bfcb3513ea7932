package io.rivulet.log.disk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A growing array of bytes with the numbers of the file formats: big-endian, and lengths as varints (seven bits a byte,
 * the lowest first). Everything that the log writes is put together here. For one thread.
 */
public final class Bytes {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] array;
    private int length;

    /** An empty array with room for so many bytes. */
    public Bytes(int capacity) {
        array = new byte[capacity];
    }

    /** The bytes so far; the array changes as more are put. */
    public byte[] array() {
        return array;
    }

    /** Bytes that were put. */
    public int length() {
        return length;
    }

    /** Cuts the bytes, or adds undefined ones that are set later. */
    public void length(int newLength) {
        room(newLength - length);
        length = newLength;
    }

    /** Puts the lowest eight bits. */
    public void put(int oneByte) {
        room(1);
        array[length++] = (byte) oneByte;
    }

    /** Puts four bytes. */
    public void putInt(int value) {
        room(4);
        INT.set(array, length, value);
        length += 4;
    }

    /** Puts eight bytes. */
    public void putLong(long value) {
        room(8);
        LONG.set(array, length, value);
        length += 8;
    }

    /** Puts one to five bytes; a negative number takes five. */
    public void putVarint(int value) {
        int v = value;
        while ((v & ~0x7f) != 0) {
            put(v & 0x7f | 0x80);
            v >>>= 7;
        }
        put(v);
    }

    /** Puts all of these bytes. */
    public void put(byte[] bytes) {
        put(bytes, 0, bytes.length);
    }

    /** Puts some of these bytes. */
    public void put(byte[] bytes, int from, int n) {
        room(n);
        System.arraycopy(bytes, from, array, length, n);
        length += n;
    }

    /** Puts their number as a varint, then the bytes. */
    public void putCounted(byte[] bytes) {
        putVarint(bytes.length);
        put(bytes);
    }

    private void room(int more) {
        if (length + more > array.length) {
            array = Arrays.copyOf(array, Math.max(Math.addExact(length, more), array.length * 2));
        }
    }

    /** The four bytes at this offset of an array. */
    public static int getInt(byte[] b, int at) {
        return (int) INT.get(b, at);
    }

    /** The eight bytes at this offset of an array. */
    public static long getLong(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    /** Replaces the eight bytes at this offset of an array. */
    public static void setLong(byte[] b, int at, long value) {
        LONG.set(b, at, value);
    }

    /** Replaces the four bytes at this offset of an array. */
    public static void setInt(byte[] b, int at, int value) {
        INT.set(b, at, value);
    }

    /** The CRC-32C of some bytes: the checksum of all files. */
    public static int crc(byte[] b, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(b, from, length);
        return (int) crc.getValue();
    }
}
