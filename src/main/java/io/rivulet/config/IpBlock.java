package io.rivulet.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * Addresses that begin with the same bits: a CIDR block (RFC 4632; RFC 4291, 2.3), or a single address. An IPv4 address
 * is the IPv6 address that maps it (RFC 4291, 2.5.5.2), so both ways of writing it are equal. Never asks a name server.
 *
 * @param high the first 64 bits
 * @param low  the other 64 bits
 * @param bits how many of the 128 are common; the others are 0
 */
public record IpBlock(long high, long low, int bits) {

    private static final int ALL = 128;
    /** The bits before a mapped IPv4 address, and what stands in the last 32 of them. */
    private static final int V4_FROM = 96;
    private static final long V4_MARK = 0xffffL;
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    /** A text that may be an IPv6 address: with a colon and these characters alone the JDK looks up no name. */
    private static final Pattern V6_LIKE = Pattern.compile("(?=[^:]*:)[0-9a-fA-F:.]{2,45}");

    /**
     * Reads an address, or an address, a slash and the number of common bits.
     *
     * @throws IllegalArgumentException when it is neither; the message ends a sentence
     */
    public static IpBlock parse(String text) {
        int slash = text.indexOf('/');
        IpBlock address = address(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw bad(text, "an IP address, or a block of them such as 10.0.0.0/8 or 2001:db8::/32");
        }
        if (slash < 0) {
            return address;
        }
        String length = text.substring(slash + 1);
        int offset = address.isV4() && text.indexOf(':') < 0 ? V4_FROM : 0;
        if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > ALL - offset) {
            throw bad(text, "a block; after its slash stands 0 to " + (ALL - offset));
        }
        IpBlock block = address.first(offset + Integer.parseInt(length));
        if (block.high != address.high || block.low != address.low) {
            throw bad(text, "a block: bits are set behind its first " + length + "; it would begin at " + block);
        }
        return block;
    }

    /** The address that this text is, in brackets or with a zone, too, as containers write it; null when it is none. */
    public static IpBlock address(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        int zone = bare.indexOf('%');
        bare = zone < 0 ? bare : bare.substring(0, zone);
        if (!V4.matcher(bare).matches() && !V6_LIKE.matcher(bare).matches()) {
            return null;
        }
        try {
            byte[] bytes = InetAddress.getByName(bare.indexOf(':') < 0 ? bare : "[" + bare + "]").getAddress();
            ByteBuffer all = ByteBuffer.wrap(bytes);
            return bytes.length == 4 ? new IpBlock(0, V4_MARK << 32 | all.getInt() & 0xffffffffL, ALL)
                : new IpBlock(all.getLong(), all.getLong(), ALL);
        } catch (UnknownHostException e) {
            return null; // it looked like an IPv6 address, and is none
        }
    }

    /** Whether this is an IPv4 address, or a block of such. */
    public boolean isV4() {
        return high == 0 && low >>> 32 == V4_MARK && bits >= V4_FROM;
    }

    /** The block of all that have the first {@code n} bits of this one; at most as many as it has. */
    public IpBlock first(int n) {
        return new IpBlock(high & mask(n), low & mask(n - Long.SIZE), n);
    }

    /** Whether all of the other's addresses are among these. */
    public boolean contains(IpBlock other) {
        return other.bits >= bits && (other.high & mask(bits)) == high && (other.low & mask(bits - Long.SIZE)) == low;
    }

    private static long mask(int n) {
        return n <= 0 ? 0 : n >= Long.SIZE ? -1L : -1L << Long.SIZE - n;
    }

    private static IllegalArgumentException bad(String text, String what) {
        return new IllegalArgumentException(text + " is not " + what);
    }

    /** As it is written in a setting. */
    @Override
    public String toString() {
        byte[] bytes = isV4() ? ByteBuffer.allocate(4).putInt((int) low).array()
            : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            String address = InetAddress.getByAddress(bytes).getHostAddress();
            return bits == ALL ? address : address + "/" + (isV4() ? bits - V4_FROM : bits);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
