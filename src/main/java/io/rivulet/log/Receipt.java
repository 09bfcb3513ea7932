package io.rivulet.log;

/**
 * Stored with the first event of a publish that had an idempotency key, as long as history reaches.
 *
 * @param key     digest of issuer, subject and key
 * @param content digest of everything published under it
 * @param count   events of the publish; they are contiguous in the log
 */
public record Receipt(Digest key, Digest content, int count) {
}
