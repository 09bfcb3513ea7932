package io.rivulet.hub.resume;

import io.rivulet.auth.Grant;
import io.rivulet.config.IpBlock;

/**
 * The one to whom work is charged: a subject that a token names, else an address. Each caller has a line of its own
 * before the log's readers, so one that asks much waits for itself. Immutable, any thread; equal for the same caller.
 *
 * @param who an identity, an address, or a text where nobody knows more
 */
public record Caller(Object who) {

    /** Of an IPv6 address: a provider gives a network of this size to one customer. */
    public static final int V6_NETWORK_BITS = 64;

    /** The holder of this grant at this address, which is null for code in the same JVM. */
    public static Caller of(Grant grant, String peer) {
        return new Caller(grant.isNamed() ? grant.identity() : address(peer));
    }

    /** The address as callers are told apart by it: of IPv6 the network. */
    public static Object address(String peer) {
        String text = String.valueOf(peer);
        IpBlock address = IpBlock.address(text);
        return address == null ? text : address.isV4() ? address : address.first(V6_NETWORK_BITS);
    }
}
