package io.rivulet.boot.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lets so many through in a second, in their order; the others wait here. {@link PacedConnector} has one, for
 * connections. Any thread.
 *
 * <p>A tenth of a second's worth may come at once, so that nobody waits on an ordinary day.
 */
final class AcceptPace<T> {

    private static final long SECOND_NS = 1_000_000_000;
    private static final int BURST_PARTS = 10;

    private final long stepNs;
    private final LongSupplier nanos;
    private final Consumer<T> through;
    private final Queue<T> waiting = new ArrayDeque<>();
    /** When the next one might have come if all had come evenly. */
    private long evenNs;

    /** {@code perSecond} of them go to {@code through}. */
    AcceptPace(int perSecond, LongSupplier nanos, Consumer<T> through) {
        this.stepNs = SECOND_NS / perSecond;
        this.nanos = nanos;
        this.through = through;
        this.evenNs = nanos.getAsLong();
    }

    /** This one goes through now, or waits; false where it has to wait. */
    synchronized boolean came(T one) {
        waiting.add(one);
        return goOn();
    }

    /** Lets those through whose time has come; false where others still wait. */
    synchronized boolean goOn() {
        long now = nanos.getAsLong();
        while (!waiting.isEmpty() && evenNs - now <= SECOND_NS / BURST_PARTS) {
            evenNs = (evenNs - now < 0 ? now : evenNs) + stepNs;
            through.accept(waiting.remove());
        }
        return waiting.isEmpty();
    }

    /** Gives all that wait to this one instead. */
    synchronized void drain(Consumer<T> to) {
        while (!waiting.isEmpty()) {
            to.accept(waiting.remove());
        }
    }
}
