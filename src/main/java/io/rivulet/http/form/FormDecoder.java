package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;

import io.rivulet.refusal.Refused;
import io.rivulet.url.PercentEncoding;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * The parser of {@code application/x-www-form-urlencoded} (WHATWG URL, 5.1), for bodies and queries alike. All doors
 * use it, since {@code getParameter} mixes the two and hides bad bytes. Pure.
 *
 * <p>It is strict where the standard repairs: a value that is no UTF-8 is refused, since a topic with a replacement
 * character in it would be another topic.
 */
public final class FormDecoder {

    /** The content type of a form. */
    public static final String TYPE = "application/x-www-form-urlencoded";
    /** Fields of an event's form that are no topics: more than any client has a reason to send. */
    public static final int OTHER_FIELDS_MAX = 100;

    private FormDecoder() {
    }

    /** Decodes a form's bytes, whose text is in UTF-8. */
    public static FormFields decode(byte[] form, int fieldsMax) {
        return decode(form, fieldsMax, StandardCharsets.UTF_8);
    }

    /**
     * Decodes a form's bytes. A value that is not of the character set is refused when somebody asks for it, since
     * fields that nobody knows need not be text ({@link FormFields#all}).
     *
     * @param fieldsMax more pairs are refused, so that a small body cannot become many objects
     * @throws Refused when there are too many
     */
    static FormFields decode(byte[] form, int fieldsMax, Charset charset) {
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
                add(fields, form, start, equals, Math.min(equals + 1, end), end, charset);
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

    private static void add(FormFields fields, byte[] form, int nameFrom, int nameTo, int from, int to,
                            Charset charset) {
        byte[] name = new byte[nameTo - nameFrom];
        int nameLength = plain(form, nameFrom, nameTo, name);
        byte[] value = new byte[to - from];
        int length = plain(form, from, to, value);
        try {
            fields.add(FormFields.text(name, 0, nameLength, charset), value, 0, length, charset);
        } catch (CharacterCodingException e) {
            String unknown = new String(name, 0, nameLength, charset); // with a mark in it that no name has
            fields.add(unknown, "");
            fields.noteBroken(unknown, charset);
        }
    }

    /** {@code +} is a space, {@code %XX} a byte, and a percent sign without two hex digits stands for itself. */
    private static int plain(byte[] form, int from, int to, byte[] plain) {
        int length = 0;
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
        }
        return length;
    }
}
