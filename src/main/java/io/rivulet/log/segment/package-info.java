/**
 * The log in files: {@link io.rivulet.log.segment.SegmentLog} is the embedded {@link io.rivulet.log.EventLog}.
 *
 * <pre>
 *   segment: header │ block │ block …      BlockHeader │ record │ record …      RecordCodec: the fields of one event
 * </pre>
 *
 * One block is one group commit. Only the last segment grows; a sealed one has a side file, and retention takes whole
 * segments.
 */
package io.rivulet.log.segment;
