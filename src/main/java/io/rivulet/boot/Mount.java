package io.rivulet.boot;

import io.rivulet.topic.Topic;

/**
 * Where in a web application a hub stands, and what comes with it.
 *
 * @param prefix before all paths of the hub: empty, or one or more segments with a slash before each
 * @param alone  whether the application is the hub's own, as the WAR is: the edge then stands before every path, and
 *               the container's errors are told by the hub
 * @param edge   whether request ids, security headers, CORS and the access log are the hub's
 * @param home   whether there is the home page; its files are the WAR's, elsewhere those of the jar
 * @param hub    where Mercure's path is below the prefix; empty where context path and prefix end with it already
 */
public record Mount(String prefix, boolean alone, boolean edge, boolean home, String hub) {

    /** The WAR: the whole application is the hub's. */
    static final Mount WAR = new Mount("", true, true, true);

    private static final String SEGMENTS = "(/[A-Za-z0-9._~-]+)*";

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when the prefix is none, or the hub would be alone below one
     */
    public Mount {
        if (!prefix.matches(SEGMENTS)) {
            throw new IllegalArgumentException("the prefix of a hub is empty or like /live, of letters, digits and "
                + "-._~, without a slash at its end; it is \"" + prefix + "\"");
        }
        if (!prefix.isEmpty() && alone) {
            throw new IllegalArgumentException("below a prefix a hub is not alone");
        }
    }

    /** With Mercure's path where it usually is. */
    public Mount(String prefix, boolean alone, boolean edge, boolean home) {
        this(prefix, alone, edge, home, Topic.HUB_PATH);
    }

    /**
     * The same in this context. One that is called {@code /.well-known/mercure} is itself what Mercure's clients ask
     * for: nobody wants to add the same path once more.
     */
    Mount in(String contextPath) {
        return (contextPath + prefix).endsWith(Topic.HUB_PATH) ? new Mount(prefix, alone, edge, home, "") : this;
    }

    /** A hub in an application that has pages, servlets and filters of its own, with the edge before its own paths. */
    public static Mount at(String prefix) {
        return new Mount(prefix, false, true, false);
    }

    /** The same with the home page. */
    public Mount withHome() {
        return new Mount(prefix, alone, edge, true, hub);
    }
}
