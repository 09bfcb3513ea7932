package io.rivulet.bench.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void smallValuesAreExact() {
        Latencies latencies = new Latencies();
        for (int us = 1; us <= 100; us++) {
            latencies.add(us);
        }
        assertEquals(50, latencies.percentileUs(0.5));
        assertEquals(99, latencies.percentileUs(0.99));
        assertEquals(100, latencies.percentileUs(1));
        assertEquals(100, latencies.maxUs());
    }

    @Test
    void percentilesOfAnySizeAreRightToAFiftieth() {
        Random random = new Random(7);
        long[] values = random.longs(10_000, 0, 40).map(shift -> random.nextLong(1L << shift)).toArray();
        Latencies latencies = new Latencies();
        Arrays.stream(values).forEach(latencies::add);
        Arrays.sort(values);
        for (double p : new double[] {0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1}) {
            double exact = values[(int) Math.ceil(p * values.length) - 1];
            double seen = latencies.percentileUs(p);
            assertTrue(seen <= exact && exact - seen <= exact / 50 + 1e-9, p + ": " + seen + " for " + exact);
        }
    }

    @Test
    void twoAddUp() {
        Latencies one = new Latencies();
        one.add(5);
        Latencies other = new Latencies();
        other.add(5_000);
        one.add(other);
        assertEquals(2, one.total());
        assertEquals(5, one.percentileUs(0.5));
        assertEquals(5_000, one.maxUs());
    }

    @Test
    void nothingIsZero() {
        assertEquals(0, new Latencies().percentileUs(0.99));
    }
}
