package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;
import static io.rivulet.refusal.Refused.Reason.UNSUPPORTED_TYPE;

import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * The parser of {@code multipart/form-data} (RFC 7578): {@code curl -F}, and a page's {@code FormData}. {@link
 * BodyType} makes one for a body that has come as a whole. Not for several threads.
 *
 * <p>The parser of the container is not used: it reads the body itself, in a thread that waits, and may write parts to
 * the disk. A file is a field whose value is its content. The work is in proportion to the body: a boundary has no line
 * break in it, so a comparison that fails never has to look at the same bytes again.
 */
final class MultipartDecoder {

    /** The content type. */
    static final String TYPE = "multipart/form-data";
    /** RFC 2046, 5.1.1. */
    private static final int BOUNDARY_MAX = 70;
    /** The headers of one part: a name and the name of a file. */
    private static final int HEAD_BYTES_MAX = 4_096;
    private static final Set<String> PLAIN = Set.of("7bit", "8bit", "binary");

    private final byte[] body;
    /** A line break, two dashes, the boundary. */
    private final byte[] mark;
    private final Charset usual;
    private final int fieldsMax;
    private final FormFields fields = new FormFields();

    /**
     * Of this body.
     *
     * @param usual     the character set of parts that name none
     * @param fieldsMax more parts are refused
     * @throws Refused when the boundary is missing, or none
     */
    MultipartDecoder(byte[] body, String boundary, Charset usual, int fieldsMax) {
        checkBoundary(boundary);
        this.body = body;
        this.mark = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        this.usual = usual;
        this.fieldsMax = fieldsMax;
    }

    /** Refuses a form in parts whose head does not say what parts them. */
    static void checkBoundary(String boundary) {
        if (boundary == null || boundary.isEmpty()) {
            throw Refused.malformed("the content type has no boundary; let the client write the header "
                + TYPE + " itself, for it alone knows the boundary");
        }
        if (boundary.length() > BOUNDARY_MAX) {
            throw Refused.malformed("the boundary of the parts has " + boundary.length() + " characters; at most "
                + BOUNDARY_MAX + " are allowed");
        }
    }

    /**
     * The fields of all parts, in their order.
     *
     * @throws Refused when the body is no form in parts, or has too many
     */
    FormFields fields() {
        int at = startsWithMark(0, 2) ? mark.length - 2 : afterMark(0); // the first needs no line break before it
        int count = 0;
        while (!isLast(at)) {
            int head = afterLine(at);
            if (++count > fieldsMax) {
                throw Refused.because(TOO_LARGE, "the form has more than " + fieldsMax + " parts");
            }
            at = part(head, count);
        }
        return fields;
    }

    /** Reads the part whose head begins here; returns where the mark behind it ends. */
    private int part(int from, int number) {
        HeaderValue disposition = null;
        Charset charset = usual;
        int at = from;
        while (!startsWithLineBreak(at)) {
            int end = afterLineBreak(at, number);
            if (end - from > HEAD_BYTES_MAX) {
                throw Refused.malformed("the headers of part " + number + " have more than " + HEAD_BYTES_MAX
                    + " bytes");
            }
            String[] line = new String(body, at, end - at, StandardCharsets.UTF_8).split(":", 2);
            String value = line.length == 1 ? "" : line[1].strip();
            switch (line[0].strip().toLowerCase(Locale.ROOT)) {
                case "content-disposition" -> disposition = HeaderValue.parse(value);
                case "content-type" -> charset = HeaderValue.parse(value).charset(usual);
                case "content-transfer-encoding" -> checkPlain(value, number);
                default -> {
                    // RFC 7578, 4.8: other headers mean nothing here
                }
            }
            at = end;
        }
        String name = disposition == null || !disposition.name().equals("form-data") ? null
            : disposition.parameter("name");
        if (name == null) {
            throw Refused.malformed("part " + number + " has no name (Content-Disposition: form-data; name=\"…\")");
        }
        int start = at + 2;
        // a part without content may have the mark right behind its head
        int end = startsWithMark(at, 0) ? at + mark.length : afterMark(start);
        fields.add(name, body, Math.min(start, end - mark.length), end - mark.length, charset);
        return end;
    }

    private static void checkPlain(String encoding, int number) {
        if (!PLAIN.contains(encoding.toLowerCase(Locale.ROOT))) {
            throw Refused.because(UNSUPPORTED_TYPE, "part " + number + " has the Content-Transfer-Encoding "
                + Printable.of(encoding) + "; parts of a form are sent as they are (RFC 7578, 4.7)");
        }
    }

    /** Whether the mark that ends here was the last: two dashes follow. */
    private boolean isLast(int at) {
        return at + 1 < body.length && body[at] == '-' && body[at + 1] == '-';
    }

    /** The place behind the rest of a mark's line, which may have blanks. */
    private int afterLine(int from) {
        int at = from;
        while (at < body.length && (body[at] == ' ' || body[at] == '\t')) {
            at++;
        }
        if (!startsWithLineBreak(at)) {
            throw cut();
        }
        return at + 2;
    }

    private boolean startsWithLineBreak(int at) {
        return at + 1 < body.length && body[at] == '\r' && body[at + 1] == '\n';
    }

    private int afterLineBreak(int from, int number) {
        for (int at = from; at < body.length && at - from <= HEAD_BYTES_MAX; at++) {
            if (startsWithLineBreak(at)) {
                return at + 2;
            }
        }
        throw Refused.malformed("the headers of part " + number + " have no end within " + HEAD_BYTES_MAX + " bytes");
    }

    /** The place behind the next mark. */
    private int afterMark(int from) {
        for (int at = from; at + mark.length <= body.length; at++) {
            if (startsWithMark(at, 0)) {
                return at + mark.length;
            }
        }
        throw cut();
    }

    /** Whether the mark without its first bytes stands here. */
    private boolean startsWithMark(int at, int skipped) {
        int length = mark.length - skipped;
        if (at + length > body.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (body[at + i] != mark[skipped + i]) {
                return false;
            }
        }
        return true;
    }

    private static Refused cut() {
        return Refused.malformed("the body is no " + TYPE + ": a boundary, or the one at the end, is not "
            + "there");
    }
}
