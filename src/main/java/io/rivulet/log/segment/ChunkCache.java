package io.rivulet.log.segment;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Chunks for all readers that catch up together, on the hub's threads; the least recently used leaves first. Two
 * readers that need the same chunk at once read it once: the second waits for the first.
 *
 * <p>Half of the memory is for the bytes of chunks, half for what chunks keep decoded, which takes four times as much:
 * so far more of the log is here than is decoded. Invariant: the weight of the chunks is at most {@code bytesMax / 2},
 * or there is one. What is decoded is counted anew each time that a sixteenth of the memory has come, and is then cut
 * to its half; the chunks that were used least lose theirs first.
 */
final class ChunkCache {

    /** Reads of single records are counted for so many absent chunks: half a megabyte. */
    private static final int SINGLES_MAX = 4_096;

    private final long bytesMax;
    private final long decodedMax;
    /** What chunks have kept decoded since it was counted last. */
    private final AtomicLong keeping = new AtomicLong();
    private final Map<Key, Slot> chunks = new LinkedHashMap<>(16, 0.75f, true);
    /** Bytes that were read one record at a time, of chunks that are not here. */
    private final Map<Key, Integer> singles = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** Reads what the cache does not have; {@code known} is the chunk as far as it was read before, or null. */
    interface Loader {
        Chunk load(Chunk known) throws IOException;
    }

    private record Key(long segment, int number) {
    }

    /**
     * The place of a chunk, and the promise of one that is being loaded. Guarded by {@code chunks}, which is notified
     * when a promise ends: that takes no memory, so it is kept whatever the loading threw.
     */
    private static final class Slot {
        /** Null while it is being loaded; and afterwards when that failed, which is as if there were no slot. */
        private Chunk chunk;
        /** What it counts for. */
        private long weight;
        private boolean isLoading = true;
        /** Whether somebody asked for it since time passed last. */
        private boolean isAsked = true;
        /** Whether retention has taken its segment. */
        private boolean isForgotten;

        boolean has(long position) {
            return chunk != null && chunk.last() >= position;
        }
    }

    ChunkCache(long bytesMax) {
        this.bytesMax = bytesMax / 2;
        this.decodedMax = bytesMax / 2;
    }

    /** A chunk that is to be loaded, and tells this cache what it keeps decoded. */
    Chunk begun(long first, int offset) {
        return new Chunk(first, offset, keeping);
    }

    /**
     * The chunk with this number of the segment, holding {@code position}. Whoever finds that somebody loads it waits:
     * that costs less than a second read of the same bytes. A fault of that other reader is its own to tell; this one
     * then tries for itself.
     *
     * <p>T1 loads, T2 waits for the promise, T3 (retention) forgets the segment meanwhile: then the chunk is handed to
     * T2 but not kept.
     */
    Chunk get(long segment, int number, long position, Loader loader) throws IOException {
        Key key = new Key(segment, number);
        Slot mine = null;
        Chunk chunk = null;
        try {
            Chunk known;
            synchronized (chunks) {
                forgetDecoded();
                Slot there = awaited(key, position);
                if (there != null && there.has(position)) {
                    there.isAsked = true;
                    return there.chunk;
                }
                known = there == null ? null : there.chunk;
                Slot promise = new Slot();
                chunks.put(key, promise);
                mine = promise;
                bytes -= there == null ? 0 : there.weight;
            }
            Chunk loaded = loader.load(known);
            keep(mine, loaded.weight());
            chunk = loaded;
            return chunk;
        } finally {
            if (mine != null) {
                synchronized (chunks) {
                    mine.chunk = chunk;
                    mine.isLoading = false;
                    chunks.notifyAll(); // so far nothing can fail: others wait
                    if (chunk == null) {
                        bytes -= mine.weight;
                        mine.weight = 0;
                        chunks.remove(key, mine);
                    }
                }
            }
        }
    }

    /** The slot of this key when nobody loads it any more, or the one that was waited for; null for none. Locked. */
    private Slot awaited(Key key, long position) {
        Slot there = chunks.get(key);
        boolean interrupted = false;
        while (there != null && there.isLoading) {
            try {
                chunks.wait();
            } catch (InterruptedException e) {
                interrupted = true; // whoever loads is about to end
            }
            if (!there.isLoading && !there.has(position)) {
                there = chunks.get(key);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return there;
    }

    /** Counts what was loaded, unless it is forgotten already: so its weight is subtracted exactly once. */
    private void keep(Slot mine, long weight) {
        synchronized (chunks) {
            if (!mine.isForgotten) {
                mine.weight = weight;
                bytes += weight;
                shrink();
            }
        }
    }

    /** The chunk with this number, if it is here and holds {@code position}; else null. */
    Chunk find(long segment, int number, long position) {
        synchronized (chunks) {
            forgetDecoded();
            Slot there = chunks.get(new Key(segment, number));
            if (there == null || !there.has(position)) {
                return null;
            }
            there.isAsked = true;
            return there.chunk;
        }
    }

    /**
     * Says that a record of this chunk, which is not here, is about to be read by itself. True when half of the chunk's
     * bytes have been read in that way, by any reader: then reading all of it costs less for the readers that follow.
     */
    boolean isWanted(long segment, int number, int chunkBytes) {
        synchronized (chunks) {
            Key key = new Key(segment, number);
            int readSingly = singles.merge(key, RecordFile.GUESS_BYTES, Integer::sum);
            if (readSingly <= chunkBytes / 2) {
                if (singles.size() > SINGLES_MAX) {
                    singles.remove(singles.keySet().iterator().next());
                }
                return false;
            }
            singles.remove(key);
            return true;
        }
    }

    /**
     * Lets go of what is decoded beyond the bound. Each question for a chunk begins with it: what is decoded came with
     * questions before. Locked.
     */
    private void forgetDecoded() {
        if (keeping.get() <= decodedMax / 8) {
            return;
        }
        keeping.set(0);
        long all = decoded();
        Iterator<Slot> oldest = chunks.values().iterator();
        while (all > decodedMax && oldest.hasNext()) {
            Chunk chunk = oldest.next().chunk;
            all -= chunk == null ? 0 : chunk.forgetDecoded();
        }
    }

    /** Bytes that are kept decoded. */
    long decoded() {
        long all = 0;
        synchronized (chunks) {
            for (Slot slot : chunks.values()) {
                all += slot.chunk == null ? 0 : slot.chunk.decodedBytes();
            }
        }
        return all;
    }

    /** The weight of those that are kept, without what is decoded: for tests. */
    long weight() {
        synchronized (chunks) {
            return bytes;
        }
    }

    /** Drops the least recently used; never one that is being loaded, as the newest is still. */
    private void shrink() {
        Iterator<Slot> oldest = chunks.values().iterator();
        while (bytes > bytesMax && oldest.hasNext()) {
            Slot slot = oldest.next();
            if (!slot.isLoading) {
                bytes -= slot.weight;
                oldest.remove();
            }
        }
    }

    /** See {@link io.rivulet.log.LocalLog#age}. What is being loaded stays: somebody waits for it. */
    void age() {
        synchronized (chunks) {
            chunks.values().removeIf(slot -> {
                boolean old = !slot.isLoading && !slot.isAsked;
                bytes -= old ? slot.weight : 0;
                slot.isAsked = false;
                if (!old && slot.chunk != null) {
                    slot.chunk.age();
                }
                return old;
            });
        }
    }

    /** Forgets a segment that retention took. */
    void forget(long segment) {
        synchronized (chunks) {
            singles.keySet().removeIf(key -> key.segment() == segment);
            chunks.entrySet().removeIf(entry -> {
                boolean gone = entry.getKey().segment() == segment;
                if (gone) {
                    Slot slot = entry.getValue();
                    slot.isForgotten = true;
                    bytes -= slot.weight;
                    slot.weight = 0; // its loading may fail yet, which would subtract it once more
                }
                return gone;
            });
        }
    }
}
