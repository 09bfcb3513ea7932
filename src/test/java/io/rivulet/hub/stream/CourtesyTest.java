package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Costly work rests as long as others had to wait for it, and not at all where nobody did. */
class CourtesyTest {

    private long nowNs = Long.MAX_VALUE - 50;
    private long workedNs = 7_000;
    private final Courtesy courtesy = new Courtesy(() -> nowNs, () -> workedNs, 3);

    @ParameterizedTest
    @CsvSource({"1000,1000,0", "1000,1010,40", "1000,1700,2800", "1000,50000,3000", "0,50000,0", "1000,900,0"})
    void itRestsForWhatItWaitedAndNoLongerThanItsWorkAllows(long worked, long passed, long rest) {
        courtesy.begin();
        workedNs += worked;
        nowNs += passed;
        assertEquals(rest, courtesy.restNs());
    }

    @ParameterizedTest
    @CsvSource({"1,9", "2,5", "4,3", "8,2", "64,1"})
    void allThatRestsHasTogetherTwoFifthsOfTheProcessors(int processors, int times) {
        assertEquals(times, Courtesy.ofWork(processors));
        double together = (processors + 3) / (1.0 + times);
        assertTrue(together < 0.55 * processors, "of " + processors + " processors they have " + together);
    }

    @Test
    void theJvmTellsWhatAThreadHadOfTheProcessor() {
        long[] passed = {0};
        Courtesy late = new Courtesy(() -> passed[0], Courtesy.ofThreads());
        late.begin();
        passed[0] = Long.MAX_VALUE / 8;
        long sum = 0;
        for (int i = 0; i < 1_000_000; i++) {
            sum += i * 31L;
        }
        assertTrue(sum > 0 && late.restNs() > 0, "years passed, and the thread has worked for a moment of them");
    }
}
