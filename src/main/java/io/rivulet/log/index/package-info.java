/**
 * Where in one segment a topic, an id or an idempotency key is, found by hash. A segment has a
 * {@link io.rivulet.log.index.HeapIndex} while it grows. When it is sealed, {@link io.rivulet.log.index.IndexWriter}
 * writes that to a side file, and {@link io.rivulet.log.index.IndexFile} answers from there with a page or two.
 *
 * <pre>
 *   side file: header │ SparseIndex │ BloomFilter │ public topics, their postings, names │ private ones │ ids
 * </pre>
 *
 * A posting is the number of a record within the segment and its offset in the file, both in one long.
 */
package io.rivulet.log.index;
