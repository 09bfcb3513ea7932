package io.rivulet.hub.stream;

/**
 * How far one stream is behind, as an operator sees it. Immutable, any thread.
 *
 * <p>Counts are of all events, also of private ones, so only operators may see them.
 *
 * @param state         opening, live, behind or ending
 * @param events        committed events that it has not got; while it is behind those that are not for it count as
 *                      well; null while its place is being looked up
 * @param ageMs         for how long the first of them has been there, or longer; null where there is none, and where
 *                      its time is not known yet
 * @param backlogEvents events in memory that wait for this stream
 * @param backlogBytes  the length of these
 * @param unsentBytes   given to the container and not taken by the socket, as far as the container tells
 * @param reason        what it waits for; null while it keeps up
 * @param writtenAgoMs  since something was given to the container
 * @param stalledMs     since the socket took something; null while it would take more
 * @param transport     the protocol of its response; null where that is not known
 */
public record Lag(String state, Long events, Long ageMs, int backlogEvents, long backlogBytes, int unsentBytes,
                  Reason reason, long writtenAgoMs, Long stalledMs, String transport) {

    /** The reason why a stream does not keep up. */
    public enum Reason {
        /** Its socket, which is full. */
        SOCKET,
        /** The rate that it asked for. */
        RATE,
        /** The log: a look-up, a read, or its turn to be fed. */
        LOG,
        /** Memory for an event that is large, which others hold. */
        MEMORY
    }
}
