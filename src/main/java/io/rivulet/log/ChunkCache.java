package io.rivulet.log;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Decoded chunks for all who catch up together, the least recently used leaving first. Two readers that need the same
 * chunk at once read it once: the second waits for the first. Invariant: the weight of what is kept is at most
 * {@code bytesMax}, or it is one chunk. Any thread of the hub's own.
 */
final class ChunkCache {

    private final long bytesMax;
    private final Map<Key, CompletableFuture<Chunk>> chunks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

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
            try {
                there.join();
            } catch (CompletionException e) {
                // the other reader's fault is its own to tell; this one tries for itself
                continue;
            }
        }
    }

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

    private void shrink(Key newest) {
        Iterator<Map.Entry<Key, CompletableFuture<Chunk>>> oldest = chunks.entrySet().iterator();
        while (bytes > bytesMax && oldest.hasNext()) {
            Map.Entry<Key, CompletableFuture<Chunk>> entry = oldest.next();
            if (entry.getValue().isDone() && !entry.getKey().equals(newest)) {
                bytes -= entry.getValue().join().weight();
                oldest.remove();
            }
        }
    }

    /** Forgets a segment that retention took. */
    void forget(long segment) {
        synchronized (chunks) {
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
