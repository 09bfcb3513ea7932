package io.rivulet.hub.publish;

import io.rivulet.event.Event;
import io.rivulet.heap.HeapBytes;
import io.rivulet.log.Lease;
import io.rivulet.log.LeaseBook;
import io.rivulet.log.LogFailure;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics whose publisher has promised to be heard again within a time, and who was silent for longer. The committer
 * begins and renews leases; the hub's ticker asks for those that are over, and publishes the ends of their topics.
 *
 * <p>The hard thing is to tell silence from a hub that did not listen. T1 (a publisher) has an event in the queue while
 * the disk hangs; T2 (the ticker) finds the lease over, and puts the end of the topic behind that event. So the
 * committer looks once more before it takes such an end, at all that comes before it. An event that the disk refused
 * was heard as well; and while no hub ran nobody could be heard, so each lease begins anew with the hub.
 */
public final class Leases {

    /** Of topics that are open; each of them is noted on the disk and looked at twice a second. */
    static final int LEASES_MAX = 10_000;
    private static final long BYTES_MAX = 4 << 20;
    private static final int HELD_BYTES = HeapBytes.MAP_ENTRY + HeapBytes.object(1, 26) + HeapBytes.object(1, 5);
    private static final int SHOWN_MAX = 100;
    private static final long MS_NS = 1_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final LeaseBook book;
    private final LongSupplier nanos;
    /** By topic; guarded by this, as is the sum. */
    private final Map<String, Held> byTopic = new HashMap<>();
    private long bytes;
    /** Whether there is none: then nobody takes the lock. */
    private volatile boolean isEmpty = true;
    /** What began with the group at hand; the committer alone. */
    private final List<Begun> begun = new ArrayList<>();

    /** A lease, guarded by the outer lock. */
    private static final class Held {
        private final Lease lease;
        /** Whether the newest event was private. */
        private boolean isPrivate;
        private long heardNs;
        /** When the end of the topic was put into the queue; it is again after another lease. */
        private long askedNs;

        Held(Lease lease, long nowNs) {
            this.lease = lease;
            isPrivate = lease.isPrivate();
            heardNs = nowNs;
            askedNs = nowNs;
        }
    }

    /** A lease that began with a publish; {@code before} is what it had before, or null. */
    private record Begun(PendingPublish by, String topic, Held before) {
    }

    /** Those of the book. */
    Leases(LeaseBook book, LongSupplier nanos) {
        this.book = book;
        this.nanos = nanos;
        long nowNs = nanos.getAsLong();
        book.kept().forEach(lease -> put(lease.topic(), new Held(lease, nowNs)));
        book.onInherited(this::inherit);
    }

    /** Another node is gone that had these: they begin anew here. On the thread that hears other nodes. */
    private void inherit(List<Lease> leases) {
        List<Lease> taken = new ArrayList<>();
        int left = 0;
        synchronized (this) {
            for (Lease lease : leases) {
                if (isFull(lease.topic())) {
                    left++;
                } else if (!byTopic.containsKey(lease.topic())) {
                    put(lease.topic(), new Held(lease, nanos.getAsLong()));
                    taken.add(lease);
                }
            }
        }
        if (left > 0) {
            LOG.warn("{} leases of a node that is gone have no room here; nobody ends these topics before it is back",
                left);
        }
        if (!taken.isEmpty()) {
            try {
                book.inherit(taken);
            } catch (IOException e) {
                LOG.warn("The leases of a node that is gone could not be noted; this node keeps them until it ends", e);
            }
        }
    }

    private synchronized void put(String topic, Held held) {
        remove(topic);
        byTopic.put(topic, held);
        bytes += weight(topic);
        isEmpty = false;
    }

    private synchronized boolean remove(String topic) {
        if (byTopic.remove(topic) == null) {
            return false;
        }
        bytes -= weight(topic);
        isEmpty = byTopic.isEmpty();
        return true;
    }

    private static long weight(String topic) {
        return HELD_BYTES + HeapBytes.string(topic);
    }

    private synchronized Held get(String topic) {
        return byTopic.get(topic);
    }

    // ---- the ticker

    /** The leases that are over; their topics are to be ended. */
    public List<Lease> due() {
        if (isEmpty) {
            return List.of();
        }
        long nowNs = nanos.getAsLong();
        List<Lease> due = new ArrayList<>();
        synchronized (this) {
            for (Held held : byTopic.values()) {
                if (isOver(held, held.askedNs, nowNs) && isOver(held, held.heardNs, nowNs)) {
                    held.askedNs = nowNs;
                    due.add(new Lease(held.lease.topic(), held.lease.ms(), held.isPrivate));
                }
            }
        }
        return due;
    }

    private static boolean isOver(Held held, long sinceNs, long nowNs) {
        return nowNs - sinceNs >= held.lease.ms() * MS_NS;
    }

    /** The hub could not listen: this lease begins anew. */
    public synchronized void unheard(String topic) {
        Held held = byTopic.get(topic);
        if (held != null) {
            held.heardNs = nanos.getAsLong();
        }
    }

    // ---- the committer, in this order

    /** The group without the ends of topics of which something was heard meanwhile. */
    List<PendingPublish> withoutHeard(List<PendingPublish> group) {
        if (group.stream().noneMatch(pending -> pending.endsLease)) {
            return group;
        }
        Set<String> heard = new HashSet<>();
        List<PendingPublish> left = new ArrayList<>(group.size());
        long nowNs = nanos.getAsLong();
        for (PendingPublish pending : group) {
            if (pending.endsLease && isHeard(pending, heard, nowNs)) {
                pending.original = pending; // it is answered, without an id
                continue;
            }
            left.add(pending);
            for (Event event : pending.events) {
                if (!event.isCancel()) {
                    heard.addAll(event.topics());
                }
            }
        }
        return left;
    }

    private synchronized boolean isHeard(PendingPublish end, Set<String> before, long nowNs) {
        String topic = end.events.get(0).topics().get(0);
        Held held = byTopic.get(topic);
        return held == null || before.contains(topic) || !isOver(held, held.heardNs, nowNs);
    }

    /** Begins the leases of a group that is about to be appended; those that cannot begin are refused. */
    List<PendingPublish> begin(List<PendingPublish> group) {
        begun.clear();
        if (group.stream().noneMatch(pending -> pending.hasLease)) {
            return group;
        }
        List<PendingPublish> left = new ArrayList<>(group.size());
        List<Lease> fresh = new ArrayList<>();
        for (PendingPublish pending : group) {
            if (!pending.hasLease || begin(pending, fresh)) {
                left.add(pending);
            }
        }
        if (!fresh.isEmpty() && !note(fresh)) {
            left.removeIf(pending -> pending.refusal != null);
        }
        return left;
    }

    /** Whether there is room for its leases; {@code fresh} gets those that are to be noted. */
    private boolean begin(PendingPublish pending, List<Lease> fresh) {
        for (Event event : pending.events) {
            if (event.leaseMs() == 0 || event.end() != null) {
                continue;
            }
            String topic = event.topics().get(0);
            Held held = get(topic);
            if (held == null || held.lease.ms() != event.leaseMs()) {
                if (held == null && isFull(topic)) {
                    pending.refusal = Refused.because(Refused.Reason.OVERLOADED, byTopic.size() + " topics have a lease"
                        + ", about the most that may; there is none for " + Printable.cut(topic, SHOWN_MAX)
                        + ", and nothing was published");
                    return false;
                }
                Lease lease = new Lease(topic, event.leaseMs(), event.isPrivate());
                fresh.add(lease);
                begun.add(new Begun(pending, topic, held));
                put(topic, new Held(lease, nanos.getAsLong()));
            }
        }
        return true;
    }

    private synchronized boolean isFull(String topic) {
        return byTopic.size() >= LEASES_MAX || bytes + weight(topic) > BYTES_MAX;
    }

    private boolean note(List<Lease> fresh) {
        try {
            book.begin(fresh);
            return true;
        } catch (IOException | RuntimeException e) {
            boolean full = e instanceof LogFailure failure && failure.isFull();
            Refused refusal = Refused.because(full ? Refused.Reason.STORE_FULL : Refused.Reason.STORE_FAILED,
                "the lease could not be written: " + LogFailure.told(e) + "; nothing was published", e);
            begun.forEach(one -> one.by().refusal = one.by().refusal == null ? refusal : one.by().refusal);
            return false;
        }
    }

    /** The group was shown, or refused: those who were heard have their leases renewed. */
    void heard(List<PendingPublish> group) {
        if (book.isShared()) {
            group.stream().filter(pending -> pending.refusal == null && pending.original == null)
                .forEach(pending -> pending.events.forEach(this::tellBook));
        }
        if (isEmpty && begun.isEmpty()) {
            return;
        }
        List<String> over = new ArrayList<>();
        for (int i = begun.size() - 1; i >= 0; i--) { // the earliest state of a topic last
            Begun one = begun.get(i);
            if (one.by().refusal != null && !isWantedBy(group, one.topic())) {
                takeBack(one, over);
            }
        }
        begun.clear();
        long nowNs = nanos.getAsLong();
        for (PendingPublish pending : group) {
            boolean isNone = pending.endsLease && pending.original != null; // somebody was heard in its place
            if (pending.endsLease && pending.refusal instanceof Refused refused
                && refused.reason() == Refused.Reason.ENDED) {
                end(pending.events.get(0).topics().get(0), over);
            } else if (!isNone && (pending.refusal == null || isOfTheStore(pending.refusal))) {
                heard(pending, nowNs, over);
            }
        }
        if (!over.isEmpty()) {
            book.over(over);
        }
    }

    /** Another node has published this: whoever did is alive, and where it is the last word no lease is left. */
    void heard(Event event) {
        tellBook(event);
        if (isEmpty) {
            return;
        }
        if (event.end() != null) {
            List<String> over = new ArrayList<>(1);
            end(event.topics().get(0), over);
            if (!over.isEmpty()) {
                book.over(over);
            }
        } else if (!event.isCancel()) {
            event.topics().forEach(topic -> renew(topic, event.isPrivate(), nanos.getAsLong()));
        }
    }

    private void tellBook(Event event) {
        if (!event.isCancel()) {
            book.heard(event.topics(), event.isPrivate());
        }
    }

    /** Whether another publish of the group, which was taken, has a lease of this topic as well. */
    private static boolean isWantedBy(List<PendingPublish> group, String topic) {
        return group.stream().anyMatch(pending -> pending.hasLease && pending.refusal == null && pending.events.stream()
            .anyMatch(event -> event.leaseMs() > 0 && event.topics().get(0).equals(topic)));
    }

    private void takeBack(Begun one, List<String> over) {
        if (one.before() == null) {
            end(one.topic(), over);
        } else {
            put(one.topic(), one.before());
        }
    }

    private void end(String topic, List<String> over) {
        if (remove(topic)) {
            over.add(topic);
        }
    }

    private static boolean isOfTheStore(RuntimeException refusal) {
        return refusal instanceof Refused refused
            && (refused.reason() == Refused.Reason.STORE_FAILED || refused.reason() == Refused.Reason.STORE_FULL);
    }

    private void heard(PendingPublish pending, long nowNs, List<String> over) {
        for (Event event : pending.events) {
            if (event.end() != null && pending.refusal == null && pending.original == null) {
                end(event.topics().get(0), over);
            } else if (!event.isCancel()) {
                for (String topic : event.topics()) {
                    renew(topic, event.isPrivate(), nowNs);
                }
            }
        }
    }

    private synchronized void renew(String topic, boolean isPrivate, long nowNs) {
        Held held = byTopic.get(topic);
        if (held != null) {
            held.heardNs = nowNs;
            held.isPrivate = isPrivate;
        }
    }
}
