package io.rivulet.hub.stream;

import io.rivulet.hub.tail.TopicMark;

/**
 * What is known of the ends of one stream's topics. {@link TopicEnds} makes one for a stream of which a topic has
 * ended, and {@link ShardStreams} keeps it as long as the stream: so most streams have no room for it. Shard thread.
 */
final class KnownEnds {

    /** The number of its first topic that has not ended, as far as is known. */
    int open;
    /** Whether the log is being asked. */
    boolean isAsking;
    /** An end came meanwhile. */
    boolean askAgain;
    /** The last end of its topics, when all have ended; null before. */
    TopicMark last;
}
