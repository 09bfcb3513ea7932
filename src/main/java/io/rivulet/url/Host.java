package io.rivulet.url;

/** The host parser (URL Standard, section 3.5): domains, addresses, and the opaque hosts of other schemes. */
final class Host {

    private static final String FORBIDDEN = "\0\t\n\r #/:<>?@[\\]^|";

    private Host() { }

    /** The host serialised, or null if it is none. */
    static String parse(String text, boolean special) {
        // brackets hold an IPv6 address, and nothing else
        if (text.startsWith("[")) {
            return text.endsWith("]") ? IpAddress.v6(text.substring(1, text.length() - 1)) : null;
        }
        // what a host of another scheme means is for that scheme to say: it is only made printable
        if (!special) {
            return contains(text, FORBIDDEN) ? null : PercentEncoding.C0_CONTROL.encode(text);
        }
        // a domain may be percent-encoded in a URL; what comes out must not hold what ends a host
        String name = Domain.toAscii(PercentEncoding.decode(text));
        if (name == null || name.isEmpty() || contains(name, FORBIDDEN) || hasControlOrPercent(name)) {
            return null;
        }
        // a domain whose last label is a number could be taken for an address elsewhere: it must be one
        return IpAddress.endsInNumber(name) ? IpAddress.v4(name) : name;
    }

    private static boolean contains(String text, String some) {
        for (int i = 0; i < text.length(); i++) {
            if (some.indexOf(text.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasControlOrPercent(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '%' || c >= 0x7F) {
                return true;
            }
        }
        return false;
    }
}
