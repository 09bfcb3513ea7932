package io.rivulet.url;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Percent-encoding with UTF-8: each place in a URL has its own set of code points (URL Standard, section 1.3). */
enum PercentEncoding {
    C0_CONTROL(""), FRAGMENT(" \"<>`"), QUERY(" \"#<>"), SPECIAL_QUERY(" \"#<>'"), PATH(" \"#<>?^`{}"),
    USERINFO(" \"#<>?^`{}/:;=@[\\]|");

    private static final String HEX = "0123456789ABCDEF";

    private final boolean[] encoded = new boolean[128];

    PercentEncoding(String set) {
        for (int c = 0; c < encoded.length; c++) {
            encoded[c] = c < 0x20 || c == 0x7F || set.indexOf(c) >= 0;
        }
    }

    /** The text with every code point of the set as {@code %XX}; everything beyond ASCII is in every set. */
    String encode(String text) {
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

    /** Undoes every {@code %XX}; what is not UTF-8 then becomes U+FFFD. */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] from = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream to = new ByteArrayOutputStream(from.length);
        for (int i = 0; i < from.length; i++) {
            int high = from[i] == '%' && i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(from[i + 2], 16);
            if (low < 0) {
                to.write(from[i]);
            } else {
                to.write(high << 4 | low);
                i += 2;
            }
        }
        return to.toString(StandardCharsets.UTF_8);
    }
}
