package io.rivulet.log.segment;

import io.rivulet.log.LogEntry;
import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Decoded chunks for all readers that catch up together, on the hub's threads; the least recently used leaves first.
 * Two readers that need the same chunk at once read it once: the second waits for the first. Invariant: the weight of
 * the kept chunks is at most {@code bytesMax}, or there is one chunk.
 */
final class ChunkCache {

    /** Reads of single records are counted for so many absent chunks: half a megabyte. */
    private static final int SINGLES_MAX = 4_096;

    private final long bytesMax;
    private final Map<Key, CompletableFuture<Chunk>> chunks = new LinkedHashMap<>(16, 0.75f, true);
    /** Bytes that were read one record at a time, of chunks that are not here. */
    private final Map<Key, Integer> singles = new LinkedHashMap<>(16, 0.75f, true);
    /** What was asked for since time passed last. */
    private final Set<Key> asked = new HashSet<>();
    private long bytes;

    /**
     * A stretch of a segment, decoded: whole blocks, shared by all readers that need it. Immutable.
     *
     * @param entries gapless, ascending, at least one
     * @param end     the offset in the file after its last block
     * @param weight  bytes it takes in memory, about
     */
    record Chunk(List<LogEntry> entries, int end, long weight) {

        long first() {
            return entries.get(0).position();
        }

        long last() {
            return first() + entries.size() - 1;
        }

        LogEntry at(long position) {
            return entries.get((int) (position - first()));
        }
    }

    /** Reads what the cache does not have; {@code known} is an earlier, shorter state of the chunk, or null. */
    interface Loader {
        Chunk load(Chunk known) throws IOException;
    }

    private record Key(long segment, int number) {
    }

    ChunkCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The chunk with this number of the segment, holding {@code position}. */
    Chunk get(long segment, int number, long position, Loader loader) throws IOException {
        Key key = new Key(segment, number);
        while (true) {
            CompletableFuture<Chunk> mine = null;
            CompletableFuture<Chunk> there;
            Chunk known = null;
            synchronized (chunks) {
                asked.add(key);
                there = chunks.get(key);
                if (there != null && there.isDone()) {
                    known = there.join();
                    if (known.last() >= position) {
                        return known;
                    }
                }
                if (there == null || there.isDone()) {
                    mine = new CompletableFuture<>();
                    chunks.put(key, mine);
                    bytes -= known == null ? 0 : known.weight();
                }
            }
            if (mine != null) {
                return load(key, mine, known, loader);
            }
            // another reader loads it: waiting costs less than a second read of the same bytes
            try {
                there.join();
            } catch (CompletionException e) {
                // the other reader's fault is its own to tell; this one tries for itself
                continue;
            }
        }
    }

    /** The chunk with this number, if it is here and holds {@code position}; else null. */
    Chunk find(long segment, int number, long position) {
        synchronized (chunks) {
            Key key = new Key(segment, number);
            CompletableFuture<Chunk> there = chunks.get(key);
            Chunk known = there == null || !there.isDone() ? null : there.join();
            if (known == null || known.last() < position) {
                return null;
            }
            asked.add(key);
            return known;
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
     * Loads what this reader promised to others. T1 loads, T2 waits for the promise, T3 (retention) forgets the segment
     * meanwhile: then the chunk is handed to T2 but not kept. The weight is added under the lock in which the chunk is
     * found to be still wanted, so it is subtracted exactly once.
     */
    private Chunk load(Key key, CompletableFuture<Chunk> mine, Chunk known, Loader loader) throws IOException {
        Chunk chunk = null;
        try {
            chunk = loader.load(known);
            return chunk;
        } finally {
            synchronized (chunks) {
                if (chunk == null) {
                    chunks.remove(key, mine);
                } else if (chunks.get(key) == mine) {
                    bytes += chunk.weight();
                    mine.complete(chunk);
                    shrink(key);
                }
            }
            if (chunk == null) {
                mine.completeExceptionally(new IOException("not read"));
            } else {
                mine.complete(chunk);
            }
        }
    }

    /** Drops the least recently used; never one that is being loaded, whose weight nobody knows, nor the newest. */
    private void shrink(Key newest) {
        Iterator<Map.Entry<Key, CompletableFuture<Chunk>>> oldest = chunks.entrySet().iterator();
        while (bytes > bytesMax && oldest.hasNext()) {
            Map.Entry<Key, CompletableFuture<Chunk>> entry = oldest.next();
            if (entry.getValue().isDone() && !entry.getKey().equals(newest)) {
                bytes -= entry.getValue().join().weight();
                asked.remove(entry.getKey());
                oldest.remove();
            }
        }
    }

    /** See {@link io.rivulet.log.LocalLog#age}. What is being loaded stays: somebody waits for it. */
    void age() {
        synchronized (chunks) {
            chunks.entrySet().removeIf(entry -> {
                boolean old = entry.getValue().isDone() && !asked.contains(entry.getKey());
                if (old) {
                    bytes -= entry.getValue().join().weight();
                }
                return old;
            });
            asked.clear();
        }
    }

    /** Forgets a segment that retention took. */
    void forget(long segment) {
        synchronized (chunks) {
            singles.keySet().removeIf(key -> key.segment() == segment);
            chunks.entrySet().removeIf(entry -> {
                boolean gone = entry.getKey().segment() == segment;
                if (gone && entry.getValue().isDone()) {
                    bytes -= entry.getValue().join().weight();
                }
                return gone;
            });
        }
    }
}
