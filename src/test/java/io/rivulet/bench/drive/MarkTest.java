package io.rivulet.bench.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkTest {

    private final Mark mark = new Mark();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aMarkIsWrittenInDigits() {
        byte[] into = bytes("_".repeat(35));
        Mark.write(into, 1, 1_234_567_890_123L, 7, 42);
        assertEquals("_zqt0000001234567890123n0700000042_", new String(into, StandardCharsets.US_ASCII));
    }

    @Test
    void whatWasWrittenIsRead() {
        byte[] into = new byte[Mark.LENGTH];
        Mark.write(into, 0, Long.MAX_VALUE, 99, 99_999_999);
        assertTrue(mark.parse(into, 0));
        assertEquals(Long.MAX_VALUE, mark.nanos());
        assertEquals(99, mark.stream());
        assertEquals(99_999_999, mark.number());
    }

    @Test
    void whatIsNoDigitIsNoMark() {
        assertFalse(mark.parse(bytes("zqt00000012345x7890123n0700000042"), 0));
        assertFalse(mark.parse(bytes("zqt0000001234567890123m0700000042"), 0));
    }

    @Test
    void aMarkIsFoundWhereverItBegins() {
        for (String before : List.of("", "z", "q", "zq", "zz", "zqz", "t", "zqq", "data: ", "xxxxxxx", "qt", "zzz")) {
            byte[] in = bytes(before + "zqt");
            assertEquals(before.length(), Mark.find(in, 0, in.length), before);
        }
    }

    @Test
    void halfAMarkIsNone() {
        assertEquals(-1, Mark.find(bytes("data: zq"), 0, 8));
        assertEquals(-1, Mark.find(bytes("zqt"), 1, 3));
        assertEquals(-1, Mark.find(bytes(""), 0, 0));
    }
}
