package io.rivulet.http.stream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A JSON document with a long list, in pieces. Servlets of lists make it for {@link PageResponses}, and the container's
 * threads ask for the next piece as the client takes the document; one thread at a time.
 *
 * <p>Why in pieces: rendered as a whole, a list of active subscriptions was tens of megabytes, in memory three times
 * over for a moment. So an entry becomes text when those before it were taken.
 */
public final class ListDocument<E> implements Supplier<byte[]> {

    /** To be charged for the piece that is being written. */
    public static final int PIECE_BYTES = 32_768;
    /** A piece is complete at this size; the entry that completes it may be larger. */
    private static final int PIECE_LEAST = 8_000;

    private final Iterator<E> entries;
    private final Function<E, String> json;
    /** What comes before the next entry: the head of the document, then a comma. */
    private String before;
    private boolean ended;

    /**
     * The document <code>{members "name":[entries]}</code>.
     *
     * @param members before the list, each with its comma behind it; may be empty
     * @param json    makes the text of an entry
     */
    public ListDocument(String members, String name, List<E> entries, Function<E, String> json) {
        this.entries = entries.iterator();
        this.json = json;
        before = "{" + members + '"' + name + "\":[";
    }

    @Override
    public byte[] get() {
        ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE_LEAST);
        while (piece.size() < PIECE_LEAST && !ended) {
            ended = !entries.hasNext();
            if (ended) {
                append(piece, before.equals(",") ? "]}" : before + "]}");
            } else {
                append(piece, before);
                append(piece, json.apply(entries.next()));
                before = ",";
            }
        }
        return piece.size() == 0 ? null : piece.toByteArray();
    }

    private static void append(ByteArrayOutputStream piece, String text) {
        piece.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
