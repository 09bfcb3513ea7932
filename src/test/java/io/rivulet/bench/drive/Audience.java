package io.rivulet.bench.drive;

/** Subscribers, however they are connected. For one controlling thread, but for {@link #received}. */
public interface Audience extends AutoCloseable {

    /** How many there are. */
    int size();

    /** Events that came, over all subscribers. Any thread. */
    long received();

    /** From now on latencies are counted. */
    void startMeasuring();

    /** Ends counting; gives what each group saw. */
    Latencies[] stopMeasuring();

    /** What went wrong and right so far. */
    Faults faults();

    /** Cuts all connections. */
    @Override
    void close();
}
