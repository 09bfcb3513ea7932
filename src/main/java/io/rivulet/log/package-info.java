/**
 * The ordered log, seen from outside: {@link io.rivulet.log.EventLog} is the seam, and the types beside it are what
 * passes through it. The packages inside serve the seam; each uses those below it:
 *
 * <pre>
 *   store     which instance holds the folder: the lock, and how the folder is handed over
 *   segment   the log in files: appending, reading, sealing, retention, and opening after a crash
 *   index     where in a segment a topic or an id is: in memory, and in a side file
 *   disk      bytes, checksums and files; where tests put faults
 * </pre>
 *
 * <pre>
 *   StoreKeeper (rivulet-store): FolderLock, FolderHandover ──▶ LogOpener: StoreMeta, SegmentScan or side files
 *                                                                  │
 *   committer ──▶ Appender ── block, sync ──▶ active Segment       ▼
 *                     │ index, length, range                   Segments ◀── LogReader, LogLookup ◀── reader threads
 *                     └─ roll ─▶ Janitor (rivulet-log): heal, Retention, seal, syncs at intervals
 * </pre>
 */
package io.rivulet.log;
