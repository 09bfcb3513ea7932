package io.rivulet.log;

import io.rivulet.event.Event;

/**
 * One event to append and, on the first event of a publish with an idempotency key, its receipt.
 *
 * @param receipt null without a key
 */
public record LogRecord(Event event, Receipt receipt) {
}
