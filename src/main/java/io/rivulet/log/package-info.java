/**
 * The ordered log: {@link io.rivulet.log.EventLog} is the seam, {@link io.rivulet.log.SegmentLog} the embedded
 * default, {@link io.rivulet.log.StoreKeeper} the one who holds the folder.
 *
 * <pre>
 *   StoreKeeper (rivulet-store): FolderLock, HandOver ──▶ LogOpener: Meta, SegmentScan or side files
 *                                                              │
 *   committer ──▶ Appender ── block, sync ──▶ active Segment   ▼
 *                     │ index, length, range               Segments ◀── LogReader, LogLookup ◀── reader threads
 *                     └─ roll ─▶ Janitor (rivulet-log): seal, Retention, syncs, heal
 *
 *   Segment: header | block | block ...       BlockHeader | record | record ...      RecordCodec: fields of one event
 *   side file (SealedIndex, IndexFile): strides, Bloom filter, topics, places, ids
 * </pre>
 */
package io.rivulet.log;
