package io.rivulet.hub.publish;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Refused;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Publishes that wait for the committer: first in, first out, bounded by bytes. Any thread offers, the committer takes.
 *
 * <p>The committer takes groups, since one sync of the disk then serves all publishes of a group.
 */
public final class PublishQueue {

    private static final int GROUP_EVENTS_MAX = 512;
    private static final int GROUP_BYTES_MAX = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final ArrayDeque<PendingPublish> waiting = new ArrayDeque<>();
    private final long bytesMax;
    private long bytes;
    private boolean woken;
    private boolean closed;

    /** At most so many bytes wait, or one publish if that is larger. */
    public PublishQueue(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * Puts a publish at the end.
     *
     * @throws Refused when the queue is full or closed
     */
    public void offer(PendingPublish pending) {
        lock.lock();
        try {
            if (closed) {
                throw Refused.because(Refused.Reason.NOT_OPEN, "the hub is closing; nothing was published");
            }
            if (!fits(pending.weight)) {
                throw Refused.because(Refused.Reason.OVERLOADED, bytes + " bytes of events wait for the disk; with "
                    + pending.weight + " more they would exceed " + bytesMax + " ("
                    + SettingsTable.PUBLISH_QUEUE_BYTES.fullKey() + ")");
            }
            waiting.add(pending);
            bytes += pending.weight;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a publish of this weight would be taken now. */
    public boolean hasRoom(int weight) {
        lock.lock();
        try {
            return closed || fits(weight); // one that is closed says so itself
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(int weight) {
        return bytes + weight <= bytesMax || waiting.isEmpty();
    }

    /**
     * Adds the next group: at least one publish, at most about 512 events or 1 MiB. The caller's list has all that was
     * taken even when this fails half-way. None after {@link #wake}. False when closed and empty.
     */
    boolean take(List<PendingPublish> group) {
        lock.lock();
        try {
            while (waiting.isEmpty() && !woken) {
                if (closed) {
                    return false;
                }
                filled.awaitUninterruptibly(); // nobody of the hub's interrupts: closing the queue ends the taker
            }
            woken = false; // whatever it is about, the taker looks now
            if (waiting.isEmpty()) {
                return true;
            }
            int events = 0;
            long size = 0;
            do {
                PendingPublish next = waiting.peek();
                group.add(next);
                waiting.poll();
                bytes -= next.weight;
                events += next.events.size();
                size += next.weight;
            } while (!waiting.isEmpty() && events + waiting.peek().events.size() <= GROUP_EVENTS_MAX
                && size + waiting.peek().weight <= GROUP_BYTES_MAX);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The committer has something to look at besides publishes: events of other nodes. Any thread. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody waits now; any thread may offer at once. */
    boolean isEmpty() {
        lock.lock();
        try {
            return waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of events that wait now. */
    public long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** No more offers; what waits is still taken. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
