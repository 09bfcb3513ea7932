package io.rivulet.hub.stream;

/** A stream as its response sees it: the container's callbacks report through it. Any thread, and it never blocks. */
public interface Subscription {

    /** The connection's public name. */
    String connection();

    /** The outlet can be written to, for the first time or again. */
    void writable();

    /** Why it ended; null while it is open. */
    EndReason ending();

    /** The response is over: the client left, a write failed, or the container ended it. Idempotent. */
    void gone(String why);
}
