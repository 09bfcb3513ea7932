package io.rivulet.log.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk that remembers what was synced, so that it can show what a killed process or a power cut leaves behind, and
 * that fails on demand: the n-th operation of a kind, or all writes for want of space.
 *
 * <p>A sync that fails behaves as Linux does. It says so once, and the pages that it did not write count as clean from
 * then on: a later sync says yes and writes none of them. Until memory runs short readers still see what was written,
 * then ({@link #evict}) what the disk has. The system also writes pages by itself ({@link #writeBack}), and a failure
 * of that is told by the next sync, once.
 *
 * <p>Another process finds the same disk: a test closes a log, or drops it as a kill would, and opens another one here.
 */
public final class MemoryDisk implements Disk {

    private static final int PAGE = 4096;

    /** Which operations are counted. */
    public enum Op { WRITE, FORCE, ANY }

    /** The process is gone: nothing after this reaches the disk. */
    public static final class Crash extends Error {
    }

    private static final class Inode {
        private byte[] now = {};
        private byte[] platter = {};
        private final BitSet dirty = new BitSet();
        /** The system failed to write pages, and nobody was told yet. */
        private boolean failed;

        void sync() {
            platter = Arrays.copyOf(platter, now.length);
            dirty.stream().forEach(page -> copyPage(page, now, platter));
            dirty.clear();
        }

        /** Some pages are written, the others are not, and all count as clean. */
        void syncInPart(Random chance) {
            if (chance.nextBoolean()) {
                platter = Arrays.copyOf(platter, now.length);
            }
            dirty.stream().filter(page -> chance.nextBoolean()).forEach(page -> copyPage(page, now, platter));
            dirty.clear();
        }

        /** Pages that count as clean are read from the disk again. */
        void evict() {
            for (int page = 0; page * PAGE < now.length; page++) {
                if (!dirty.get(page)) {
                    int end = Math.min(now.length, (page + 1) * PAGE);
                    Arrays.fill(now, Math.max(page * PAGE, Math.min(end, platter.length)), end, (byte) 0);
                    copyPage(page, platter, now);
                }
            }
        }

        private static void copyPage(int page, byte[] from, byte[] to) {
            int at = page * PAGE;
            int length = Math.min(PAGE, Math.min(from.length, to.length) - at);
            if (length > 0) {
                System.arraycopy(from, at, to, at, length);
            }
        }

        /** What a power cut leaves: of each sector that was not synced the old state or the new. */
        public byte[] afterPowerCut(Random random, int sector) {
            int shorter = Math.min(platter.length, now.length);
            int longer = Math.max(platter.length, now.length);
            int length = dirty.isEmpty() ? platter.length
                : switch (random.nextInt(3)) {
                    case 0 -> platter.length;
                    case 1 -> now.length;
                    default -> shorter + random.nextInt(longer - shorter + 1);
                };
            byte[] left = Arrays.copyOf(platter, length);
            for (int at = 0; at < length; at += sector) {
                if (dirty.get(at / PAGE) && random.nextBoolean()) {
                    int n = Math.min(sector, Math.min(length, now.length) - at);
                    if (n > 0) {
                        System.arraycopy(now, at, left, at, n);
                    }
                }
            }
            return left;
        }
    }

    private final Map<String, Inode> names = new TreeMap<>();
    private Map<String, Inode> syncedNames = new LinkedHashMap<>();
    private final List<Map<String, Inode>> unsyncedNames = new ArrayList<>();
    private final Random random;
    private Op counted;
    private int countdown;
    private boolean crashes;
    private boolean errs;
    private boolean crashed;
    private long capacity = Long.MAX_VALUE;
    private boolean forceWorks = true;
    private boolean folderSyncWorks = true;
    private boolean broken;
    private int operations;
    private int openForReading;

    public MemoryDisk(long seed) {
        random = new Random(seed);
    }

    /** The n-th operation of this kind from now on fails with EIO, once; a write by half. */
    public synchronized MemoryDisk failing(Op op, int n) {
        counted = op;
        countdown = n;
        crashes = false;
        errs = false;
        return this;
    }

    /** The n-th operation of this kind from now on throws an Error, once, as when memory ends. */
    public synchronized MemoryDisk erring(Op op, int n) {
        failing(op, n);
        errs = true;
        return this;
    }

    /** The process dies in the n-th operation. */
    public synchronized MemoryDisk crashing(int n) {
        failing(Op.ANY, n);
        crashes = true;
        return this;
    }

    /** Everything but reading fails, or no longer. */
    public synchronized void broken(boolean isBroken) {
        broken = isBroken;
    }

    /** The bytes that all files together may have. */
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /** Syncs say yes and do nothing. */
    public synchronized MemoryDisk withoutForce() {
        forceWorks = false;
        return this;
    }

    /** Syncs of the folder fail. */
    public synchronized void folderSyncWorks(boolean works) {
        folderSyncWorks = works;
    }

    public synchronized boolean hasCrashed() {
        return crashed;
    }

    /** Whether the failure that was ordered has not come yet. */
    public synchronized boolean isArmed() {
        return countdown > 0;
    }

    synchronized int operations() {
        return operations;
    }

    /** The system writes the pages of all files, as it does by itself; or fails, and writes some of them. */
    public synchronized void writeBack(boolean fails) {
        for (Inode inode : names.values()) {
            if (fails && !inode.dirty.isEmpty()) {
                inode.syncInPart(random);
                inode.failed = true;
            } else {
                inode.sync();
            }
        }
    }

    /** Memory runs short: what counts as clean is forgotten, and read from the disk when it is asked for. */
    public synchronized void evict() {
        names.values().forEach(Inode::evict);
    }

    /** The files as another process finds them after this one was killed. */
    public synchronized MemoryDisk afterKill() {
        Map<String, byte[]> left = new HashMap<>();
        names.forEach((name, inode) -> left.put(name, inode.now));
        return of(left);
    }

    /** The files as they are found after a power cut, one of the many possible states. */
    public synchronized MemoryDisk afterPowerCut(long seed, int sector) {
        Random chance = new Random(seed);
        // a journal keeps the order of names: some of the changes since the last sync are there, the first ones
        int kept = chance.nextInt(unsyncedNames.size() + 1);
        Map<String, Inode> folder = kept == 0 ? syncedNames : unsyncedNames.get(kept - 1);
        Map<String, byte[]> left = new HashMap<>();
        folder.forEach((name, inode) -> left.put(name, inode.afterPowerCut(chance, sector)));
        return of(left);
    }

    public static MemoryDisk of(Map<String, byte[]> files) {
        MemoryDisk disk = new MemoryDisk(1);
        files.forEach((name, content) -> {
            Inode inode = new Inode();
            inode.now = content.clone();
            inode.platter = content.clone();
            disk.names.put(name, inode);
        });
        disk.syncedNames = new LinkedHashMap<>(disk.names);
        return disk;
    }

    public synchronized Map<String, byte[]> files() {
        Map<String, byte[]> all = new TreeMap<>();
        names.forEach((name, inode) -> all.put(name, inode.now.clone()));
        return all;
    }

    private void step(Op op) throws IOException {
        if (crashed) {
            throw new Crash();
        }
        operations++;
        if (broken) {
            throw new IOException("Input/output error");
        }
        if (countdown > 0 && (counted == Op.ANY || counted == op) && --countdown == 0) {
            if (crashes) {
                crashed = true;
                throw new Crash();
            }
            if (errs) {
                throw new OutOfMemoryError("made by the test");
            }
            throw new IOException("Input/output error");
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private void named() {
        unsyncedNames.add(new LinkedHashMap<>(names));
    }

    @Override
    public synchronized File open(Path file) throws IOException {
        Inode inode = names.get(name(file));
        if (inode == null) {
            throw new FileNotFoundException(file.toString());
        }
        openForReading++;
        return new Opened(inode) {
            @Override
            public void close() {
                synchronized (MemoryDisk.this) {
                    openForReading--;
                }
            }
        };
    }

    /** Files that were opened for reading and not closed yet. */
    public synchronized int openForReading() {
        return openForReading;
    }

    @Override
    public synchronized File openToWrite(Path file) throws IOException {
        step(Op.ANY);
        Inode inode = names.get(name(file));
        if (inode == null) {
            inode = new Inode();
            names.put(name(file), inode);
            named();
        }
        return new Opened(inode);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        step(Op.ANY);
        Inode inode = names.remove(name(from));
        if (inode == null) {
            throw new NoSuchFileException(from.toString());
        }
        names.put(name(to), inode);
        named();
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        step(Op.ANY);
        if (names.remove(name(file)) != null) {
            named();
        }
    }

    @Override
    public synchronized List<String> list(Path folder) {
        return new ArrayList<>(names.keySet());
    }

    @Override
    public synchronized void syncFolder(Path folder) throws IOException {
        step(Op.FORCE);
        if (!folderSyncWorks) {
            throw new IOException("Input/output error");
        }
        if (forceWorks) {
            syncedNames = new LinkedHashMap<>(names);
            unsyncedNames.clear();
        }
    }

    @Override
    public synchronized long freeBytes(Path folder) {
        return capacity - names.values().stream().mapToLong(inode -> inode.now.length).sum();
    }

    private class Opened implements File {
        private final Inode inode;

        Opened(Inode inode) {
            this.inode = inode;
        }

        @Override
        public int read(long at, byte[] into, int from, int length) {
            synchronized (MemoryDisk.this) {
                int n = (int) Math.max(0, Math.min(length, inode.now.length - at));
                if (n > 0) {
                    System.arraycopy(inode.now, (int) at, into, from, n);
                }
                return n;
            }
        }

        @Override
        public void write(long at, byte[] bytes, int from, int length) throws IOException {
            synchronized (MemoryDisk.this) {
                try {
                    step(Op.WRITE);
                } catch (IOException | Crash e) {
                    put((int) at, bytes, from, random.nextInt(length + 1)); // any part of it may be there
                    throw e;
                }
                long more = Math.max(0, at + length - inode.now.length);
                long free = freeBytes(null);
                if (more > free) {
                    put((int) at, bytes, from, (int) Math.max(0, length - (more - free)));
                    throw new IOException("No space left on device");
                }
                put((int) at, bytes, from, length);
            }
        }

        private void put(int at, byte[] bytes, int from, int length) {
            if (length > 0) {
                if (at + length > inode.now.length) {
                    inode.now = Arrays.copyOf(inode.now, at + length);
                }
                System.arraycopy(bytes, from, inode.now, at, length);
                inode.dirty.set(at / PAGE, (at + length - 1) / PAGE + 1);
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (MemoryDisk.this) {
                try {
                    step(Op.FORCE);
                } catch (IOException e) {
                    inode.syncInPart(random);
                    throw e;
                }
                if (forceWorks) {
                    inode.sync();
                }
                if (inode.failed) {
                    inode.failed = false;
                    throw new IOException("Input/output error");
                }
            }
        }

        @Override
        public void truncate(long length) throws IOException {
            synchronized (MemoryDisk.this) {
                step(Op.ANY);
                inode.now = Arrays.copyOf(inode.now, (int) length); // no page becomes dirty: nobody promises it
            }
        }

        @Override
        public long length() {
            synchronized (MemoryDisk.this) {
                return inode.now.length;
            }
        }

        @Override
        public void close() {
        }
    }
}
