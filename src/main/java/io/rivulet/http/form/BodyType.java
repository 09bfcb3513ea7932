package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;
import static io.rivulet.refusal.Refused.Reason.UNSUPPORTED_TYPE;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What {@code Content-Type} says of a body: its type, its character set, and the boundary of its parts. The forms of a
 * publish make one of the head, so that a body that nobody can read is refused before it is read. Immutable, any
 * thread.
 *
 * <p>A hub tells text in UTF-8 alone. Text in UTF-16 that was taken as it is would be published with a NUL between any
 * two letters. So another character set is converted, or refused.
 */
public final class BodyType {

    /** The content type of a form in parts. */
    public static final String MULTIPART = MultipartDecoder.TYPE;

    private final HeaderValue value;
    private final Charset charset;

    private BodyType(HeaderValue value, Charset charset) {
        this.value = value;
        this.charset = charset;
    }

    /**
     * As the header says; null for none.
     *
     * @throws Refused UNSUPPORTED_TYPE for a character set that cannot be read
     */
    public static BodyType of(String contentType) {
        HeaderValue value = HeaderValue.parse(contentType == null ? "" : contentType);
        return new BodyType(value, value.charset(StandardCharsets.UTF_8));
    }

    /** The media type in lower case, without parameters; empty without one. */
    public String name() {
        return value.name();
    }

    /** Whether the body is a form in parts. */
    public boolean isMultipart() {
        return value.name().equals(MULTIPART);
    }

    /** Whether the body is a form of either kind. */
    public boolean isForm() {
        return value.name().equals(FormDecoder.TYPE) || isMultipart();
    }

    /**
     * The fields of a form of either kind, as {@link FormDecoder#decode} tells.
     *
     * @throws Refused also for parts that cannot be read
     */
    public FormFields fields(byte[] form, int fieldsMax) {
        return isMultipart() ? new MultipartDecoder(form, value.parameter("boundary"), charset, fieldsMax).fields()
            : FormDecoder.decode(form, fieldsMax, charset);
    }

    /**
     * Refuses a form whose head tells that it cannot be read.
     *
     * @throws Refused MALFORMED without a boundary, UNSUPPORTED_TYPE for a character set that is not made of ASCII
     */
    public void checkForm() {
        if (isMultipart()) {
            MultipartDecoder.checkBoundary(value.parameter("boundary"));
        } else if (!isOfAscii("&=%")) {
            throw Refused.because(UNSUPPORTED_TYPE, "the content type says charset="
                + Printable.of(value.parameter("charset")) + "; a form of " + FormDecoder.TYPE + " is ASCII");
        }
    }

    /**
     * Refuses a body whose lines cannot be told by their bytes.
     *
     * @throws Refused UNSUPPORTED_TYPE for a character set that is not made of ASCII
     */
    public void checkLines() {
        if (!isOfAscii("\r\n")) {
            throw Refused.because(UNSUPPORTED_TYPE, "the content type says charset="
                + Printable.of(value.parameter("charset")) + "; lines that are published as they come end with the "
                + "bytes of ASCII");
        }
    }

    private boolean isOfAscii(String text) {
        return text.equals(new String(text.getBytes(charset), StandardCharsets.US_ASCII));
    }

    /**
     * The body's text in UTF-8; the array itself where it is so already.
     *
     * @throws Refused when it is not of the character set that it says, or larger than a body may be in UTF-8
     */
    public byte[] utf8(byte[] body, long bytesMax) {
        if (charset == StandardCharsets.UTF_8) {
            return body; // whether it is valid is seen where it is read
        }
        ByteBuffer utf8 = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text(body, 0, body.length, charset)));
        if (utf8.remaining() > bytesMax) {
            throw Refused.because(TOO_LARGE, "the body has " + utf8.remaining() + " bytes in UTF-8; at most " + bytesMax
                + " are allowed (" + SettingsTable.BODY_MAX.fullKey() + ")");
        }
        byte[] bytes = new byte[utf8.remaining()];
        utf8.get(bytes);
        return bytes;
    }

    /** This text, decoded strictly; the mark that tells the order of bytes is no part of it. */
    private static String text(byte[] bytes, int from, int to, Charset charset) {
        try {
            String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from)).toString();
            return !text.isEmpty() && text.charAt(0) == '\uFEFF' ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw Refused.malformed("the body is no valid " + charset.name() + " (" + (to - from) + " bytes)");
        }
    }
}
