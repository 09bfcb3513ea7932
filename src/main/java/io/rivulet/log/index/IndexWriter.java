package io.rivulet.log.index;

import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes the side file of a sealed segment from its index in memory. {@code SealedIndex} uses it, on the log's thread.
 *
 * <p>A sealed segment grows no more, so its index in memory stays as it is while it is written, and readers go on
 * asking it. The file is written under another name and moved: whoever opens the side file finds a whole one or none.
 */
public final class IndexWriter {

    private final HeapIndex heap;
    private final SparseIndex sparse;
    private final BloomFilter filter;
    private final long[] ids;
    private final Part publics;
    private final Part privates;

    private IndexWriter(SparseIndex sparse, HeapIndex heap) {
        this.heap = heap;
        this.sparse = sparse;
        ids = heap.idHashes();
        filter = BloomFilter.sized(ids.length);
        Arrays.stream(ids).forEach(filter::add);
        publics = new Part(heap.topics(false));
        privates = new Part(heap.topics(true));
    }

    /** Writes the file at {@code path}, whole or not at all, and returns it open. */
    public static IndexFile write(Disk disk, Path path, IndexFile.SegmentFacts segment, SparseIndex sparse,
                                  HeapIndex heap) throws IOException {
        IndexWriter writer = new IndexWriter(sparse, heap);
        IndexFile.Header header = new IndexFile.Header(segment, sparse.size(), writer.filter.words().length,
            heap.idPostings(), writer.publics.size(), writer.privates.size());
        disk.replace(path, out -> {
            IndexPages.Writer pages = new IndexPages.Writer(out);
            header.write(pages);
            writer.write(pages);
            pages.flush();
        });
        return new IndexFile(disk, path, header, writer.filter, sparse);
    }

    /** The sections in the order that {@link IndexFile} tells; the header, which says how large they are, is first. */
    private void write(IndexPages.Writer pages) throws IOException {
        for (int i = 0; i < sparse.size(); i++) {
            pages.putInt(sparse.rel(i));
            pages.putInt(sparse.offset(i));
            pages.putLong(sparse.timeMs(i));
            pages.endEntry();
        }
        pages.endSection();
        for (long word : filter.words()) {
            pages.putLong(word);
            pages.endEntry();
        }
        pages.endSection();
        publics.write(pages);
        privates.write(pages);
        for (long hash : ids) {
            for (long posting : heap.ids(hash)) {
                pages.putLong(hash);
                pages.putLong(posting);
                pages.endEntry();
            }
        }
        pages.endSection();
    }

    /** The topics of public events, or of private ones. */
    private static final class Part {
        private final HeapTopics topics;
        private final long[] hashes;
        private final Bytes names;

        Part(HeapTopics topics) {
            this.topics = topics;
            hashes = topics.hashes();
            names = topics.names(hashes);
        }

        FileTopics.Size size() {
            return new FileTopics.Size(hashes.length, topics.count(), names == null ? -1 : names.length());
        }

        /** Topics by hash, each with the range of its postings; then the postings; then the names. */
        void write(IndexPages.Writer pages) throws IOException {
            int start = 0;
            for (long hash : hashes) {
                int count = topics.count(hash);
                pages.putLong(hash);
                pages.putInt(start);
                pages.putInt(count);
                pages.endEntry();
                start += count;
            }
            pages.endSection();
            for (long hash : hashes) {
                for (long posting : topics.postings(hash, 0, Integer.MAX_VALUE)) {
                    pages.putLong(posting);
                    pages.endEntry();
                }
            }
            pages.endSection();
            int words = size().words();
            byte[] b = names == null ? new byte[0] : Arrays.copyOf(names.array(), words * 8);
            for (int i = 0; i < words; i++) {
                pages.putLong(Bytes.getLong(b, i * 8));
                pages.endEntry();
            }
            pages.endSection();
        }
    }
}
