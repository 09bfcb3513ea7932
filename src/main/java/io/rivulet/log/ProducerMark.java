package io.rivulet.log;

/**
 * Stored with the first event of a publish whose publisher numbers its events, as long as history reaches. So whoever
 * opens the log knows up to where each of them was taken.
 *
 * @param producer digest of issuer, subject and the producer's name
 * @param epoch    of the producer: a greater one shuts out a smaller one
 * @param seq      the number of the first event
 * @param count    events of the publish; they are contiguous in the log
 */
public record ProducerMark(Digest producer, long epoch, long seq, int count) {

    /** The number that the next event has. */
    public long next() {
        return seq + count;
    }

    /** Whether the event of this number is of this publish. */
    public boolean holds(long number) {
        return number >= seq && number < next();
    }
}
