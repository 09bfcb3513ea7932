package io.rivulet.url;

import java.text.Normalizer;

/**
 * Domain to ASCII: lower case, and Punycode (RFC 3492) for labels beyond ASCII. {@link Host} uses it. Pure, any thread.
 *
 * <p>The standard asks for UTS 46. Here its mapping table is approximated by what the JDK knows: characters that it
 * ignores are dropped, then NFKC and lower case until nothing changes. So a character of a Unicode version that the JDK
 * does not know is refused, as are private ones; the table's few exceptions to NFKC (such as some CJK compatibility
 * ideographs), the rule for right-to-left labels and that for joiners between letters are not looked at. A name
 * in ASCII is exact, save that a label {@code xn--…} is only decoded and encoded again to see that it is one.
 */
final class Domain {

    private static final int BASE = 36;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    /** A longer one is no DNS name; it bounds the work, which is quadratic in a label. */
    private static final int LABEL_MAX = 1000;
    /** One is enough for every single character of the JDK's Unicode; another sees that nothing changes any more. */
    private static final int ROUNDS_MAX = 4;

    private Domain() { }

    /** Null if there is none; it may still contain what no domain may. */
    static String toAscii(String name) {
        boolean ascii = name.chars().allMatch(c -> c < 128);
        // almost every name: nothing but ASCII, and no label that claims to be more
        String mapped = ascii ? lower(name) : mapped(name);
        if (ascii && !mapped.contains("xn--")) {
            return mapped;
        }
        String[] labels = mapped.split("\\.", -1);
        for (int i = 0; i < labels.length; i++) {
            labels[i] = label(labels[i]);
            if (labels[i] == null) {
                return null;
            }
        }
        return String.join(".", labels);
    }

    /** The mapping step of UTS 46, as far as the class comment says. */
    private static String mapped(String name) {
        StringBuilder kept = new StringBuilder();
        // other full stops separate labels as well; the large sharp s is mapped by hand, since NFKC leaves it
        name.codePoints().filter(c -> !isIgnored(c)).forEach(c -> kept.appendCodePoint(
            c == 0x3002 || c == 0xFF0E || c == 0xFF61 ? '.' : c == 0x1E9E ? 0xDF : c));
        String now = kept.toString();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            StringBuilder low = new StringBuilder();
            // character by character: a text's lower case would make another sigma of the last one
            Normalizer.normalize(now, Normalizer.Form.NFKC).codePoints()
                .forEach(c -> low.appendCodePoint(Character.toLowerCase(c)));
            String next = Normalizer.normalize(low, Normalizer.Form.NFKC);
            if (next.equals(now)) {
                break;
            }
            now = next;
        }
        return now;
    }

    /** Soft hyphens, joiners without width, selectors of variants: invisible, so two names would look alike. */
    private static boolean isIgnored(int c) {
        return c == 0xAD || c == 0x34F || c >= 0x180B && c <= 0x180F || c == 0x200B || c == 0x2060 || c == 0x2064
            || c == 0xFEFF || c >= 0xFE00 && c <= 0xFE0F || c >= 0xE0100 && c <= 0xE01EF;
    }

    /** A label as ASCII, or null when it is none. One that claims to be Punycode must be what encoding gives. */
    private static String label(String label) {
        if (label.length() > LABEL_MAX) {
            return null;
        }
        boolean ascii = label.chars().allMatch(c -> c < 128);
        if (!label.startsWith("xn--")) {
            return ascii ? label : isValid(label) ? "xn--" + encode(label) : null;
        }
        String decoded = ascii ? decode(label.substring(4)) : null;
        // else "xn--" could spell a name in a second way, or one that no mapping gives
        boolean sound = decoded != null && !decoded.chars().allMatch(c -> c < 128) && isValid(decoded)
            && mapped(decoded).equals(decoded) && encode(decoded).equals(label.substring(4));
        return sound ? label : null;
    }

    /** The validity criteria of UTS 46, as far as the class comment says. */
    private static boolean isValid(String label) {
        int first = Character.getType(label.codePointAt(0));
        boolean mark = first == Character.NON_SPACING_MARK || first == Character.COMBINING_SPACING_MARK
            || first == Character.ENCLOSING_MARK;
        // a mark at the beginning would change the label before it
        return !mark && label.codePoints().allMatch(c -> switch (Character.getType(c)) {
            case Character.UNASSIGNED, Character.CONTROL, Character.PRIVATE_USE, Character.SURROGATE,
                Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR -> false;
            // the two joiners that some scripts need
            case Character.FORMAT -> c == 0x200C || c == 0x200D;
            default -> c != 0xFFFD && c != 0x3002;
        });
    }

    /** RFC 3492, section 6.3. */
    private static String encode(String label) {
        int[] points = label.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        for (int c : points) {
            if (c < 128) {
                out.append((char) c);
            }
        }
        // what is ASCII comes first; the rest are insertions into it, each told as a distance from the one before
        int basic = out.length();
        int handled = basic;
        if (basic > 0) {
            out.append('-');
        }
        int bias = 72;
        long delta = 0;
        // the insertions go by character, the smallest first, and each character by its place from left to right
        for (int n = 128; handled < points.length; n++) {
            int next = Integer.MAX_VALUE;
            for (int c : points) {
                next = c >= n ? Math.min(next, c) : next;
            }
            // a step to the next character passes over all places that are left for the smaller ones
            delta += (long) (next - n) * (handled + 1);
            n = next;
            for (int c : points) {
                if (c < n) {
                    delta++;
                } else if (c == n) {
                    bias = appendDelta(out, delta, bias, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }
            delta++;
        }
        return out.toString();
    }

    /** Writes a distance as digits of mixed weights, the last one below its threshold; the answer is the new bias. */
    private static int appendDelta(StringBuilder out, long delta, int bias, int count, boolean first) {
        long q = delta;
        for (int k = BASE;; k += BASE) {
            int t = threshold(k, bias);
            if (q < t) {
                break;
            }
            out.append(digit((int) (t + (q - t) % (BASE - t))));
            q = (q - t) / (BASE - t);
        }
        out.append(digit((int) q));
        return adapt(delta, count, first);
    }

    /** RFC 3492, section 6.2; null if it is none. */
    private static String decode(String text) {
        // what stands before the last dash is there as it is
        int dash = text.lastIndexOf('-');
        StringBuilder out = new StringBuilder(text.substring(0, Math.max(dash, 0)));
        int length = out.length();
        int bias = 72;
        long n = 128;
        long i = 0;
        for (int at = dash + 1; at < text.length();) {
            long old = i;
            long weight = 1;
            for (int k = BASE;; k += BASE) {
                // a number that does not end is none: the dash is no digit
                char c = at < text.length() ? text.charAt(at++) : '-';
                int digit = c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? c - '0' + 26 : -1;
                i += digit * weight;
                if (digit < 0 || i > Integer.MAX_VALUE) {
                    return null;
                }
                int t = threshold(k, bias);
                if (digit < t) {
                    break;
                }
                // a larger one overflows the bound above with its next digit
                weight = Math.min(weight * (BASE - t), 1L << 40);
            }
            length++;
            bias = adapt(i - old, length, old == 0);
            // the distance tells both: how much larger the character is, and where it is put in
            n += i / length;
            i %= length;
            // half of a pair is no character
            if (n > Character.MAX_CODE_POINT || n >= Character.MIN_SURROGATE && n <= Character.MAX_SURROGATE) {
                return null;
            }
            out.insert(out.offsetByCodePoints(0, (int) i), Character.toChars((int) n));
            i++;
        }
        return out.toString();
    }

    /** Below which a digit is the last one: small where long numbers are expected. RFC 3492, section 3.3. */
    private static int threshold(int k, int bias) {
        return Math.max(1, Math.min(26, k - bias));
    }

    private static char digit(int value) {
        return (char) (value < 26 ? 'a' + value : '0' + value - 26);
    }

    /** What the next numbers will be like, guessed by this one. RFC 3492, section 6.1. */
    private static int adapt(long delta, int count, boolean first) {
        long rest = first ? delta / DAMP : delta / 2;
        rest += rest / count;
        int k = 0;
        while (rest > (BASE - 1) * 26 / 2) {
            rest /= BASE - 1;
            k += BASE;
        }
        return (int) (k + BASE * rest / (rest + SKEW));
    }

    /** ASCII letters in lower case, whatever the locale: as the standard reads domains, schemes and drive letters. */
    static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 'A' && text.charAt(i) <= 'Z') {
                StringBuilder out = new StringBuilder(text);
                for (int k = i; k < text.length(); k++) {
                    char c = text.charAt(k);
                    out.setCharAt(k, c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
                }
                return out.toString();
            }
        }
        return text;
    }
}
