package io.rivulet.cluster;

import java.io.IOException;

/** A server of the tests' own that keeps the order of events: what every engine's has. Logs in it have names. */
interface EngineServer extends AutoCloseable {

    /** The word of the setting. */
    String engine();

    /** The URL of the log of this name. */
    String url(String log);

    /** The same with another password. */
    String url(String log, String password);

    /** An engine at that log, which has not connected yet. */
    ClusterEngine open(String log) throws IOException;

    /** Ends it at once, as a crash does, and returns when it is gone. */
    void kill() throws IOException;

    /** Starts it once more, and returns when it takes connections. */
    void restart() throws IOException;

    /** Ends the connections that nodes have, and goes on. */
    void cut() throws Exception;

    /** Somebody removes all that this log is made of. */
    void empty(String log) throws Exception;

    @Override
    void close() throws IOException;
}
