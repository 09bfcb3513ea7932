package io.rivulet.http.form;

import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A header's value with its parameters, {@code form-data; name="data"}, as {@code Content-Type} and {@code
 * Content-Disposition} have it. Read in one pass and without a regular expression, for strangers write it. Immutable.
 *
 * @param name       what stands before the parameters, in lower case
 * @param parameters by their names in lower case; of several with one name the first
 */
record HeaderValue(String name, Map<String, String> parameters) {

    /** A list of its own: the JVM would search for whatever name a stranger invents. */
    private static final Map<String, Charset> CHARSETS = Map.of("utf-8", StandardCharsets.UTF_8,
        "utf8", StandardCharsets.UTF_8, "us-ascii", StandardCharsets.UTF_8, "ascii", StandardCharsets.UTF_8,
        "iso-8859-1", StandardCharsets.ISO_8859_1, "windows-1252", Charset.forName("windows-1252"),
        "utf-16", StandardCharsets.UTF_16, "utf-16le", StandardCharsets.UTF_16LE,
        "utf-16be", StandardCharsets.UTF_16BE);

    /** Takes a value apart. It never throws: what is none is left out. */
    static HeaderValue parse(String text) {
        int at = end(text, 0, ";");
        String name = text.substring(0, at).strip().toLowerCase(Locale.ROOT);
        Map<String, String> parameters = new HashMap<>();
        while (at < text.length()) {
            int equals = end(text, at + 1, ";=");
            if (equals == text.length() || text.charAt(equals) == ';') {
                at = equals; // a parameter without a value says nothing
                continue;
            }
            String parameter = text.substring(at + 1, equals).strip().toLowerCase(Locale.ROOT);
            StringBuilder value = new StringBuilder();
            at = value(text, equals + 1, value);
            parameters.putIfAbsent(parameter, value.toString());
        }
        return new HeaderValue(name, parameters);
    }

    /** The value of a parameter, without the quotes around it; null when it is not there. */
    String parameter(String parameter) {
        return parameters.get(parameter);
    }

    /**
     * The character set that a content type names; {@code usual} where it names none.
     *
     * @throws Refused UNSUPPORTED_TYPE for one that cannot be read
     */
    Charset charset(Charset usual) {
        String wanted = parameter("charset");
        Charset charset = wanted == null ? usual : CHARSETS.get(wanted.strip().toLowerCase(Locale.ROOT));
        if (charset == null) {
            throw Refused.because(Refused.Reason.UNSUPPORTED_TYPE, "the content type is " + Printable.of(name)
                + "; charset=" + Printable.of(wanted) + "; only utf-8, utf-16 (also le, be), iso-8859-1, windows-1252 "
                + "and us-ascii can be read");
        }
        return charset;
    }

    /** Appends the value that begins here, quoted or not; returns where the next parameter begins. */
    private static int value(String text, int from, StringBuilder value) {
        int at = from;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at == text.length() || text.charAt(at) != '"') {
            int end = end(text, at, ";");
            value.append(text.substring(at, end).strip());
            return end;
        }
        for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
            // any other backslash stands for itself: old browsers put paths of files here
            boolean escaped = text.startsWith("\\\"", at) || text.startsWith("\\\\", at);
            at += escaped ? 1 : 0;
            value.append(text.charAt(at));
        }
        return end(text, Math.min(at, text.length()), ";");
    }

    private static int end(String text, int from, String marks) {
        for (int i = from; i < text.length(); i++) {
            if (marks.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return text.length();
    }
}
