package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpChunkTest {

    private final HttpChunk chunk = new HttpChunk();

    @Test
    void aChunkBeginsWithTheLineEndThatClosesTheOneBefore() {
        assertEquals("\r\n8\r\ndata: x\n", text(chunk.of(bytes("data: x\n"))));
        assertEquals("\r\n1a\r\n" + "y".repeat(26), text(chunk.of(bytes("y".repeat(26)))));
    }

    @Test
    void theSameBytesAgainAreNotMadeAgain() {
        byte[] bytes = bytes("data: x\n");
        ByteBuffer first = chunk.of(bytes);
        text(first);
        assertSame(first, chunk.of(bytes));
        assertEquals("\r\n8\r\ndata: x\n", text(first));
    }

    @Test
    void whatTheSocketTookAtAnyPlaceAndTheRestAreTheWhole() {
        for (int length : new int[] {1, 9, 200, 70_000}) {
            byte[] bytes = bytes("z".repeat(length));
            String whole = text(chunk.of(bytes));
            for (int taken = 0; taken < Math.min(whole.length(), 40); taken++) {
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
        assertSame(bytes, chunk.rest()[0].array());
    }

    @Test
    void theRestStaysAsItIsWhenOtherBytesFollow() {
        byte[] bytes = bytes("z".repeat(100));
        chunk.of(bytes).position(2);
        ByteBuffer[] rest = chunk.rest();
        chunk.of(bytes("something else"));
        assertEquals("64\r\n" + "z".repeat(100), text(rest[0]) + text(rest[1]));
    }

    @Test
    void whatIsUsualNeedsNoCopyOnItsWayToTheSocket() {
        assertTrue(chunk.of(new byte[64 << 10]).isDirect());
        assertEquals(7 + 100_000 + 2, chunk.of(new byte[100_000]).remaining());
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
