package io.rivulet.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A bag by identity. */
class IdentityBagTest {

    private final IdentityBag<Object> members = new IdentityBag<>();

    @Test
    void itHoldsWhatAListHoldsWhateverComesAndGoes() {
        Random random = new Random(3);
        List<Object> expected = new ArrayList<>();
        for (int round = 0; round < 60_000; round++) {
            boolean grows = round / 1_000 % 3 != 2;
            if (expected.isEmpty() || random.nextInt(4) < (grows ? 3 : 1)) {
                Object who = expected.isEmpty() || random.nextInt(9) > 0 ? new Object()
                    : expected.get(random.nextInt(expected.size()));
                expected.add(who);
                members.add(who);
            } else {
                Object who = expected.remove(random.nextInt(expected.size()));
                assertTrue(members.remove(who));
            }
            if (round % 500 == 0) {
                assertSame(expected);
            }
        }
        while (!expected.isEmpty()) {
            assertTrue(members.remove(expected.remove(random.nextInt(expected.size()))));
        }
        assertEquals(0, members.size());
    }

    @Test
    void whoIsNotThereIsNotTakenOut() {
        assertFalse(members.remove("nobody"));
        for (int i = 0; i < 100; i++) {
            members.add(i);
        }
        assertFalse(members.remove("nobody"));
        assertEquals(100, members.size());
    }

    private void assertSame(List<Object> expected) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            all.add(members.get(i));
        }
        List<Integer> hashes = new ArrayList<>(all.stream().map(System::identityHashCode).sorted().toList());
        assertEquals(expected.stream().map(System::identityHashCode).sorted().toList(), hashes);
    }
}
