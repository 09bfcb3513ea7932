package io.rivulet.log;

/**
 * The extent of a log at one moment. Invariant: {@code 1 <= first <= head + 1}. Immutable.
 *
 * @param epoch         rises at every open; 24 bits. It may not be on the disk yet: {@link LogFailure#isBeforeEpoch}
 * @param first         the oldest position that can be read; {@code head + 1} when there is none
 * @param head          the newest position; 0 in a new store
 * @param headNonce     the nonce of the newest commit, for ids of transient events after it
 * @param bytesAppended bytes appended since the store was made, never falling: distance in retention
 * @param failure       why appending fails now, or null
 */
public record LogRange(int epoch, long first, long head, int headNonce, long bytesAppended, LogFailure failure) {
}
