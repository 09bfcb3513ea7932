package io.rivulet.hub.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TailRingTest {

    private final List<EventFrame> evicted = new ArrayList<>();
    private final TailRing ring = new TailRing(2_000, 8, Position.ofDurable(10), "floor", evicted::add);

    @Test
    void anEmptyRingCoversWhatComesAfterItsFloor() {
        assertEquals(1, ring.after(Position.ofDurable(10)));
        assertEquals(-1, ring.after(Position.ofDurable(9)));
        assertEquals("floor", ring.idBefore(1));
    }

    @Test
    void aPlaceBetweenTwoEventsFindsTheLater() {
        add(11, 0);
        add(11, 1);
        add(11, 5);
        add(12, 0);
        assertEquals(1, ring.after(Position.ofDurable(10)));
        assertEquals(2, ring.after(Position.ofDurable(11)));
        assertEquals(3, ring.after(new Position(11, 3)));
        assertEquals(4, ring.after(Position.ofDurable(12).before()));
        assertEquals(5, ring.after(Position.ofDurable(12)));
    }

    @Test
    void theOldestLeaveByCountAndTheFloorFollows() {
        for (int i = 11; i < 21; i++) {
            add(i, 0);
        }
        assertEquals(2, evicted.size());
        assertNull(ring.get(2));
        assertEquals(13, ring.get(3).position().durable());
        assertEquals(Position.ofDurable(12), ring.floor());
        assertEquals(-1, ring.after(Position.ofDurable(11)));
        assertEquals(3, ring.after(Position.ofDurable(12)));
    }

    @Test
    void theOldestLeaveByBytesButOneEventAlwaysFits() {
        add(11, 0);
        ring.add(frame(new Position(12, 0), 5_000));
        assertNull(ring.get(1));
        assertEquals(12, ring.get(2).position().durable());
    }

    @Test
    void nothingFitsThatWouldEvictWhatAShardHasNotDispatched() {
        for (int i = 11; i < 19; i++) {
            add(i, 0);
        }
        assertFalse(ring.fits(50, 0));
        assertTrue(ring.fits(50, 1));
        assertFalse(ring.fits(5_000, 7));
        assertTrue(ring.fits(5_000, 8));
    }

    /** T1 asks for the id while T2, between raising the floor and the first sequence, evicts the event itself. */
    @Test
    void anIdIsNeverThatOfTheEventItComesBefore() {
        List<String> asked = new ArrayList<>();
        TailRing[] held = new TailRing[1];
        held[0] = new TailRing(2_000, 8, Position.ofDurable(10), "floor",
            e -> asked.add(held[0].idBefore(e.position().durable() - 10)));
        for (int i = 11; i < 22; i++) {
            Event event = Event.on("t").build();
            held[0].add(new EventFrame(event, Position.ofDurable(i), false, "id " + i, 0));
        }
        assertEquals(3, asked.size());
        for (int i = 0; i < asked.size(); i++) {
            String before = i == 0 ? "floor" : "id " + (10 + i);
            assertTrue(asked.get(i) == null || asked.get(i).equals(before), asked.get(i) + " is not " + before);
        }
    }

    /** T1 asks for ids while T2 evicts as fast as it can: the floor and the first sequence move one after the other. */
    @Test
    void anIdIsThatOfTheEventBeforeWhateverLeavesMeanwhile() throws Exception {
        TailRing busy = new TailRing(1 << 20, 1, Position.ofDurable(0), "0", e -> { });
        AtomicBoolean over = new AtomicBoolean();
        Thread committer = new Thread(() -> {
            for (int i = 1; !over.get(); i++) {
                Event event = Event.on("t").id(Integer.toString(i)).build();
                busy.add(new EventFrame(event, Position.ofDurable(i), false, Integer.toString(i), 0));
            }
        });
        committer.start();
        try {
            for (int i = 0; i < 300_000; i++) {
                long head = busy.head();
                String id = busy.idBefore(head + 1);
                assertTrue(id == null || Long.parseLong(id) == head, id + " stands before " + (head + 1));
                id = busy.idBefore(head);
                assertTrue(id == null || Long.parseLong(id) == head - 1, id + " stands before " + head);
            }
        } finally {
            over.set(true);
            committer.join();
        }
    }

    /** T1 finds that a place is below the floor, and asks what was lost up to there: T2 must have noted it. */
    @Test
    void whatIsAboutToLeaveIsToldBeforeTheFloorRises() {
        List<Boolean> isAboveTheFloor = new ArrayList<>();
        TailRing[] held = new TailRing[1];
        held[0] = new TailRing(2_000, 8, Position.ofDurable(10), "floor",
            e -> isAboveTheFloor.add(e.position().isAfter(held[0].floor())));
        for (int i = 11; i < 22; i++) {
            held[0].add(frame(Position.ofDurable(i), 1));
        }
        assertEquals(List.of(true, true, true), isAboveTheFloor);
    }

    /** T1 looks for what comes after the one event there is while T2 evicts that: the floor is there, not above it. */
    @Test
    void aPlaceIsBelowTheFloorOnlyWhenItIs() throws Exception {
        TailRing busy = new TailRing(1 << 20, 1, Position.ofDurable(10), "floor", e -> { });
        AtomicBoolean over = new AtomicBoolean();
        Thread committer = new Thread(() -> {
            for (long i = 11; !over.get(); i++) {
                busy.add(frame(Position.ofDurable(i), 1));
            }
        });
        committer.start();
        try {
            for (int i = 0; i < 300_000; i++) {
                Position place = busy.newest().place();
                long after = busy.after(place);
                assertTrue(after > 0 || busy.floor().isAfter(place), "below the floor: " + place);
            }
        } finally {
            over.set(true);
            committer.join();
        }
    }

    @Test
    void longTopicsCountAsMemory() {
        Event event = Event.on("t" + "x".repeat(1_200)).build();
        for (int i = 11; i < 14; i++) {
            ring.add(new EventFrame(event, Position.ofDurable(i), false, "id", 0));
        }
        assertEquals(2, evicted.size());
    }

    private void add(long durable, long transients) {
        ring.add(frame(new Position(durable, transients), 10));
    }

    private static EventFrame frame(Position position, int bytes) {
        Event event = Event.on("t").data("x".repeat(bytes)).build();
        return new EventFrame(event, position, position.transients() > 0, "id", 0);
    }
}
