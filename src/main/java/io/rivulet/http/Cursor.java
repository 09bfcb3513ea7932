package io.rivulet.http;

import io.rivulet.event.Dialect;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The id a client resumes after, in all the spellings that clients of the field use; the header beats the query. */
final class Cursor {

    /** Mercure 1.0, Mercure 0.x, Yaffle's polyfill, Mercure before 0.11, amvtek's polyfill. */
    private static final List<String> PARAMETERS =
        List.of("last_event_id", "lastEventID", "lastEventId", "Last-Event-ID", "evs_last_event_id");

    private static final List<String> MERCURE = List.of("last_event_id");
    /** The name of 0.x, that of clients half on their way to 1.0, and that of 0.x before 0.11. */
    private static final List<String> LEGACY = List.of("lastEventID", "last_event_id", "Last-Event-ID");

    private Cursor() {
    }

    /** The cursor; empty when the client says it has none; null when it says nothing. */
    static String of(HttpServletRequest request, FormFields query) {
        String header = request.getHeader("Last-Event-ID");
        if (header != null) {
            return utf8(header);
        }
        for (String parameter : PARAMETERS) {
            if (query.has(parameter)) {
                return query.one(parameter);
            }
        }
        return null;
    }

    /**
     * The cursor as Mercure reads it: the header, else the parameter of this dialect in the query, else in a body
     * (SUB-02, REC-02, OLD-10). Empty and null as above.
     */
    static String of(HttpServletRequest request, FormFields query, FormFields body, Dialect dialect) {
        String header = request.getHeader("Last-Event-ID");
        if (header != null) {
            return utf8(header);
        }
        for (String parameter : dialect == Dialect.LEGACY ? LEGACY : MERCURE) {
            for (FormFields fields : List.of(query, body)) {
                if (fields.has(parameter)) {
                    return fields.one(parameter);
                }
            }
        }
        return null;
    }

    /** Browsers send the id's UTF-8 bytes; containers read header bytes as ISO-8859-1. */
    private static String utf8(String header) {
        if (header.chars().allMatch(c -> c < 0x80) || header.chars().anyMatch(c -> c > 0xff)) {
            return header;
        }
        try {
            byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return header; // no UTF-8 either: an id that nobody gave, and so a reset
        }
    }
}
