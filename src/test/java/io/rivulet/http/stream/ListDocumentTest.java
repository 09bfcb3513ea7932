package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A long list is JSON, and becomes text piece by piece. */
class ListDocumentTest {

    private static List<Integer> numbers(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    private static String json(int number) {
        return "\"\u00e9" + number + '"';
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 20_000})
    void allPiecesTogetherAreTheDocument(int n) {
        ListDocument<Integer> document = new ListDocument<>("\"total\":7,", "list", numbers(n), ListDocumentTest::json);
        StringBuilder text = new StringBuilder();
        for (byte[] piece = document.get(); piece != null; piece = document.get()) {
            text.append(new String(piece, StandardCharsets.UTF_8));
            assertTrue(piece.length <= ListDocument.PIECE_BYTES, piece.length + " bytes");
        }
        String list = String.join(",", numbers(n).stream().map(ListDocumentTest::json).toList());
        assertEquals(JsonParser.parseString("{\"total\":7,\"list\":[" + list + "]}"),
            JsonParser.parseString(text.toString()));
    }

    @Test
    void anEntryBecomesTextWhenThoseBeforeItWereTaken() {
        AtomicInteger made = new AtomicInteger();
        ListDocument<Integer> document = new ListDocument<>("", "list", numbers(1_000), i -> {
            made.incrementAndGet();
            return "1".repeat(1_000);
        });
        document.get();
        assertEquals(8, made.get());
        document.get();
        assertEquals(16, made.get());
    }
}
