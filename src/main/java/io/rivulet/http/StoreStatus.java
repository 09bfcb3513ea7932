package io.rivulet.http;

/** What the door needs to know of the store: whether it serves. Any thread, never blocks. */
public interface StoreStatus {

    /** Why streams cannot be served, naming the holder of the folder where another one has it; null when they can. */
    String whyNotReady();
}
