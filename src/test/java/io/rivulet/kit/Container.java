package io.rivulet.kit;

import java.util.Arrays;
import java.util.stream.Stream;

/** The containers a WAR is tested in. {@code -Dcontainers=TOMCAT} leaves the others out. */
public enum Container {
    JETTY, TOMCAT;

    /** Those this run is about. */
    public static Stream<Container> wanted() {
        String names = System.getProperty("containers", "");
        return Arrays.stream(values()).filter(c -> names.isEmpty() || names.contains(c.name()));
    }
}
