package io.rivulet.hub.stream.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What one stream may hold of the memory for windows and passes, and what all of a shard may. */
class ConflationBudgetTest {

    private static final int FREE = 4 << 10;
    private static final int ALL = 1 << 20;

    private final ConflationBudget budget = new ConflationBudget(100, ALL);

    @Test
    void oneStreamHoldsAQuarterThoughNobodyElseHoldsAnything() {
        assertTrue(budget.hasRoomFor(0, ALL / 4));
        assertFalse(budget.hasRoomFor(0, ALL / 4 + 1));
        assertTrue(budget.hasRoomFor(ALL / 4 - 10, 10));
        assertFalse(budget.hasRoomFor(ALL / 4 - 10, 11));
    }

    @Test
    void allTogetherHoldTheBudgetAndEachALittleBesideIt() {
        long[] charged = new long[4];
        for (int i = 0; i < 4; i++) {
            assertTrue(budget.hasRoomFor(0, ALL / 4));
            charged[i] = budget.charge(ALL / 4, 0);
        }
        assertEquals(ALL - 4 * FREE, budget.bytes());
        assertTrue(budget.hasRoomFor(FREE, 4 * FREE));
        assertFalse(budget.hasRoomFor(FREE, 4 * FREE + 1));
        budget.charge(5 * FREE, 0);
        assertEquals(ALL, budget.bytes());
        assertTrue(budget.hasRoomFor(0, FREE));
        assertFalse(budget.hasRoomFor(0, FREE + 1));
        assertEquals(0, budget.charge(0, charged[0]));
        assertTrue(budget.hasRoomFor(0, ALL / 4 - FREE));
    }
}
