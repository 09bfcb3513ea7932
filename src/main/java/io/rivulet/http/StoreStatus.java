package io.rivulet.http;

/** Whether the store serves. The wiring gives it to {@code HealthServlet}. Any thread; never blocks. */
public interface StoreStatus {

    /** Why streams cannot be served, naming the holder of the folder where another one has it; null when they can. */
    String whyNotReady();
}
