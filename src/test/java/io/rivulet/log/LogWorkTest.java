package io.rivulet.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How work in the log lets others go first. */
class LogWorkTest {

    private int slices;
    private int gaveWay;
    private int letGo;

    private final LogWork work = new LogWork() {
        @Override
        protected void sliceEnds(long taken) {
            slices++;
        }

        @Override
        protected void giveWay() {
            gaveWay++;
        }
    };

    @Test
    void aThreadGivesWayTwentyTimesInEachSliceOrItsSliceEnds() {
        for (int steps = 0; steps < 3 * LogWork.SLICE; steps += LogWork.LOOK) {
            work.cost(LogWork.LOOK);
            work.pause();
        }
        assertEquals(3, slices);
        assertEquals(3 * 19, gaveWay);
    }

    @Test
    void aStepThatCostsMuchIsFollowedByOneWayThatIsGiven() {
        work.cost(60_000);
        work.pause();
        work.pause();
        assertEquals(1, gaveWay);
        work.cost(60_000);
        work.pause();
        work.cost(4_990);
        work.pause();
        assertEquals(1, gaveWay);
        assertEquals(1, slices);
    }

    @Test
    void whatIsHeldIsLetGoOfAtTheEndOfASliceAlone() throws IOException {
        LogWork.Held<IOException> file = () -> letGo++;
        for (int steps = 0; steps < LogWork.SLICE; steps += LogWork.LOOK) {
            work.cost(LogWork.LOOK);
            work.pause(file);
        }
        assertEquals(19, gaveWay);
        assertEquals(1, letGo);
        assertEquals(1, slices);
    }

    @Test
    void workThatHasNoBoundNeverStops() {
        LogWork.UNBOUNDED.cost(10 * LogWork.SLICE);
        LogWork.UNBOUNDED.pause();
        assertEquals(0, LogWork.UNBOUNDED.steps().taken());
    }
}
