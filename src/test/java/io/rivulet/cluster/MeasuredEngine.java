package io.rivulet.cluster;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What benches ask of an engine's server, as tests do. */
public interface MeasuredEngine extends AutoCloseable {

    /** The settings of a node at the log of this name, by their keys without {@code rivulet.}. */
    Map<String, String> settings(String log) throws IOException;

    /** Its first processes; the others are children of these. */
    List<ProcessHandle> processes();

    /** How many calls it has answered since its start, by its own count. */
    long calls() throws IOException;

    /** Ends it. */
    @Override
    void close() throws IOException;
}
