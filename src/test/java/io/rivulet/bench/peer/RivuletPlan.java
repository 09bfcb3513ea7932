package io.rivulet.bench.peer;

import io.rivulet.mercure.Token;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rivulet, or the empty servlet, in a container.
 *
 * @param title      in tables
 * @param jetty      else Tomcat
 * @param war        the WAR, or {@code empty}
 * @param flags      of the JVM
 * @param container  the container's own: {@code sendBuffer}, {@code idleMs}
 * @param settings   Rivulet's, with their whole names
 * @param syncMoreMs added to each sync to disk; 0 for none
 */
public record RivuletPlan(String title, boolean jetty, String war, JvmFlags flags, Map<String, String> container,
                          Map<String, String> settings, int syncMoreMs) {

    private static final String WAR = Path.of("target/rivulet.war").toAbsolutePath().toString();

    /** As the figures are asked for: durable, synced always, publishing open to this machine. */
    public static RivuletPlan in(boolean jetty, JvmFlags flags) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("rivulet.dev", "true");
        settings.put("rivulet.resource", "https://localhost/.well-known/mercure");
        settings.put("rivulet.token.issuer", Token.ISSUER);
        settings.put("rivulet.token.key", Token.SECRET);
        settings.put("rivulet.log.sync", "always");
        settings.put("rivulet.connections.max", "30000");
        settings.put("rivulet.publish.rate", "0");
        return new RivuletPlan("Rivulet on " + (jetty ? "Jetty" : "Tomcat"), jetty, WAR, flags, Map.of(),
            Map.copyOf(settings), 0);
    }

    /** The same of another build, to be measured beside this one: the {@code number}-th, from 1 on. */
    public RivuletPlan before(Path otherWar, int number) {
        return new RivuletPlan(title.replace("Rivulet", "Rivulet before" + (number == 1 ? "" : " (" + number + ")")),
            jetty, otherWar.toAbsolutePath().toString(), flags, container, settings, syncMoreMs);
    }

    /** Under this name in tables; the file that it logs to has it, too. */
    public RivuletPlan titled(String name) {
        return new RivuletPlan(name, jetty, war, flags, container, settings, syncMoreMs);
    }

    /** Whether it is another build. */
    public boolean isBefore() {
        return title.startsWith("Rivulet before");
    }

    /** The empty servlet in the same container, answering at once or from another thread. */
    public RivuletPlan empty(boolean later) {
        return new RivuletPlan((later ? "empty async POST on " : "empty POST, answered at once, on ")
            + (jetty ? "Jetty" : "Tomcat"), jetty, later ? "empty-later" : "empty", flags, container, Map.of(), 0);
    }

    /** With another setting of Rivulet. */
    public RivuletPlan set(String key, String value) {
        return set(Map.of(key, value));
    }

    /** The same of several. */
    public RivuletPlan set(Map<String, String> values) {
        Map<String, String> all = new TreeMap<>(settings);
        values.forEach((key, value) -> all.put("rivulet." + key, value));
        return new RivuletPlan(title, jetty, war, flags, container, Map.copyOf(all), syncMoreMs);
    }

    /** With another limit of the container. */
    public RivuletPlan container(String key, int value) {
        Map<String, String> all = new TreeMap<>(container);
        all.put(key, Integer.toString(value));
        return new RivuletPlan(title, jetty, war, flags, Map.copyOf(all), settings, syncMoreMs);
    }

    /** In Tomcat with the connector of docs/sizing.md, which takes less memory for a stream. */
    public RivuletPlan lean() {
        RivuletPlan lean = container("connector.maxHttpRequestHeaderSize", 4096)
            .container("connector.maxHttpResponseHeaderSize", 2048).container("connector.socket.appReadBufSize", 512)
            .container("connector.socket.appWriteBufSize", 1024).container("connector.maxTrailerSize", 512);
        return new RivuletPlan(title + ", lean connector", jetty, war, flags, lean.container, settings, syncMoreMs);
    }

    /** With slower syncs. */
    public RivuletPlan syncMore(int ms) {
        return new RivuletPlan(title + ", +" + ms + " ms a sync", jetty, war, flags, container, settings, ms);
    }
}
