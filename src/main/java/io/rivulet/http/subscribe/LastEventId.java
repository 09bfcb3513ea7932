package io.rivulet.http.subscribe;

import io.rivulet.http.form.FormFields;
import io.rivulet.hub.dialect.Dialect;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The id a client resumes after, in all the spellings that clients of the field use; the header beats the query. */
final class LastEventId {

    private LastEventId() {
    }

    /**
     * The cursor: the header, else the first parameter of the dialect that is there, in the query before the body
     * (SUB-02, REC-02, OLD-10).
     *
     * @return empty when the client says it has none; null when it says nothing
     */
    static String of(HttpServletRequest request, FormFields query, FormFields body, Dialect dialect) {
        String header = request.getHeader("Last-Event-ID");
        if (header != null) {
            return utf8(header);
        }
        for (String parameter : dialect.cursorParameters()) {
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
