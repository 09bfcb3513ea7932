package io.rivulet.hub.publish;

import io.rivulet.event.Event;
import io.rivulet.log.ProducerMark;
import io.rivulet.log.Receipt;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * A publish on its way: in the queue, then in a group, then answered. The publisher's thread makes it; after that the
 * committer alone changes it.
 */
public final class PendingPublish {

    /** The committer marks those whose id an earlier event has. */
    List<Event> events;
    /** Key and content of an idempotent publish; null without a key. */
    final Receipt receipt;
    /** Its numbers, where the publisher numbers its events; those that were taken before are taken off. */
    ProducerMark producer;
    /** Whether the publisher sends line after line, and wants no ids of what was taken before. */
    final boolean inLines;
    /** In memory only. One durable event makes a whole batch durable, so that it stays contiguous in the log. */
    final boolean isTransient;
    /** Whether it is about this node of a cluster, and of transient topics: then it reaches no other node. */
    boolean isOfNode;
    final int weight;
    /** Whether one of its events ends a topic or asks for its end. */
    private final boolean hasMark;
    /** Whether one of its events has a lease. */
    final boolean hasLease;
    /** Whether it is the hub's own end of a topic whose lease is over. */
    boolean endsLease;
    /** Of no event: it goes the way of a publish, and tries the disk. */
    private final boolean isTrial;
    /** The ids, or why nothing was published. */
    public final CompletableFuture<List<String>> answer = new CompletableFuture<>();

    /** Made beforehand: when memory is missing, a publisher still gets this answer. */
    static final Refused UNKNOWN = Refused.because(Refused.Reason.STORE_FAILED,
        "the hub failed; whether the event was published is unknown");

    private static final long RETRY_NS = 10_000_000;
    /** So often the true answer is tried. */
    private static final int TRIES = 10;

    /** The ids, once placed. */
    final List<String> ids;
    /** Why not; null when all is well. */
    RuntimeException refusal;
    /** The publish in the same group that came first with the same key; its answer is this one's too. */
    PendingPublish original;

    /** Whether it is answered with its own ids, though it hangs on {@link #original}. */
    boolean answersOwnIds;

    /** A publish that is checked; {@code receipt} is null without an idempotency key. */
    public PendingPublish(List<Event> events, Receipt receipt, boolean isTransient) {
        this(events, receipt, null, false, isTransient);
    }

    /** The same of a publisher who numbers its events; {@code producer} is null without. */
    PendingPublish(List<Event> events, Receipt receipt, ProducerMark producer, boolean inLines, boolean isTransient) {
        this(events, receipt, producer, inLines, isTransient, false);
    }

    private PendingPublish(List<Event> events, Receipt receipt, ProducerMark producer, boolean inLines,
                           boolean isTransient, boolean isTrial) {
        this.producer = producer;
        this.inLines = inLines;
        this.isTrial = isTrial;
        this.events = events;
        this.receipt = receipt;
        this.isTransient = isTransient;
        int sum = 0;
        boolean marks = false;
        boolean leases = false;
        for (Event event : events) {
            sum += event.weight();
            marks |= event.isMark();
            leases |= event.leaseMs() > 0;
        }
        this.weight = sum;
        this.hasMark = marks;
        this.hasLease = leases;
        this.ids = new ArrayList<>(events.size());
    }

    /** Transient events that the hub has for its own streams, whatever other nodes do. */
    public static PendingPublish ofNode(List<Event> events) {
        PendingPublish pending = new PendingPublish(events, null, true);
        pending.isOfNode = true;
        return pending;
    }

    /** One that publishes nothing: its answer comes when the disk has taken some bytes, or says why it did not. */
    public static PendingPublish trial() {
        return new PendingPublish(List.of(), null, null, false, false, true);
    }

    /** What its events take in memory, about. */
    public int weight() {
        return weight;
    }

    boolean hasMark() {
        return hasMark;
    }

    boolean isTrial() {
        return isTrial;
    }

    /** Completes the answer; on the thread for answers. While that fails it tries again: a publisher waits for it. */
    void complete() {
        for (int tries = 1; !answer.isDone(); tries++) {
            try {
                tryComplete();
            } catch (RuntimeException | Error e) {
                refusal = tries < TRIES ? refusal : UNKNOWN; // which needs less memory than the ids
                LockSupport.parkNanos(RETRY_NS);
            }
        }
    }

    private void tryComplete() {
        PendingPublish source = original == null ? this : original;
        RuntimeException no = refusal != null ? refusal : source.refusal;
        if (no != null) {
            answer.completeExceptionally(no);
        } else {
            answer.complete(List.copyOf(inLines || answersOwnIds ? ids : source.ids));
        }
    }
}
