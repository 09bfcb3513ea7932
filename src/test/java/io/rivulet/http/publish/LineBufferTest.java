package io.rivulet.http.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.form.BytesInFlight;
import io.rivulet.refusal.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lines are what they are however their bytes come, and the buffer is charged for all that it holds. */
class LineBufferTest {

    private static final int MAX = 100_000;

    private final BytesInFlight flight = new BytesInFlight(64 << 20);
    private final LineBuffer buffer = new LineBuffer(MAX,
        flight.charge(BytesInFlight.Kind.PUBLISHER, "ann"));

    private void add(String text, int from, int to, List<String> lines) {
        for (int at = from; at < to; ) {
            buffer.makeRoom(false);
            int n = Math.min(buffer.room(), to - at);
            System.arraycopy(text.getBytes(StandardCharsets.ISO_8859_1), at, buffer.bytes(), buffer.at(), n);
            buffer.added(n);
            at += n;
            for (byte[] line = buffer.next(); line != null; line = buffer.next()) {
                lines.add(new String(line, StandardCharsets.ISO_8859_1));
            }
        }
    }

    @Test
    void linesDoNotDependOnHowTheirBytesCome() {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String line = "x".repeat(random.nextInt(i % 20 == 19 ? 20_000 : 40)) + (i % 3 == 0 ? "\r" : "") + i;
            expected.add(line);
            text.append(line).append(i % 2 == 0 ? "\n" : "\r\n");
        }
        text.append("rest");
        for (int step : new int[] {1, 7, 4_096, 1 << 20}) {
            List<String> lines = new ArrayList<>();
            for (int at = 0; at < text.length(); at += step) {
                add(text.toString(), at, Math.min(text.length(), at + step), lines);
            }
            assertEquals(expected, lines, "in steps of " + step);
            assertEquals("rest", new String(buffer.rest(), StandardCharsets.US_ASCII));
            assertNull(buffer.rest());
            assertTrue(buffer.isEmpty());
        }
    }

    @Test
    void whatItHoldsIsChargedAndGivenBack() {
        assertEquals(4_096, flight.taken());
        List<String> lines = new ArrayList<>();
        add("y".repeat(50_000), 0, 50_000, lines);
        assertEquals(buffer.bytes().length, flight.taken());
        assertTrue(flight.taken() >= 50_000);
        add("\n", 0, 1, lines);
        buffer.makeRoom(false);
        assertEquals(4_096, flight.taken());
        buffer.makeRoom(true);
        assertEquals(8_192, flight.taken());
    }

    @Test
    void whereLinesComeFastItGrowsToSixtyFourKilobytesAndNoFurther() {
        for (int i = 0; i < 20; i++) {
            buffer.makeRoom(true);
        }
        assertEquals(64 << 10, buffer.bytes().length);
        assertEquals(64 << 10, flight.taken());
    }

    @Test
    void aLineIsTooLongBeforeItsEndHasCome() {
        List<String> lines = new ArrayList<>();
        add("z".repeat(MAX) + "\r\n", 0, MAX + 2, lines);
        assertEquals(MAX, lines.get(0).length());
        String more = "z".repeat(MAX + 2);
        Refused refused = assertThrows(Refused.class, () -> add(more, 0, more.length(), lines));
        assertEquals(Refused.Reason.TOO_LARGE, refused.reason());
        assertTrue(flight.taken() <= MAX + 2, "no more than the longest line: " + flight.taken());
    }
}
