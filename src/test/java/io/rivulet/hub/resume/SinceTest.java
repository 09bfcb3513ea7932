package io.rivulet.hub.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.refusal.Refused;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a first connect begins. */
class SinceTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @Test
    void theWordsMeanWhatTheySay() {
        assertSame(Since.LATEST, Since.parse("latest", NOW));
        assertSame(Since.LATEST, Since.parse("", NOW));
        assertSame(Since.EARLIEST, Since.parse("earliest", NOW));
        assertSame(Since.LAST, Since.parse("last", NOW));
    }

    @ParameterizedTest
    @CsvSource({"-1s,2026-11-23T09:59:59Z", "-10m,2026-11-23T09:50:00Z", "-2h,2026-11-23T08:00:00Z",
        "-7d,2026-11-16T10:00:00Z", "2026-11-23T09:00:00Z,2026-11-23T09:00:00Z",
        "2026-11-23T10:00:00+01:00,2026-11-23T09:00:00Z", "2026-11-23T09:00:00.123Z,2026-11-23T09:00:00.123Z"})
    void aTimeIsAgoOrAnInstant(String text, Instant expected) {
        assertEquals(new Since(Since.Kind.INSTANT, 0, expected), Since.parse(text, NOW));
    }

    @Test
    void aCountIsOneToTenThousand() {
        assertEquals(new Since(Since.Kind.LAST_COUNT, 50, null), Since.parse("last=50", NOW));
        assertEquals(10_000, Since.parse("last=10000", NOW).count());
        assertRefused("last=0", "1 to 10000");
        assertRefused("last=10001", "1 to 10000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "last=", "last=x", "last=9999999999", "10m", "-10", "-m", "-10w", "LATEST",
        "2026-11-23", "earliest ", "-99999999999d", "+1000000000-01-01T00:00:00Z", "-1000000000-01-01T00:00:00Z",
        "+300000000-01-01T00:00:00Z"})
    void anythingElseIsRefusedWithTheForms(String text) {
        assertRefused(text, "latest, earliest, last, last=50, an instant");
    }

    @Test
    void aTimeAgoBeforeAllTimeIsNoFault() {
        assertEquals(Since.Kind.INSTANT, Since.parse("-999999999d", NOW).kind());
    }

    @Test
    void aRefusalRepeatsLittleAndNothingHidden() {
        Refused refused = assertThrows(Refused.class, () -> Since.parse("x\r\n" + "y".repeat(500), NOW));
        assertTrue(refused.getMessage().length() < 250 && !refused.getMessage().contains("\n"), refused.getMessage());
    }

    private static void assertRefused(String text, String part) {
        Refused refused = assertThrows(Refused.class, () -> Since.parse(text, NOW));
        assertEquals(Refused.Reason.MALFORMED, refused.reason());
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }
}
