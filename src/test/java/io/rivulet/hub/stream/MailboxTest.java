package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.SetClock;
import io.rivulet.kit.Quiet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work that others post to a shard: in order, in turns that leave time for those who are there already. */
@SuppressWarnings("try") // Quiet is open, and that is all
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

    /** It is a stream that shall be told: the others of the shard have their turn all the same. */
    @Test
    void workThatCannotEvenFailIsTriedTwentyTimes() {
        int[] tries = {0};
        mailbox.post(new Mailbox.Work() {
            @Override
            public void run() {
                throw new IllegalStateException("by the test");
            }

            @Override
            public void failed(Throwable e) {
                tries[0]++;
                throw new IllegalStateException("by the test, again");
            }
        });
        post(0, 1);
        try (Quiet quiet = new Quiet()) {
            for (int i = 0; i < 20; i++) {
                assertThrows(IllegalStateException.class, () -> mailbox.read(clock::nanos));
            }
        }
        assertTrue(mailbox.read(clock::nanos));
        assertEquals(20, tries[0]);
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
