package io.rivulet.log;

import java.io.IOException;
import java.util.Arrays;

/** Writes the side file of a sealed segment from its index in memory. The log's thread. */
final class IndexWriter {

    private final HeapIndex heap;
    private final Strides strides;
    private final BloomFilter filter;
    private final long[] ids;
    private final Part publics;
    private final Part privates;

    private IndexWriter(Segment segment, HeapIndex heap) {
        this.heap = heap;
        strides = segment.strides();
        ids = heap.idHashes();
        filter = BloomFilter.sized(ids.length);
        Arrays.stream(ids).forEach(filter::add);
        publics = new Part(heap.topics(false));
        privates = new Part(heap.topics(true));
    }

    static IndexFile write(Disk disk, Segment segment, HeapIndex heap) throws IOException {
        IndexWriter writer = new IndexWriter(segment, heap);
        IndexFile.Header header = new IndexFile.Header(segment.header().storeId(), segment.first(), segment.count(),
            segment.length(), segment.minTimeMs(), segment.maxTimeMs(), writer.strides.size(),
            writer.filter.words().length, heap.idPlaces(), writer.publics.size(), writer.privates.size());
        disk.replace(segment.indexFile(), out -> {
            IndexPages.Writer pages = new IndexPages.Writer(out);
            header.write(pages);
            writer.write(pages);
            pages.flush();
        });
        return new IndexFile(disk, segment.indexFile(), header, writer.filter, writer.strides);
    }

    private void write(IndexPages.Writer pages) throws IOException {
        for (int i = 0; i < strides.size(); i++) {
            pages.putInt(strides.rel(i));
            pages.putInt(strides.offset(i));
            pages.putLong(strides.timeMs(i));
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
            for (long place : heap.ids(hash)) {
                pages.putLong(hash);
                pages.putLong(place);
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

        IndexFile.Topics size() {
            return new IndexFile.Topics(hashes.length, topics.places(), names == null ? -1 : names.length());
        }

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
                for (long place : topics.places(hash, 0, Integer.MAX_VALUE)) {
                    pages.putLong(place);
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
