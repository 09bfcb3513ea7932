/**
 * The public face. How an event flows, and the package of each stage:
 *
 * <pre>
 * POST /api/updates ─▶ http ─▶ auth ─▶ hub: Hub.publish ─▶ Committer ── group commit ──▶ log: EventLog
 *                                                             │                            │ tail
 *                                                             ▼ (transient)                ▼
 *                                                          hub: TailRing ◀────────── durable, in order
 *                                                             │ batches
 * GET  /api/updates ─▶ http ─▶ auth ─▶ hub: Subscriber ◀── FanOut shards (topic: TopicIndex)
 *                                          │  behind? Readers take chunks from the log, then rejoin live
 *                                          ▼
 *                             http: ShardWriter (isReady, onWritePossible) ─▶ socket
 *
 * feed ─▶ Hub.publish, like everyone        config, metrics, limit: below all of them
 * </pre>
 *
 * {@link io.rivulet.boot.Assembly} builds the parts in this order when the context starts and closes them in reverse.
 */
package io.rivulet;
