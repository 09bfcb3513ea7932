/**
 * The public face of the hub, and the way of an event. Each stage stands with its package:
 *
 * <pre>
 * POST /api/updates ─▶ http ─▶ auth ─▶ hub.publish: Committer ── group commit ──▶ log: EventLog
 *                                             │                                      │ tail
 *                                             ▼ (transient)                          ▼
 *                                          hub.tail: TailRing ◀──────────── durable, in order
 *                                             │ batches
 *                                             ▼
 *                                          hub.stream: FanOut, a shard for each of its threads (topic: TopicIndex)
 *                                             │
 * GET  /api/updates ─▶ http ─▶ auth ─▶ hub.stream: Subscriber, one for each stream
 *                                             │  behind? a Feed reads from the ring or the log, then goes live again
 *                                             ▼
 *                                          http.stream: OpenResponse (isReady, onWritePossible) ─▶ socket
 *
 * feed ─▶ Hub.publish, as all others do      config, metrics, refusal, url, event: below all of them
 * </pre>
 *
 * {@link io.rivulet.boot.Assembly} builds the parts in this order when the context starts, and closes them in reverse.
 */
package io.rivulet;
