package io.rivulet.bench.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessFiguresTest {

    @Test
    void timesAndMemoryAreReadWhateverTheNameHolds() {
        ProcessFigures figures = ProcessFigures.parse(
            "42 (a b) c) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 1 0 9 1000 200\n",
            "Name:\tx\nVmPeak:\t  999 kB\nVmRSS:\t   2048 kB\n");
        assertEquals(2_000, figures.cpuMs());
        assertEquals(2_048, figures.rssKb());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisProcessHasMemory() {
        assertTrue(ProcessFigures.alone(ProcessHandle.current()).rssKb() > 10_000);
    }
}
