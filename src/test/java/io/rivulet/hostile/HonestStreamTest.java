package io.rivulet.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hostile.HonestStream.Kind;
import io.rivulet.kit.StreamParser.Dispatched;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an honest stream must see as a fault, without a hub: a judge who sees nothing would let all pass. */
class HonestStreamTest {

    private static final List<Integer> LOG = List.of(0, 2, 1, 3, 4);
    private static final int FIRST = 2;
    private final Book book = new Book();
    private final List<String> faults = new ArrayList<>();

    HonestStreamTest() {
        for (int i = 0; i < LOG.size(); i++) {
            book.enter(i == 4 ? "honest/other" : "honest/t");
            book.acknowledge(i);
        }
    }

    private HonestStream stream(Kind kind, int... numbers) {
        HonestStream stream = new HonestStream(0, kind, 0, book, List.of("honest/t"), new Random(1), faults::add,
            faults::add);
        for (int number : numbers) {
            stream.take(new Dispatched("message", Book.data(number), ""));
        }
        stream.check(LOG, FIRST);
        return stream;
    }

    @Test
    void whatCameInTheOrderOfTheLogIsNoFault() {
        assertTrue(stream(Kind.EXACT, 0, 2, 1, 3).isThrough(LOG));
        assertTrue(stream(Kind.TEMPLATE, 0, 2, 1, 3, 4).isThrough(LOG));
        assertTrue(stream(Kind.CONFLATING, 0, 3, 4).isThrough(LOG));
        assertTrue(stream(Kind.RETURNING, 2, 1, 3).isThrough(LOG), "what came before all were open may be missing");
        assertEquals(List.of(), faults);
    }

    @Test
    void anEventThatIsMissingDoubledOrOutOfOrderIsAFault() {
        for (int[] numbers : List.of(new int[] {0, 2, 3}, new int[] {0, 2, 2, 1}, new int[] {0, 1, 2},
            new int[] {3}, new int[] {0, 2, 1, 3, 4})) {
            stream(Kind.EXACT, numbers);
        }
        assertEquals(5, faults.size(), faults::toString);
        stream(Kind.CONFLATING, 0, 1, 2);
        assertEquals(6, faults.size(), "one that conflates leaves out, and changes no order");
    }

    @Test
    void anEventThatNeverComesIsSeenAtTheEndAndCountsAsLate() {
        HonestStream stream = stream(Kind.EXACT, 0, 2, 1);
        assertEquals(List.of(), faults);
        assertFalse(stream.isThrough(LOG));
        assertEquals(4, stream.latencies(0).total());
    }

    @Test
    void aLossThatTheHubTellsIsAFault() {
        HonestStream stream = stream(Kind.EXACT);
        stream.take(new Dispatched("rivulet.hello", "{\"resumed\":\"exact\",\"missed\":0}", ""));
        assertEquals(List.of(), faults);
        stream.take(new Dispatched("rivulet.hello", "{\"resumed\":\"partial\",\"missed\":3}", ""));
        stream.take(new Dispatched("rivulet.gap", "{\"missed\":3}", ""));
        assertEquals(2, faults.size());
    }
}
