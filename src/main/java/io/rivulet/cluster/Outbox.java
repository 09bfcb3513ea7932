package io.rivulet.cluster;

import java.io.IOException;
import java.util.List;

/**
 * Events that applications have put into the engine inside transactions of their own, and that have committed. The
 * thread of {@link OutboxDrain} alone asks it. One chunk at a time is on its way, whichever node has its turn: until it
 * is {@link #done} everybody is given the same one. So a chunk that is published twice, after a crash say, is the same
 * events under the same number, and the next one comes behind it.
 */
interface Outbox {

    /**
     * One event, as the application gave it.
     *
     * @param id of its row
     */
    record Row(long id, String topic, String data, String type, String eventId, String ends, boolean isPrivate) {
    }

    /**
     * Events that are published together.
     *
     * @param number no other chunk of this engine has it
     * @param rows   in the order of the commits; at least one
     */
    record Chunk(long number, List<Row> rows) {
    }

    /** The chunk to publish; null when there is none, or another node has its turn. */
    Chunk next() throws IOException;

    /** It is published, and goes. */
    void done(Chunk chunk) throws IOException;

    /** Something in it is refused for good: its first half becomes a chunk, under another number. */
    void split(Chunk chunk) throws IOException;

    /** Puts the one event of a chunk aside, since no hub takes it. */
    void refused(Chunk chunk, String why) throws IOException;
}
