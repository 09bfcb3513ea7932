/**
 * Several nodes on one engine that keeps their common order. {@link io.rivulet.cluster.Cluster} is what the wiring asks
 * for; nothing of this package is loaded while a hub has a log of its own.
 *
 * <pre>
 *   Committer ──▶ SharedLog.append ──▶ ClusterEngine.append          one order for all nodes
 *                     │ waits until the copy holds it
 *   rivulet-mirror ──▶ pull ──▶ ClusterEngine.read ──▶ SegmentLog    the copy, from which all is read
 * </pre>
 *
 * <p>An engine is an ordered log and nothing more: it appends a batch, reads on from a position, and says when there is
 * something new. Look-ups, topics, replay and fan-out are each node's own, from its copy.
 */
package io.rivulet.cluster;
