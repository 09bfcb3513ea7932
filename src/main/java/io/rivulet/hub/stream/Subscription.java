package io.rivulet.hub.stream;

/** A subscriber as its response sees it: what the container has to say about it. Any thread, never blocks. */
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
