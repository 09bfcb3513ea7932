package io.rivulet.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** One order for durable and transient events. */
class PositionTest {

    @Test
    void transientEventsStandBetweenDurableOnes() {
        List<Position> inOrder = List.of(Position.START, new Position(0, 1), Position.ofDurable(1), new Position(1, 1),
            new Position(1, 2), Position.ofDurable(2));
        for (int i = 0; i + 1 < inOrder.size(); i++) {
            assertTrue(inOrder.get(i + 1).isAfter(inOrder.get(i)));
            assertFalse(inOrder.get(i).isAfter(inOrder.get(i + 1)));
        }
        assertFalse(Position.ofDurable(3).isAfter(new Position(3, 0)));
    }

    @Test
    void nothingStandsBetweenAPlaceAndTheOneBeforeIt() {
        assertEquals(new Position(4, 1), new Position(4, 2).before());
        Position before = Position.ofDurable(5).before();
        assertTrue(Position.ofDurable(5).isAfter(before));
        assertTrue(before.isAfter(new Position(4, 1_000_000)));
    }
}
