package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.config.Settings;
import org.junit.jupiter.api.Test;

class CapacityTest {

    private static final long GIB = 1L << 30;

    @Test
    void whatIsSetCounts() {
        assertEquals(12, Capacity.streams(Settings.with("connections.max", "12"), "jetty/12.1.8", GIB));
    }

    @Test
    void jettyHoldsHalfTheHeapAt16KiBEach() {
        assertEquals(32_768, Capacity.streams(Settings.with(), "jetty/12.1.8", GIB));
    }

    @Test
    void tomcatHoldsHalfTheHeapAt128KiBEachButLessThanItsOwnLimit() {
        assertEquals(2_048, Capacity.streams(Settings.with(), "Apache Tomcat/10.1.59", GIB / 2));
        assertEquals(7_372, Capacity.streams(Settings.with(), "Apache Tomcat/10.1.59", 8 * GIB));
    }
}
