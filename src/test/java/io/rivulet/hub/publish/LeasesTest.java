package io.rivulet.hub.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.SetClock;
import io.rivulet.log.Lease;
import io.rivulet.log.LeaseBook;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of a topic that met an error on its way, and what the book has of its lease. */
class LeasesTest {

    private static final int MS = 30_000;
    private static final Lease LEASE = new Lease("run/1", MS, false);

    private final SetClock clock = new SetClock();
    private final Book book = new Book();
    private final Leases leases = new Leases(book, clock::nanos);

    /** It has one lease, until that is over; once it fails before that. */
    private static final class Book implements LeaseBook {
        private final List<Lease> inForce = new ArrayList<>(List.of(LEASE));
        private boolean failsOnce;

        @Override
        public List<Lease> kept() {
            return List.copyOf(inForce);
        }

        @Override
        public void begin(List<Lease> fresh) {
            inForce.addAll(fresh);
        }

        @Override
        public void over(List<String> topics) {
            if (failsOnce) {
                failsOnce = false;
                throw new OutOfMemoryError("made by the test");
            }
            inForce.removeIf(lease -> topics.contains(lease.topic()));
        }
    }

    private static List<PendingPublish> end() {
        PendingPublish end = new PendingPublish(
            List.of(Event.on(LEASE.topic()).end(TopicEnd.ABANDONED).build()), null, false);
        end.endsLease = true;
        return List.of(end);
    }

    /** Whom the hub asks for now. */
    private List<Lease> asked() {
        List<Lease> asked = new ArrayList<>();
        leases.askEnds(asked::add);
        return asked;
    }

    @Test
    void anEndIsAskedForOnceInATimeOfItsLease() {
        assertEquals(List.of(), asked());
        clock.advanceMs(MS);
        assertEquals(List.of(LEASE), asked());
        assertEquals(List.of(), asked());
        clock.advanceMs(MS);
        assertEquals(List.of(LEASE), asked());
    }

    @Test
    void anEndThatMetAnErrorBeforeItsOfferCameBackIsAskedForAtOnce() {
        clock.advanceMs(MS);
        leases.askEnds(lease -> leases.failed(end()));
        assertEquals(List.of(LEASE), asked());
        assertEquals(List.of(), asked());
    }

    @Test
    void anEndThatMetAnErrorOnItsWayIntoTheQueueIsAskedForAtOnce() {
        clock.advanceMs(MS);
        assertThrows(OutOfMemoryError.class, () -> leases.askEnds(lease -> {
            throw new OutOfMemoryError("made by the test");
        }));
        assertEquals(List.of(LEASE), asked());
    }

    @Test
    void aLeaseBeginsAnewWhereTheQueueWouldHaveRefusedItsPublisher() {
        clock.advanceMs(MS);
        leases.askEnds(lease -> {
            throw Refused.because(Refused.Reason.OVERLOADED, "made by the test");
        });
        clock.advanceMs(MS - 1);
        assertEquals(List.of(), asked());
        clock.advanceMs(1);
        assertEquals(List.of(LEASE), asked());
    }

    @Test
    void theBookOfATopicThatHasEndedHasNoLeaseThoughItMetAnError() {
        clock.advanceMs(MS);
        assertEquals(List.of(LEASE), asked());
        book.failsOnce = true;
        List<PendingPublish> shown = end();
        assertThrows(OutOfMemoryError.class, () -> leases.heard(shown));
        shown.get(0).refusal = PendingPublish.UNKNOWN;
        leases.failed(shown);
        assertEquals(List.of(LEASE), asked());
        List<PendingPublish> again = end();
        again.get(0).refusal = Refused.because(Refused.Reason.ENDED, "it has ended");
        leases.heard(again);
        assertEquals(List.of(), book.kept());
        clock.advanceMs(MS);
        assertEquals(List.of(), asked());
    }
}
