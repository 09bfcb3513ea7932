package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HttpChunkTest {

    private final HttpChunk chunk = new HttpChunk();

    @Test
    void aChunkEndsWithTheLineEndThatClosesIt() {
        assertEquals("8\r\ndata: x\n\r\n", text(chunk.of(bytes("data: x\n"))));
        assertEquals("1a\r\n" + "y".repeat(26) + "\r\n", text(chunk.of(bytes("y".repeat(26)))));
    }

    @Test
    void theSameBytesAgainAreNotMadeAgain() {
        byte[] bytes = bytes("data: x\n");
        ByteBuffer first = chunk.of(bytes);
        text(first);
        assertSame(first, chunk.of(bytes));
        assertEquals("8\r\ndata: x\n\r\n", text(first));
    }

    @Test
    void whatTheSocketTookAtAnyPlaceAndTheRestAreTheWhole() {
        for (int length : new int[] {1, 9, 200, 70_000}) {
            byte[] bytes = bytes("z".repeat(length));
            String whole = text(chunk.of(bytes));
            for (int taken : cuts(whole.length())) {
                byte[] head = new byte[taken];
                chunk.of(bytes).get(head);
                StringBuilder read = new StringBuilder(new String(head, StandardCharsets.ISO_8859_1));
                for (ByteBuffer part : chunk.rest()) {
                    read.append(text(part));
                }
                assertEquals(whole, read.toString(), length + " bytes, cut after " + taken);
            }
        }
    }

    @Test
    void theRestCopiesNothingOfTheData() {
        byte[] bytes = bytes("z".repeat(100));
        chunk.of(bytes).position(20);
        assertSame(bytes, chunk.rest()[1].array());
    }

    @Test
    void theRestStaysAsItIsWhenOtherBytesFollow() {
        byte[] bytes = bytes("z".repeat(100));
        chunk.of(bytes).position(2);
        ByteBuffer[] rest = chunk.rest();
        chunk.of(bytes("something else"));
        assertEquals("\r\n" + "z".repeat(100) + "\r\n", text(rest[0]) + text(rest[1]) + text(rest[2]));
    }

    @Test
    void whatIsUsualNeedsNoCopyOnItsWayToTheSocket() {
        assertTrue(chunk.of(new byte[64 << 10]).isDirect());
        assertEquals(7 + 100_000 + 2, chunk.of(new byte[100_000]).remaining());
    }

    /** Each of the first and of the last places: within the head, the data and the line end. */
    private static int[] cuts(int length) {
        return IntStream.range(0, length).filter(at -> at < 20 || at > length - 6).toArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(ByteBuffer buffer) {
        byte[] all = new byte[buffer.remaining()];
        buffer.get(all);
        return new String(all, StandardCharsets.ISO_8859_1);
    }
}
