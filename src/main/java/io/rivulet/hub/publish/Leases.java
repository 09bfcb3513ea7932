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
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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
 *
 * <p>An error may come between any two steps. A lease that began and was not noted is noted with the next event of its
 * publisher, who is told of success only then; and a topic whose end got lost on its way is asked for again.
 */
public final class Leases {

    /** Of topics that are open; each of them is noted on the disk and looked at twice a second. */
    static final int LEASES_MAX = 10_000;
    private static final long BYTES_MAX = 4 << 20;
    private static final int HELD_BYTES = HeapBytes.MAP_ENTRY + HeapBytes.object(1, 26) + HeapBytes.object(1, 5);
    private static final int SHOWN_MAX = 100;
    private static final long MS_NS = 1_000_000;
    /** To note that an end is to be asked for again. */
    private static final int TRIES = 6;
    /** Of no group. */
    private static final long UNNOTED = -1;
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final LeaseBook book;
    private final LongSupplier nanos;
    /** By topic; guarded by this, as is the sum. */
    private final Map<String, Held> byTopic = new HashMap<>();
    private long bytes;
    /** Whether there is none: then nobody takes the lock. */
    private volatile boolean isEmpty = true;
    /** What began with the group at hand, and its number; the committer alone. */
    private final List<Begun> begun = new ArrayList<>();
    private long groups;

    /** A lease, guarded by the outer lock. */
    private static final class Held {
        private final Lease lease;
        /** Whether the newest event was private. */
        private boolean isPrivate;
        private long heardNs;
        /** When the end of the topic was put into the queue; it is again after another lease. */
        private long askedNs;
        /** The group that it began with, until the book has it; 0 from then on. */
        private long notedWith;

        Held(Lease lease, long nowNs, long notedWith) {
            this.lease = lease;
            this.notedWith = notedWith;
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
        book.kept().forEach(lease -> put(lease.topic(), new Held(lease, nowNs, 0)));
        book.onInherited(this::inherit);
    }

    /** Another node is gone that had these: they begin anew here. On the thread that hears other nodes. */
    private void inherit(List<Lease> leases) {
        List<Lease> taken = new ArrayList<>();
        int left = 0;
        synchronized (this) {
            for (Lease lease : leases) {
                Held held = byTopic.get(lease.topic());
                if (held == null && isFull(lease.topic())) {
                    left++;
                } else if (held == null || held.notedWith != 0) { // or an error came between, and it is told again
                    put(lease.topic(), new Held(lease, nanos.getAsLong(), UNNOTED));
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
                noted(taken);
            } catch (IOException e) {
                LOG.warn("The leases of a node that is gone could not be noted; this node keeps them until it ends", e);
            }
        }
    }

    private synchronized void put(String topic, Held held) {
        long weight = weight(topic); // first: nothing that could fail comes behind the one step
        isEmpty = false;
        bytes += byTopic.put(topic, held) == null ? weight : 0;
    }

    private synchronized void remove(String topic) {
        long weight = weight(topic);
        if (byTopic.remove(topic) != null) {
            bytes -= weight;
            isEmpty = byTopic.isEmpty();
        }
    }

    private synchronized void noted(List<Lease> leases) {
        for (Lease lease : leases) {
            Held held = byTopic.get(lease.topic());
            if (held != null && held.lease.ms() == lease.ms()) {
                held.notedWith = 0;
            }
        }
    }

    private static long weight(String topic) {
        return HELD_BYTES + HeapBytes.string(topic);
    }

    private synchronized Held get(String topic) {
        return byTopic.get(topic);
    }

    // ---- the ticker

    /**
     * Offers the ends of the topics whose leases are over, one after the other. Where the queue refuses one, its
     * publisher would have been refused as well, so its lease begins anew.
     *
     * <p>T1 (the ticker) offers an end; T2 (the committer) takes it at once, meets an error, and notes that it is to be
     * asked for again. So T1 notes that it asks before it offers: what T2 notes comes last, however slow T1 is.
     */
    public void askEnds(Consumer<Lease> offer) {
        for (Lease lease : due()) {
            boolean done = false;
            asked(lease.topic());
            try {
                offer.accept(lease);
                done = true;
            } catch (Refused e) {
                unheard(lease.topic());
                done = true;
            } finally {
                // no call of LastingLoop's: the error may come again on the way there
                for (int tries = done ? TRIES : 0; tries < TRIES; tries++) {
                    try {
                        askAgain(lease.topic());
                        tries = TRIES;
                    } catch (RuntimeException | Error e) {
                        continue; // the ticker hears of what came first
                    }
                }
            }
        }
    }

    /** The leases that are over. */
    private List<Lease> due() {
        if (isEmpty) {
            return List.of();
        }
        long nowNs = nanos.getAsLong();
        List<Lease> due = new ArrayList<>();
        synchronized (this) {
            for (Held held : byTopic.values()) {
                if (isOver(held, held.askedNs, nowNs) && isOver(held, held.heardNs, nowNs)) {
                    due.add(new Lease(held.lease.topic(), held.lease.ms(), held.isPrivate));
                }
            }
        }
        return due;
    }

    private synchronized void asked(String topic) {
        Held held = byTopic.get(topic);
        if (held != null) {
            held.askedNs = nanos.getAsLong();
        }
    }

    private synchronized void askAgain(String topic) {
        Held held = byTopic.get(topic);
        if (held != null) {
            held.askedNs = held.heardNs;
        }
    }

    private static boolean isOver(Held held, long sinceNs, long nowNs) {
        return nowNs - sinceNs >= held.lease.ms() * MS_NS;
    }

    /** The hub could not listen: this lease begins anew. */
    private synchronized void unheard(String topic) {
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
        groups++;
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
            boolean isNoted = held != null && (held.notedWith == 0 || held.notedWith == groups);
            if (!isNoted || held.lease.ms() != event.leaseMs()) {
                if (held == null && isFull(topic)) {
                    pending.refusal = Refused.because(Refused.Reason.OVERLOADED, byTopic.size() + " topics have a lease"
                        + ", about the most that may; there is none for " + Printable.cut(topic, SHOWN_MAX)
                        + ", and nothing was published");
                    return false;
                }
                Lease lease = new Lease(topic, event.leaseMs(), event.isPrivate());
                fresh.add(lease);
                begun.add(new Begun(pending, topic, held));
                put(topic, new Held(lease, nanos.getAsLong(), groups));
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
            noted(fresh);
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
        takeBack(group, pending -> pending.refusal != null);
        List<String> over = new ArrayList<>();
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
        over(over);
    }

    /**
     * A round failed somewhere in its middle. Whoever it was to hear was heard, and ends that it was to publish are
     * asked for again. Leases that began with it and were refused did not; of the others nobody knows. May be called
     * again.
     */
    void failed(List<PendingPublish> group) {
        takeBack(group, pending -> pending.refusal != null && pending.refusal != PendingPublish.UNKNOWN);
        hear(group);
    }

    private synchronized void hear(List<PendingPublish> group) {
        long nowNs = nanos.getAsLong();
        for (int i = 0; i < group.size() && !isEmpty; i++) {
            if (group.get(i).answer.isDone()) {
                continue; // it was heard before that, and time may have passed since
            }
            for (Event event : group.get(i).events) {
                for (String topic : event.topics()) {
                    Held held = byTopic.get(topic);
                    if (held != null && group.get(i).endsLease) {
                        held.askedNs = held.heardNs;
                    } else if (held != null && !event.isCancel()) {
                        held.heardNs = nowNs;
                    }
                }
            }
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
            over(over);
        } else if (!event.isCancel()) {
            event.topics().forEach(topic -> renew(topic, event.isPrivate(), nanos.getAsLong()));
        }
    }

    private void tellBook(Event event) {
        if (!event.isCancel()) {
            book.heard(event.topics(), event.isPrivate());
        }
    }

    /** Whether another publish of the group, which was not refused, has a lease of this topic as well. */
    private static boolean isWanted(String topic, List<PendingPublish> group, Predicate<PendingPublish> isRefused) {
        return group.stream().anyMatch(pending -> pending.hasLease && !isRefused.test(pending)
            && pending.events.stream().anyMatch(event -> event.leaseMs() > 0 && event.topics().get(0).equals(topic)));
    }

    /** Leases that began with publishes which were refused did not. */
    private void takeBack(List<PendingPublish> group, Predicate<PendingPublish> isRefused) {
        List<String> over = new ArrayList<>();
        for (int i = begun.size() - 1; i >= 0; i--) { // the earliest state of a topic last
            Begun one = begun.get(i);
            if (!isRefused.test(one.by()) || isWanted(one.topic(), group, isRefused)) {
                continue;
            }
            if (one.before() == null) {
                over.add(one.topic());
            } else {
                put(one.topic(), one.before());
            }
        }
        over(over);
        begun.clear(); // last: where an error comes before, it is done once more
    }

    private void end(String topic, List<String> over) {
        if (get(topic) != null) {
            over.add(topic);
        }
    }

    /**
     * The book first: where an error comes between, the lease is asked for again, and is over then. The other way round
     * the book alone would have it, and nobody would ever tell it.
     */
    private void over(List<String> topics) {
        if (!topics.isEmpty()) {
            book.over(topics);
            topics.forEach(this::remove);
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
