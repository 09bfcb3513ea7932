package io.rivulet.bench.serve;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a {@link BenchServer} is to be.
 *
 * @param arguments {@code container}, {@code war} (a file, or {@code empty} or {@code empty-later} for
 *                  {@link EmptyPost}), {@code home} (a folder for what the container writes), {@code port},
 *                  {@code sendBuffer} (bytes; absent for the kernel's choice), {@code idleMs} (the container's own time
 *                  limits), {@code h2cPort} and {@code h2Port} (more ports of Jetty's, for HTTP/2 without and with TLS)
 *                  and {@code connector.NAME} (an attribute of Tomcat's connector)
 * @param settings  of Rivulet
 */
record ServerPlan(Map<String, String> arguments, Map<String, String> settings) {

    /** Before the name of an attribute of Tomcat's connector. */
    static final String CONNECTOR = "connector.";

    static ServerPlan parse(String[] words) {
        Map<String, String> arguments = new TreeMap<>();
        Map<String, String> settings = new TreeMap<>();
        for (String word : words) {
            String key = word.substring(0, word.indexOf('='));
            (key.startsWith("rivulet.") ? settings : arguments).put(key, word.substring(key.length() + 1));
        }
        return new ServerPlan(arguments, settings);
    }

    boolean isJetty() {
        return arguments.get("container").equals("JETTY");
    }

    /** Whether it is the empty servlet beside which publishing is measured. */
    boolean isEmpty() {
        return arguments.get("war").startsWith("empty");
    }

    /** Whether that servlet answers from another thread. */
    boolean answersLater() {
        return arguments.get("war").equals("empty-later");
    }

    Path war() {
        return Path.of(arguments.get("war")).toAbsolutePath();
    }

    Path home() {
        return Path.of(arguments.get("home")).toAbsolutePath();
    }

    int number(String key, int absent) {
        return Integer.parseInt(arguments.getOrDefault(key, Integer.toString(absent)));
    }
}
