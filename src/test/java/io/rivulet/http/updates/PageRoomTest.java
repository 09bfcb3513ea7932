package io.rivulet.http.updates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.BytesInFlight.Charge;
import io.rivulet.http.form.BytesInFlight.Kind;
import io.rivulet.refusal.Refused;
import org.junit.jupiter.api.Test;

/** What a page of history is charged, from the moment it is asked for to its last piece. */
class PageRoomTest {

    /** Of a heap of 256 MB; strangers have 12 MiB of it. */
    private final BytesInFlight flight = new BytesInFlight(32 << 20);
    private final Charge charge = flight.charge(Kind.STRANGER, "honest");

    private PageRoom room() {
        return new PageRoom(flight.charge(Kind.STRANGER, "honest"));
    }

    /** Each of so many strangers takes all that it gets, in whatever bites. */
    private void takeAll(int strangers) {
        for (int bite = 3 << 20; bite > 0; bite /= 2) {
            for (int stranger = 0; stranger < strangers; stranger++) {
                Charge all = flight.charge(Kind.STRANGER, stranger);
                while (all.tryTake(bite)) {
                    // one more
                }
            }
        }
    }

    @Test
    void twoLookUpsOfOneAddressHaveRoomWhileStrangersHoldAllThatTheyMay() {
        for (int strangers : new int[] {4, 64}) {
            takeAll(strangers);
            PageRoom twenty = room();
            PageRoom one = room();
            for (int i = 0; i < 20; i++) {
                assertTrue(twenty.take(400), "event " + i);
            }
            assertTrue(one.take(500));
            twenty.settle(3_000);
            one.settle(200);
            twenty.charge().close();
            one.charge().close();
        }
    }

    @Test
    void aLookUpThatWaitsAndAnAnswerWithoutEventsAreCharged4KiB() {
        PageRoom room = new PageRoom(charge);
        assertEquals(4_096, charge.held());
        room.settle(1_024);
        assertEquals(4_096, charge.held());
    }

    @Test
    void aPageIsChargedItsEventsAndAsMuchForThePieceUpToAnUnescapedOneAndThenWhatItReallyTakes() {
        PageRoom room = new PageRoom(charge);
        assertTrue(room.take(1_000));
        assertTrue(room.take(2_000));
        assertEquals(4_096 + 3_000 + 3_000, charge.held());
        room.settle(2_024);
        assertEquals(4_096 + 3_000 + 1_000, charge.held());
        room.settle(11_024);
        assertEquals(4_096 + 3_000 + 10_000, charge.held(), "escaped it is longer than in memory");
        assertTrue(room.take(100_000));
        room.settle(4 << 20);
        assertEquals(32_768 + 103_000, charge.held());
    }

    @Test
    void aPageThatBeginsAnewIsChargedOnce() {
        PageRoom room = new PageRoom(charge);
        room.take(1_000);
        room.begin();
        assertEquals(4_096, charge.held());
        room.take(1_000);
        assertEquals(6_096, charge.held());
    }

    @Test
    void theFirstEventMustHaveRoomAndWhereALaterOneHasNoneThePageEnds() {
        BytesInFlight little = new BytesInFlight(64 << 10); // 24 KiB for strangers
        Charge mine = little.charge(Kind.STRANGER, "a");
        PageRoom room = new PageRoom(mine);
        assertThrows(Refused.class, () -> room.take(20_000));
        assertTrue(room.take(5_000));
        assertFalse(room.take(5_000));
        assertEquals(14_096, mine.held());
        assertThrows(Refused.class, () -> room.settle(30_000));
        mine.close();
        assertThrows(Refused.class, () -> room.settle(30_000), "a request that has ended takes nothing");
        assertEquals(0, little.taken());
    }
}
