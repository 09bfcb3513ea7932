package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;

import io.rivulet.refusal.Refused;
import io.rivulet.url.PercentEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The parser of {@code application/x-www-form-urlencoded} (WHATWG URL, 5.1), for bodies and queries alike. All doors
 * use it, since {@code getParameter} mixes the two and hides bad bytes. Pure.
 *
 * <p>It is strict where the standard repairs: bytes that are no UTF-8 are refused, since a topic with a replacement
 * character in it would be another topic.
 */
public final class FormDecoder {

    /** The content type of a form. */
    public static final String TYPE = "application/x-www-form-urlencoded";
    /** Fields of an event's form that are no topics: more than any client has a reason to send. */
    public static final int OTHER_FIELDS_MAX = 100;

    private FormDecoder() {
    }

    /**
     * Decodes a form's bytes.
     *
     * @param fieldsMax more pairs are refused, so that a small body cannot become many objects
     * @throws Refused when a name or value is no UTF-8, or there are too many
     */
    public static FormFields decode(byte[] form, int fieldsMax) {
        FormFields fields = new FormFields();
        int count = 0;
        int start = 0;
        while (start <= form.length) {
            int end = indexOf(form, (byte) '&', start, form.length);
            if (end > start) {
                if (++count > fieldsMax) {
                    throw Refused.because(TOO_LARGE, "the form has more than " + fieldsMax + " fields");
                }
                int equals = indexOf(form, (byte) '=', start, end);
                fields.add(text(form, start, equals), text(form, Math.min(equals + 1, end), end));
            }
            start = end + 1;
        }
        return fields;
    }

    private static int indexOf(byte[] bytes, byte wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return to;
    }

    /** {@code +} is a space, {@code %XX} a byte, and a percent sign without two hex digits stands for itself. */
    private static String text(byte[] form, int from, int to) {
        byte[] plain = new byte[to - from];
        int length = 0;
        int all = 0;
        for (int i = from; i < to; i++) {
            byte b = form[i];
            if (b == '+') {
                b = ' ';
            } else if (b == '%' && i + 2 < to) {
                int octet = PercentEncoding.octet(form[i + 1], form[i + 2]);
                b = octet < 0 ? b : (byte) octet;
                i += octet < 0 ? 0 : 2;
            }
            plain[length++] = b;
            all |= b;
        }
        if (all >= 0) { // ASCII, as nearly every name and topic is: valid as it stands, no decoder is needed
            return new String(plain, 0, length, StandardCharsets.US_ASCII);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(plain, 0, length)).toString();
        } catch (CharacterCodingException e) {
            throw Refused.malformed("the form is no valid UTF-8 near byte " + from + " (" + Arrays.toString(
                Arrays.copyOf(plain, Math.min(length, 8))) + " …)");
        }
    }
}
