/**
 * The ordered log: {@link io.rivulet.log.EventLog} is the seam, {@code SegmentLog} the embedded
 * default, {@code StoreKeeper} the one who holds the folder.
 */
package io.rivulet.log;
