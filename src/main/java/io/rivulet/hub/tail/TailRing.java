package io.rivulet.hub.tail;

import io.rivulet.event.EventFrame;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The newest events in memory, in the total order, numbered without holes by a sequence of this run. The committer
 * alone adds; shards and resuming streams read, on any thread and without a lock.
 *
 * <p>Invariant: {@code first <= head + 1}, every sequence in {@code first..head} is readable, and every event placed
 * after {@code floor} is in the ring.
 *
 * <p>The race: T1 (a reader) looks up sequence 7; T2 (the committer) evicts 7 and puts 7 + capacity into its slot. T2
 * raises {@code first} before it touches the slot and T1 looks at {@code first} after it has read the slot, so T1
 * either has the old event in hand or sees that 7 is gone.
 *
 * <p>Another one: T1 (a shard) finds that a stream is below the floor and asks what was lost up to there; T2 notes what
 * is lost as it evicts. T2 notes it before it raises the floor, so T1 is never told that nothing was lost.
 */
public final class TailRing {

    private static final int SLOTS_LEAST = 1 << 10;
    private static final int SLOTS_MAX = 1 << 18;
    private static final int BYTES_PER_SLOT = 256;

    private final AtomicReferenceArray<EventFrame> slots;
    private final long bytesMax;
    private final Consumer<EventFrame> evicted;
    private volatile long head;
    private volatile long first = 1;
    private volatile Floor floor;
    private long bytes;

    /** A place and its sealed id. */
    public record Mark(Position place, String id) {
    }

    /** The place up to which everything has left or is about to, its sealed id, and the last sequence that did. */
    private record Floor(Position place, String id, long sequence) {
    }

    /**
     * A ring of at most so many bytes and slots, or of one event if that is larger.
     *
     * @param slotsMax a power of two
     * @param floor    the place after which events will be added, and its sealed id
     * @param evicted  is told of each event that is about to leave, on the committer thread
     */
    TailRing(long bytesMax, int slotsMax, Position floor, String floorId, Consumer<EventFrame> evicted) {
        this.bytesMax = bytesMax;
        this.slots = new AtomicReferenceArray<>(slotsMax);
        this.floor = new Floor(floor, floorId, 0);
        this.evicted = evicted;
    }

    /** The same with a slot for each 256 bytes, as far as that makes sense. */
    public static TailRing of(long bytesMax, Position floor, String floorId, Consumer<EventFrame> evicted) {
        long slots = Math.min(SLOTS_MAX, Long.highestOneBit(bytesMax / BYTES_PER_SLOT));
        return new TailRing(bytesMax, (int) Math.max(SLOTS_LEAST, slots), floor, floorId, evicted);
    }

    /** Whether an event of this weight fits without evicting anything newer than {@code sequence}. */
    public boolean fits(int weight, long sequence) {
        long oldest = first;
        long free = bytesMax - bytes;
        int slotsFree = slots.length() - (int) (head - oldest + 1);
        while ((free < weight || slotsFree == 0) && oldest <= head) {
            if (oldest > sequence) {
                return false;
            }
            free += get(oldest++).weight();
            slotsFree++;
        }
        return true;
    }

    /** Adds the next event; visible to all at once. */
    public void add(EventFrame frame) {
        while (first <= head && (bytes + frame.weight() > bytesMax || head - first + 1 == slots.length())) {
            EventFrame old = get(first);
            evicted.accept(old);
            floor = new Floor(old.position(), old.placeId(), first);
            long gone = first;
            int slot = slot(gone);
            int weight = old.weight();
            first = gone + 1; // from here on nothing can fail that would leave the bytes miscounted
            slots.set(slot, null);
            bytes -= weight;
        }
        int slot = slot(head + 1);
        int weight = frame.weight();
        slots.set(slot, frame);
        bytes += weight;
        head = head + 1;
    }

    /** Where the newest event stands, or the floor when the ring is empty. */
    public Mark newest() {
        EventFrame newest = get(head);
        Floor below = floor;
        return newest != null ? new Mark(newest.position(), newest.placeId()) : new Mark(below.place(), below.id());
    }

    /** The newest sequence; 0 before the first. */
    public long head() {
        return head;
    }

    /** Everything placed after this is here. */
    public Position floor() {
        return floor.place();
    }

    /**
     * A cursor for any place between the event before {@code sequence} and that event; null when it just left. The
     * floor rises before {@code first} does, so it is the floor that must say which sequence it lies below: else T1
     * (a shard) could be given the id of the very event that T2 (the committer) is about to evict, and skip it.
     */
    public String idBefore(long sequence) {
        EventFrame before = get(sequence - 1);
        Floor below = floor;
        return before != null ? before.placeId() : below.sequence() == sequence - 1 ? below.id() : null;
    }

    /** The event of this sequence, or null when it has left or is not there yet. */
    public EventFrame get(long sequence) {
        if (sequence > head || sequence < 1) {
            return null;
        }
        EventFrame frame = slots.get(slot(sequence));
        return sequence < first ? null : frame;
    }

    /** The sequence of the first event after {@code place}, {@code head + 1} when none is; -1: below the floor. */
    public long after(Position place) {
        long low = first;
        long high = head + 1;
        if (floor.place().isAfter(place)) {
            return -1;
        }
        while (low < high) {
            long middle = low + high >>> 1;
            EventFrame frame = get(middle);
            if (frame != null && frame.position().isAfter(place)) {
                high = middle;
            } else {
                low = middle + 1; // evicted under our hands: so were all before it, and the floor tells of them
            }
        }
        return floor.place().isAfter(place) ? -1 : low;
    }

    /**
     * Where the event stands that a hub has published for its own node alone, as the one of that number behind a
     * durable event; before all that follows on that one where it has left.
     */
    private Position ofOwn(long durable, long number) {
        for (long sequence = head; sequence > 0; sequence--) {
            EventFrame frame = get(sequence);
            if (frame == null || frame.position().durable() < durable) {
                break;
            }
            if (frame.position().durable() == durable && frame.position().own() == number) {
                return frame.position();
            }
        }
        Position below = floor();
        return below.durable() == durable && below.own() == number ? below : new Position(durable, number);
    }

    /** Where the event with this id stands; null where this node cannot tell. */
    public Position placeOf(IdSeal.Opened id, boolean isOfThisRun, SharedLife shared) {
        Position at = id.position();
        if (shared == null) {
            return isOfThisRun ? at : null;
        }
        if (at.transients() == 0) {
            return at; // the same at every node
        }
        if (IdSeal.isLife(id.epoch())) {
            return shared.of(id);
        }
        return at.transients() == IdSeal.END ? Position.endOf(at.durable())
            : isOfThisRun ? ofOwn(at.durable(), at.transients()) : null;
    }

    private int slot(long sequence) {
        return (int) (sequence & slots.length() - 1);
    }
}
