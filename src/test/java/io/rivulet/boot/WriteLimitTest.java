package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.config.Settings;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The log says at start after how long a stalled stream ends, whoever ends it. */
class WriteLimitTest {

    private static final String SAY = "a stream whose socket takes nothing ";
    private static final String STRAIGHT = " (rivulet.jetty.straight: only over TLS and HTTP/2)";
    private static final String TOMCAT = "Apache Tomcat/10.1.59";

    @Test
    void theLesserOfTheTwoLimitsIsTheOneThatCounts() {
        String limit = SAY + "ends after 20 s, by connectionTimeout of Tomcat's connector; rivulet.stall.timeout is ";
        OptionalInt tomcats = OptionalInt.of(20_000);
        assertEquals(limit + "30 s", line(TOMCAT, "30s", tomcats));
        assertEquals(limit + "never", line(TOMCAT, "0s", tomcats));
        assertEquals(SAY + "ends after 1500 ms (rivulet.stall.timeout)", line(TOMCAT, "1500ms", tomcats));
        OptionalInt none = OptionalInt.of(Integer.MAX_VALUE);
        assertEquals(SAY + "ends after 30 s (rivulet.stall.timeout)", line(TOMCAT, "30s", none));
        assertEquals(SAY + "never ends by rivulet.stall.timeout", line(TOMCAT, "0s", none));
    }

    @Test
    void whereTheContainersIsNotKnownBothAreSaid() {
        assertEquals(SAY + "ends after 30 s (rivulet.stall.timeout), or sooner by connectionTimeout of Tomcat's "
            + "connector, 20 s in its server.xml unless configured", line(TOMCAT, "30s", OptionalInt.empty()));
        assertEquals(SAY + "ends after 30 s (rivulet.stall.timeout), or sooner by the connector's idleTimeout, 30 s in "
            + "Jetty unless configured" + STRAIGHT, line("jetty/12.1.8", "30s", OptionalInt.empty()));
        assertEquals(SAY + "never ends by rivulet.stall.timeout, but by the connector's idleTimeout, 30 s in Jetty "
            + "unless configured" + STRAIGHT, line("jetty/12.1.8", "0s", OptionalInt.empty()));
    }

    private static String line(String serverInfo, String timeout, OptionalInt limit) {
        return WriteLimit.line(Settings.with("stall.timeout", timeout), serverInfo, limit);
    }
}
