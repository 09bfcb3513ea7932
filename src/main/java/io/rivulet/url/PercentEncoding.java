package io.rivulet.url;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Percent-encoding with UTF-8: each component of a URL has its own set of code points (URL Standard, section 1.3). The
 * parsers of URLs and the doors encode and decode with it. Pure, any thread.
 */
public enum PercentEncoding {
    C0_CONTROL(""), FRAGMENT(" \"<>`"), QUERY(" \"#<>"), SPECIAL_QUERY(" \"#<>'"), PATH(" \"#<>?^`{}"),
    USERINFO(" \"#<>?^`{}/:;=@[\\]|"),
    /** All but the unreserved characters: a value in a URI template's simple expansion (RFC 6570, 3.2.2). */
    ALL_BUT_UNRESERVED(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}");

    private static final String HEX = "0123456789ABCDEF";

    private final boolean[] encoded = new boolean[128];

    PercentEncoding(String set) {
        for (int c = 0; c < encoded.length; c++) {
            encoded[c] = c < 0x20 || c == 0x7F || set.indexOf(c) >= 0;
        }
    }

    /** The text with every code point of the set as {@code %XX}; everything beyond ASCII is in every set. */
    public String encode(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 128 && !encoded[c]) {
                if (out != null) {
                    out.append(c);
                }
                continue;
            }
            if (out == null) {
                out = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            int point = text.codePointAt(i);
            i += Character.charCount(point) - 1;
            // half of a pair is no character: it becomes U+FFFD, as in every encoder of the web
            boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            for (byte b : Character.toString(half ? 0xFFFD : point).getBytes(StandardCharsets.UTF_8)) {
                out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
        }
        return out == null ? text : out.toString();
    }

    /** The byte that {@code %XX} stands for at this index, -1 when none begins there. Its digits are ASCII. */
    public static int octet(CharSequence text, int at) {
        return text.charAt(at) == '%' && at + 2 < text.length() ? octet(text.charAt(at + 1), text.charAt(at + 2)) : -1;
    }

    /** The byte that these two hex digits stand for, -1 when they are none. */
    public static int octet(int high, int low) {
        int first = high < 128 ? Character.digit(high, 16) : -1;
        int second = low < 128 ? Character.digit(low, 16) : -1;
        return first < 0 || second < 0 ? -1 : first << 4 | second;
    }

    /** Letters, digits, {@code - . _ ~}: the same with and without percent-encoding (RFC 3986, 2.3). */
    public static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
    }

    /** Undoes every {@code %XX}; bytes that are no UTF-8 then become U+FFFD. */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] from = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream to = new ByteArrayOutputStream(from.length);
        for (int i = 0; i < from.length; i++) {
            int octet = from[i] == '%' && i + 2 < from.length ? octet(from[i + 1], from[i + 2]) : -1;
            to.write(octet < 0 ? from[i] : octet);
            i += octet < 0 ? 0 : 2;
        }
        return to.toString(StandardCharsets.UTF_8);
    }
}
