package io.rivulet.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times as people write them, in settings, queries and commands. */
class TimeTextTest {

    @ParameterizedTest
    @CsvSource({"0ms,0", "1ms,1", "999ms,999", "1s,1000", "90s,90000", "5m,300000", "2h,7200000", "7d,604800000",
        "1001ms,1001"})
    void aTimeIsReadAndShownAgain(String text, long ms) {
        assertEquals(Duration.ofMillis(ms), TimeText.parse(text));
        assertEquals(Duration.ofMillis(ms), TimeText.parse(TimeText.of(ms)));
    }

    @ParameterizedTest
    @CsvSource({"0,0ms", "60000,1m", "90000,90s", "86400000,1d", "129600000,36h", "1500,1500ms"})
    void theLargestUnitThatFitsIsShown(long ms, String text) {
        assertEquals(text, TimeText.of(ms));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5w", "1.5s", "5 s s", "5sec", "99999999999999999999s",
        "2147483648000d"})
    void whatIsNoTimeIsRefused(String text) {
        assertEquals("must be a time such as 500ms, 15s, 5m, 1h or 7d",
            assertThrows(IllegalArgumentException.class, () -> TimeText.parse(text)).getMessage());
    }
}
