package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.SetClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work that others post to a shard: in order, in turns that leave time for those who are there already. */
class MailboxTest {

    private final SetClock clock = new SetClock();
    private final List<Integer> done = new ArrayList<>();
    private int late;
    private final Mailbox mailbox = new Mailbox(() -> late++);

    MailboxTest() {
        mailbox.ownedBy(Thread.currentThread());
    }

    /** Tasks that take a millisecond each. */
    private void post(int from, int to) {
        for (int i = from; i < to; i++) {
            int number = i;
            mailbox.post(() -> {
                clock.advanceMs(1);
                done.add(number);
            });
        }
    }

    @Test
    void aTurnEndsAfterTwoMillisecondsAndTheNextGoesOn() {
        post(0, 5);
        assertTrue(mailbox.read(clock::nanos));
        assertEquals(List.of(0, 1), done);
        assertTrue(mailbox.read(clock::nanos));
        assertEquals(List.of(0, 1, 2, 3), done);
        assertTrue(mailbox.read(clock::nanos));
        assertFalse(mailbox.read(clock::nanos));
        assertEquals(List.of(0, 1, 2, 3, 4), done);
    }

    @Test
    void aTaskThatFailsCostsTheOthersNothing() {
        mailbox.post(() -> {
            throw new IllegalStateException("by the test");
        });
        post(0, 1);
        assertTrue(mailbox.read(clock::nanos));
        assertEquals(List.of(0), done);
    }

    @Test
    void whatWaitsAtTheEndAndWhatComesAfterItIsDoneAtOnceAndEndedAtOnce() {
        post(0, 5);
        mailbox.close();
        assertEquals(List.of(0, 1, 2, 3, 4), done);
        assertEquals(5, late);
        post(5, 6);
        assertEquals(6, done.size());
        assertEquals(6, late);
    }
}
