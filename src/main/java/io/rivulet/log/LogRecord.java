package io.rivulet.log;

import io.rivulet.event.Event;

/**
 * One event to append and, on the first event of a publish, what the log is to remember of the publish.
 *
 * @param receipt  null without an idempotency key
 * @param producer null where the publisher does not number its events
 */
public record LogRecord(Event event, Receipt receipt, ProducerMark producer) {

    /** Of a publisher who does not number its events. */
    public LogRecord(Event event, Receipt receipt) {
        this(event, receipt, null);
    }
}
