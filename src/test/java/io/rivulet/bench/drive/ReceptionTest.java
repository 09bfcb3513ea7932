package io.rivulet.bench.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Wire text in, what the subscriber has got out. */
class ReceptionTest {

    private final Mark mark = new Mark();
    private final List<String> seen = new ArrayList<>();
    private final Reception reception = new Reception(4, true);
    private final ResponseBody body = new ResponseBody();

    private static String event(int stream, int number) {
        byte[] bytes = new byte[Mark.LENGTH];
        Mark.write(bytes, 0, 1_000, stream, number);
        return "data: " + new String(bytes, StandardCharsets.US_ASCII) + "xxxx\nid: urn:" + stream + "-" + number
            + "\n\n";
    }

    /** As the crowd does it: the carry, then what was read, without its framing. */
    private void read(String text) {
        byte[] carry = reception.carry();
        byte[] read = text.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[carry.length + read.length];
        System.arraycopy(carry, 0, bytes, 0, carry.length);
        System.arraycopy(read, 0, bytes, carry.length, read.length);
        int end = body.unframe(bytes, carry.length, bytes.length);
        reception.take(bytes, end, mark, (of, m) -> seen.add(m.stream() + "-" + m.number()));
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void eventsOfOneReadCount() {
        read(HEAD + chunk(":hi\n\n" + event(0, 0) + event(1, 0) + event(0, 1)));
        assertEquals(List.of("0-0", "1-0", "0-1"), seen);
        assertEquals(0, reception.gaps());
        assertEquals("urn:0-1", reception.lastId());
    }

    @Test
    void anEventMayComeByteForByteAndInAnyChunks() {
        String text = event(0, 0) + ":\n" + event(0, 1);
        StringBuilder wire = new StringBuilder(HEAD);
        for (int i = 0; i < text.length(); i += 7) {
            wire.append(chunk(text.substring(i, Math.min(text.length(), i + 7))));
        }
        for (char c : wire.toString().toCharArray()) {
            read(String.valueOf(c));
        }
        assertEquals(List.of("0-0", "0-1"), seen);
        assertEquals("urn:0-1", reception.lastId());
    }

    @Test
    void anEventCountsWithItsBlankLineOnly() {
        String text = event(0, 0);
        read(HEAD + chunk(text.substring(0, text.length() - 1)));
        assertEquals(List.of(), seen);
        assertNull(reception.lastId());
        reception.cut();
        assertEquals(0, reception.carry().length);
    }

    @Test
    void aBodyWithoutChunksIsReadAsItIs() {
        read("HTTP/1.1 200 OK\r\n\r\n" + event(2, 5));
        assertEquals(List.of("2-5"), seen);
        assertEquals(5, reception.last(2));
    }

    @Test
    void whatIsPassedOverIsMissing() {
        read(HEAD + chunk(event(0, 4) + event(0, 5) + event(0, 9)));
        assertEquals(3, reception.gaps());
        assertEquals(0, reception.doubles());
    }

    @Test
    void whatComesAgainOrLateIsTwice() {
        read(HEAD + chunk(event(0, 0) + event(0, 1) + event(0, 1) + event(0, 0) + event(0, 2)));
        assertEquals(0, reception.gaps());
        assertEquals(2, reception.doubles());
    }

    @Test
    void aRefusalIsKept() {
        read("HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
        assertEquals(503, body.status());
        assertEquals(true, body.headText().contains("Retry-After: 1"));
    }

    @Test
    void theLastChunkEndsTheStream() {
        read(HEAD + chunk(event(0, 0)) + "0\r\n\r\n");
        assertEquals(true, body.ended());
    }

    /** A stream that a hub softly refuses, over a connection that stays. */
    @Test
    void aResponseOfADeclaredLengthEndsThere() {
        String text = "retry: 2000\n" + event(0, 0);
        String wire = "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text;
        read(wire.substring(0, wire.length() - 1));
        assertEquals(false, body.ended());
        read(wire.substring(wire.length() - 1));
        assertEquals(true, body.ended());
        assertEquals(List.of("0-0"), seen);
    }
}
