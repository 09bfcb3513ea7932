package io.rivulet.url;

import java.util.Arrays;

/**
 * The numbers that hosts may be (URL Standard, section 3.5): IPv4 in all its old notations, and IPv6. {@link Host} uses
 * it. Pure, any thread.
 */
final class IpAddress {

    private static final int PIECES = 8;

    private IpAddress() { }

    /** Whether a domain's last label is a number, so that the whole must be an IPv4 address. */
    static boolean endsInNumber(String name) {
        int end = name.endsWith(".") ? name.length() - 1 : name.length();
        // "09" is no octal number, but it looks like one: such a name is refused, not taken for a domain
        String last = name.substring(name.lastIndexOf('.', end - 1) + 1, end);
        return !last.isEmpty() && (last.chars().allMatch(c -> c >= '0' && c <= '9') || number(last) >= 0);
    }

    /** Serialised, or null. */
    static String v4(String name) {
        String[] parts = (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).split("\\.", -1);
        // fewer than four are allowed: the last number then fills the bytes that are left, as "127.1"
        if (parts.length > 4) {
            return null;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            long number = number(parts[i]);
            boolean last = i == parts.length - 1;
            if (number < 0 || number > (last ? (1L << 8 * (4 - i)) - 1 : 255)) {
                return null;
            }
            address += last ? number : number << 8 * (3 - i);
        }
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    /** Decimal, octal after 0, hexadecimal after 0x; -1 if it is none, and a very large one if it is too large. */
    private static long number(String text) {
        int radix = text.startsWith("0x") ? 16 : text.length() > 1 && text.startsWith("0") ? 8 : 10;
        if (text.isEmpty()) {
            return -1;
        }
        long value = 0;
        for (int i = radix == 16 ? 2 : radix == 8 ? 1 : 0; i < text.length(); i++) {
            int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            // more than any address, and small enough not to overflow with the next digit
            value = Math.min(value * radix + digit, 1L << 40);
        }
        return value;
    }

    /** Serialised in brackets, from the text between them, or null. */
    static String v6(String text) {
        // "compress" is the piece at which "::" stood, -1 while there was none
        int[] pieces = new int[PIECES];
        int piece = 0;
        int compress = -1;
        int i = 0;
        if (text.startsWith(":")) {
            if (!text.startsWith("::")) {
                return null;
            }
            i = 2;
            piece = 1;
            compress = 1;
        }
        while (i < text.length()) {
            if (piece == PIECES) {
                return null;
            }
            // a second colon: here zeros were left out, which may be so once only
            if (text.charAt(i) == ':') {
                if (compress >= 0) {
                    return null;
                }
                i++;
                piece++;
                compress = piece;
                continue;
            }
            int end = i;
            // a piece: up to four digits
            while (end < text.length() && end - i < 4 && hex(text.charAt(end)) >= 0) {
                pieces[piece] = pieces[piece] << 4 | hex(text.charAt(end++));
            }
            char after = end < text.length() ? text.charAt(end) : 0;
            // these digits were the first of an IPv4 address, which ends the text; dotted() reads it from its beginning
            if (after == '.') {
                if (end == i || piece > 6 || !dotted(text.substring(i), pieces, piece)) {
                    return null;
                }
                piece += 2;
                break;
            }
            // a piece ends with the text or with a colon, and after a colon something follows
            boolean atEnd = end == text.length();
            if (!atEnd && (after != ':' || end + 1 == text.length()) || end == i) {
                return null;
            }
            i = end + 1;
            piece++;
        }
        // without "::" all eight must be there
        if (compress < 0 && piece != PIECES) {
            return null;
        }
        if (compress >= 0) {
            spread(pieces, piece, compress);
        }
        return text(pieces);
    }

    /** The pieces behind "::" belong to the end; zeros come to where it stood. */
    private static void spread(int[] pieces, int piece, int compress) {
        int moved = piece - compress;
        System.arraycopy(pieces.clone(), compress, pieces, PIECES - moved, moved);
        Arrays.fill(pieces, compress, PIECES - moved, 0);
    }

    /** The last two pieces as an IPv4 address in plain decimals. */
    private static boolean dotted(String text, int[] pieces, int piece) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        // the digits before the first dot were taken for a hexadecimal piece
        pieces[piece] = 0;
        for (int k = 0; k < 4; k++) {
            String part = parts[k];
            boolean digits = !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || part.length() > 1 && part.startsWith("0") || Integer.parseInt(part) > 255) {
                return false;
            }
            pieces[piece + k / 2] = pieces[piece + k / 2] << 8 | Integer.parseInt(part);
        }
        return true;
    }

    private static int hex(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }

    /** Serialised: the longest run of zeros, of several the first, becomes "::"; a single zero does not. */
    private static String text(int[] pieces) {
        int longest = -1;
        int length = 1;
        for (int i = 0; i < PIECES; i++) {
            int end = i;
            // how far zeros go from here; runs that begin later in the same zeros are shorter
            while (end < PIECES && pieces[end] == 0) {
                end++;
            }
            if (end - i > length) {
                longest = i;
                length = end - i;
            }
        }
        StringBuilder out = new StringBuilder("[");
        for (int i = 0; i < PIECES; i++) {
            if (i == longest) {
                // the colon after the piece before is there already
                out.append(i == 0 ? "::" : ":");
                i += length - 1;
            } else {
                out.append(Integer.toHexString(pieces[i])).append(i == PIECES - 1 ? "" : ":");
            }
        }
        return out.append(']').toString();
    }
}
