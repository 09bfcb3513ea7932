package io.rivulet.cluster;

import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what applications have put into the {@link Outbox}, chunk by chunk, each after the one before it was taken.
 * Its own thread, {@code rivulet-outbox}, from the opening of the shared log to its end.
 *
 * <p>A chunk is one publish with its number as idempotency key, so it goes the way of every publish, and is in the log
 * once, however often and by however many nodes it is sent. What no hub would ever take (the topic has ended, the data
 * is too large) is put aside and told; it must not hold up what comes behind it.
 */
final class OutboxDrain implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxDrain.class);
    /** A transaction gives no notice: one each would take a lock that all commits of the database wait for. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long ANSWER_S = 30;
    private static final long JOIN_MS = 10_000;

    private final Outbox outbox;
    private final Publishing hub;
    private final Thread thread = new Thread(null, this::drainOn, "rivulet-outbox", 0, false);
    private boolean failing;
    private volatile boolean closed;

    OutboxDrain(Outbox outbox, Publishing hub) {
        this.outbox = outbox;
        this.hub = hub;
        thread.setDaemon(true);
    }

    /** Begins. Once. */
    void start() {
        thread.start();
    }

    private void drainOn() {
        LastingLoop.run(LOG, "A round of {} failed and is made again", thread.getName(), () -> {
            if (!closed) {
                round();
            }
            return !closed;
        });
    }

    private void round() {
        try {
            Outbox.Chunk chunk = outbox.next();
            if (chunk == null) {
                pause(LOOK_NS);
                return;
            }
            publish(chunk);
            if (failing) {
                failing = false;
                LOG.info("The outbox is published again");
            }
        } catch (IOException | Refused | TimeoutException e) {
            if (!failing && !closed) {
                failing = true; // once for a trouble
                LOG.warn("The outbox waits: {}", e.getMessage());
            }
            pause(AGAIN_NS);
        }
    }

    /** Throws what passes by itself: the chunk is published later. */
    private void publish(Outbox.Chunk chunk) throws IOException, TimeoutException {
        try {
            List<Event> events = new ArrayList<>(chunk.rows().size());
            for (Outbox.Row row : chunk.rows()) {
                events.add(Event.on(row.topic()).data(row.data()).type(row.type()).id(row.eventId())
                    .markPrivate(row.isPrivate()).end(TopicEnd.of(row.ends())).build());
            }
            answer(events, chunk.number());
            outbox.done(chunk);
        } catch (Refused e) {
            switch (e.reason()) {
                // by a node whose settings make other events of the same rows
                case CONFLICT -> outbox.done(chunk);
                case MALFORMED, TOO_LARGE, FORBIDDEN, ENDED -> refuse(chunk, e.getMessage());
                default -> throw e;
            }
        }
    }

    private void refuse(Outbox.Chunk chunk, String why) throws IOException {
        if (chunk.rows().size() > 1) {
            outbox.split(chunk);
            return;
        }
        outbox.refused(chunk, why);
        LOG.warn("The row {} of the outbox is put aside, for it cannot be published: {}", chunk.rows().get(0).id(),
            why);
    }

    private void answer(List<Event> events, long number) throws IOException, TimeoutException {
        try {
            hub.publish(events, "outbox " + number).get(ANSWER_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Refused refused) {
                throw refused;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e); // only close() ends the thread
        }
    }

    private void pause(long ns) {
        if (!closed) {
            Thread.interrupted(); // a stranger's interrupt would turn the wait into a spin
            LockSupport.parkNanos(ns);
        }
    }

    /** Ends the thread; the caller ends the outbox's connection first, on which it may wait. Idempotent. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        LastingLoop.awaitEnd(thread, JOIN_MS);
    }
}
