package io.rivulet.hub.publish;

/**
 * How a publisher numbers its events, so that each is taken once whatever is sent again. Doors make it. Immutable, any
 * thread.
 *
 * @param id      the producer's name, of its issuer and subject alone
 * @param epoch   a greater one shuts out a smaller one
 * @param seq     the number of the first event
 * @param inLines whether the publisher sends line after line: it needs no ids of what was taken before
 */
public record ProducerSeq(String id, long epoch, long seq, boolean inLines) {

    /** The greatest number that every client can write: those of JavaScript have no greater ones. */
    public static final long MAX = (1L << 53) - 1;

    /** The same behind so many events. */
    public ProducerSeq after(int events) {
        return new ProducerSeq(id, epoch, seq + events, inLines);
    }
}
