/**
 * The hub: publishing is appending to a log, and a stream is a cursor in it. Doors and embedding code call {@link
 * io.rivulet.hub.Hub}; {@code RunningHub} builds, starts and ends the parts below, and {@code StreamOpener} opens
 * streams.
 *
 * <p>A published event flows down the sub-packages:
 *
 * <pre>
 * publish    a publisher's thread checks it and puts it into the queue;
 *            the committer takes a group, appends it to the log, and gives each event its position
 * tail       the committer adds it to the ring of the newest events, and then answers the publisher
 * stream     each shard's thread takes it from the ring and writes it to its streams;
 *            reader threads read the log for streams that are behind
 * </pre>
 *
 * <p>A client that connects takes this way:
 *
 * <pre>
 * resume     a reader thread finds the position where its stream begins
 * stream     a shard serves it: from the log, then from the ring, then live
 * presence   a list tells others who is subscribed to what, and its changes are published as events
 * dialect    the words in which one client is told of starts, losses and ends
 * </pre>
 */
package io.rivulet.hub;
