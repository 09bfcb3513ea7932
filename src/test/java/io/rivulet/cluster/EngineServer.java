package io.rivulet.cluster;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A server of the tests' own that keeps the order of events: what every engine's has. Logs in it have names. */
interface EngineServer extends MeasuredEngine {

    /** The word of the setting. */
    String engine();

    /** The URL of the log of this name. */
    String url(String log);

    /** The same with another password. */
    String url(String log, String password);

    /** Where a proxy may stand before it. */
    int port();

    /** The URL for a node that comes by the proxy at this port, which stands before {@link #port}. */
    default String urlBy(int proxy, String log) {
        return url(log).replace(":" + port(), ":" + proxy);
    }

    @Override
    default Map<String, String> settings(String log) throws IOException {
        return Map.of("engine", engine(), "engine.url", url(log));
    }

    /** The same as the environment of a process. */
    default Map<String, String> environment(String log) throws IOException {
        Map<String, String> environment = new TreeMap<>();
        settings(log).forEach((key, value) ->
            environment.put("RIVULET_" + key.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        return environment;
    }

    /** An engine at that log, which has not connected yet. */
    ClusterEngine open(String log) throws IOException;

    /** Ends it at once, as a crash does, and returns when it is gone. */
    void kill() throws IOException;

    /** Starts it once more, and returns when it takes connections. */
    void restart() throws IOException;

    /** Ends it, copies what its disk has then, and starts it. */
    void copyTo(String name) throws Exception;

    /** Ends it, puts that copy in the place of what its disk has, and starts it. */
    void replaceBy(String name) throws Exception;

    /** Ends the connections that nodes have, and goes on. */
    void cut() throws Exception;

    /** Somebody removes all that this log is made of. */
    void empty(String log) throws Exception;
}
