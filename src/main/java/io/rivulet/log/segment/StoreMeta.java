package io.rivulet.log.segment;

import io.rivulet.event.IdSeal;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * The identity of a store and its epochs: the file {@code meta}. {@link LogOpener} replaces it as a whole at every
 * opening, {@link SegmentLog} at a close. Immutable.
 *
 * <p>Each opening begins an epoch, which ids name. After a crash the log may end earlier than events that clients saw
 * without a sync. The epochs with their beginnings tell such a client's id from one of an event that is there.
 *
 * <p>In the file: {@code magic, version (u32 each), storeId (u64), key (16 bytes), headAtLeast (u64), count (u32),
 * epochs (epoch u32, begin u64 each), crc (u32)}.
 *
 * @param key         of the {@link IdSeal}
 * @param headAtLeast the log held this position, synced, when this was written: a shorter log has lost something
 * @param epochs      ascending; the last is the one in force
 */
record StoreMeta(long storeId, byte[] key, long headAtLeast, List<Epoch> epochs) {

    static final String NAME = "meta";

    private static final int MAGIC = 0x52764d31; // RvM1
    private static final int VERSION = 1;
    private static final int FIXED_BYTES = 44;
    /** A cursor of an epoch longer ago is a reset. One epoch an open: ten a day for a year. */
    private static final int EPOCHS_MAX = 4_000;
    private static final int EPOCH_MAX = (1 << 24) - 1;

    /**
     * {@code begin} is the position of the first event that could be appended in it; 0 in a log that was an engine's,
     * where an epoch is the run of a node beside others, and its events stand among theirs.
     */
    record Epoch(int epoch, long begin) {
    }

    /** A new store; its first epoch comes with {@link #opened}. */
    static StoreMeta create(SecureRandom random) {
        byte[] key = new byte[IdSeal.KEY_BYTES];
        random.nextBytes(key);
        return new StoreMeta(random.nextLong(), key, 0, List.of());
    }

    /** The same store, opened once more with its head at {@code head}. */
    StoreMeta opened(long head) {
        List<Epoch> more = new ArrayList<>(epochs.subList(Math.max(0, epochs.size() - EPOCHS_MAX + 1), epochs.size()));
        more.add(new Epoch(epochs.isEmpty() ? 1 : Math.min(EPOCH_MAX, epoch() + 1), head + 1));
        return new StoreMeta(storeId, key, head, List.copyOf(more));
    }

    /** The same, closed with everything up to {@code head} synced. */
    StoreMeta closed(long head) {
        return new StoreMeta(storeId, key, head, epochs);
    }

    /** A store that was an engine's, which has given out epochs up to this one. */
    static StoreMeta shared(long storeId, byte[] key, int epoch, long head) {
        List<Epoch> epochs = new ArrayList<>();
        for (int i = Math.max(1, epoch - EPOCHS_MAX + 1); i <= epoch; i++) {
            epochs.add(new Epoch(i, 0));
        }
        return new StoreMeta(storeId, key, head, List.copyOf(epochs));
    }

    /** The epoch in force. */
    int epoch() {
        return epochs.get(epochs.size() - 1).epoch();
    }

    /** Whether the log could stand at {@code position} in {@code epoch}; its head is at {@code head}. */
    boolean reaches(int epoch, long position, long head) {
        int i = Collections.binarySearch(epochs, new Epoch(epoch, 0), Comparator.comparingInt(Epoch::epoch));
        if (i < 0) {
            return false;
        }
        long begin = epochs.get(i).begin();
        int next = i + 1;
        while (begin == 0 && next < epochs.size() && epochs.get(next).begin() == 0) {
            next++; // all of them reach up to where this log was made
        }
        long end = next < epochs.size() ? epochs.get(next).begin() - 1 : head;
        return position >= Math.max(0, begin - 1) && position <= end;
    }

    /** Replaces the file; after a crash in between the old one is there. */
    void write(Disk disk, Path folder) throws IOException {
        disk.replace(folder.resolve(NAME), bytes());
    }

    /** The content of the file. */
    byte[] bytes() {
        Bytes out = new Bytes(FIXED_BYTES + 12 * epochs.size() + 4);
        out.putInt(MAGIC);
        out.putInt(VERSION);
        out.putLong(storeId);
        out.put(key);
        out.putLong(headAtLeast);
        out.putInt(epochs.size());
        for (Epoch e : epochs) {
            out.putInt(e.epoch());
            out.putLong(e.begin());
        }
        out.putInt(Bytes.crc(out.array(), 0, out.length()));
        return java.util.Arrays.copyOf(out.array(), out.length());
    }

    /**
     * Reads the file.
     *
     * @throws LogCorrupt when it is damaged, or of a later version
     */
    static StoreMeta read(Disk disk, Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        return of(disk.readAll(file), file.toString());
    }

    /** The same of its content; {@code file} is what a message calls it. */
    static StoreMeta of(byte[] b, String file) throws LogCorrupt {
        if (b.length < FIXED_BYTES + 4 || Bytes.getInt(b, b.length - 4) != Bytes.crc(b, 0, b.length - 4)
            || Bytes.getInt(b, 0) != MAGIC) {
            throw new LogCorrupt(file + " is damaged (" + b.length + " bytes); restore it from a backup: without its"
                + " key the ids that clients hold mean nothing");
        }
        if (Bytes.getInt(b, 4) != VERSION) {
            throw new LogCorrupt(file + " has format " + Bytes.getInt(b, 4) + "; this version reads " + VERSION);
        }
        byte[] key = java.util.Arrays.copyOfRange(b, 16, 32);
        List<Epoch> epochs = new ArrayList<>();
        int count = Bytes.getInt(b, 40);
        for (int i = 0; i < count; i++) {
            epochs.add(new Epoch(Bytes.getInt(b, FIXED_BYTES + 12 * i), Bytes.getLong(b, FIXED_BYTES + 12 * i + 4)));
        }
        return new StoreMeta(Bytes.getLong(b, 8), key, Bytes.getLong(b, 32), List.copyOf(epochs));
    }
}
