package io.rivulet.cluster;

import java.io.IOException;

/** What benches ask of an engine's server beside what tests do. */
public interface MeasuredEngine extends AutoCloseable {

    /** The word of the setting. */
    String engine();

    /** The URL of the log of this name. */
    String url(String log);

    /** Its first process; the others are children of that. */
    ProcessHandle process();

    /** How many calls it has answered since its start, by its own count. */
    long calls() throws IOException;

    /** Ends it. */
    @Override
    void close() throws IOException;
}
