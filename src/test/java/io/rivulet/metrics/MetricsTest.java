package io.rivulet.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.metrics.Metrics.Count;
import org.junit.jupiter.api.Test;

/** Counters that always exist. */
class MetricsTest {

    @Test
    void everyCountBeginsAtZeroAndRises() {
        Metrics metrics = new Metrics();
        assertEquals(Count.values().length, metrics.all().size());
        metrics.all().values().forEach(n -> assertEquals(0, n));
        metrics.add(Count.PUBLISHED);
        metrics.add(Count.PUBLISHED, 4);
        assertEquals(5, metrics.get(Count.PUBLISHED));
        assertEquals(5, metrics.all().get("published"));
    }
}
