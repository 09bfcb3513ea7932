package io.rivulet.bench.peer;

import java.util.Arrays;

/** The servers that Rivulet is measured beside; their sources say what each is. */
public enum Peer {
    /** One thread writes one buffer to all, on Jetty. */
    BARE("bare Jetty loop", "jetty", "peers.BareJetty", 9116),
    /** AsyncContext and blocking writes, on Jetty. */
    NAIVE("textbook servlet", "jetty", "peers.NaiveServlet", 9115),
    /** SseEmitter on Tomcat. */
    MVC("Spring MVC", "mvc", "peers.SpringMvc", 9111),
    /** A shared sink on Netty. */
    WEBFLUX("WebFlux", "webflux", "peers.WebFlux", 9112),
    /** One event loop. */
    VERTX("Vert.x", "vertx", "peers.Vertx", 9113),
    /** Its own handler of event streams. */
    UNDERTOW("Undertow", "undertow", "peers.UndertowSse", 9114),
    /** The module of nginx, in C. */
    NCHAN("nchan", null, null, 9103),
    /** One epoll loop, in C. */
    FLOOR("C floor", null, null, 9099);

    private final String title;
    private final String folder;
    private final String main;
    private final int port;

    Peer(String title, String folder, String main, int port) {
        this.title = title;
        this.folder = folder;
        this.main = main;
        this.port = port;
    }

    /** In tables. */
    public String title() {
        return title;
    }

    /** Whether it is one of those that Maven can build. */
    public boolean isJava() {
        return main != null;
    }

    String folder() {
        return folder;
    }

    String main() {
        return main;
    }

    int port() {
        return port;
    }

    /** By its name in {@code -Dbench.peers}. */
    public static Peer named(String name) {
        return Arrays.stream(values()).filter(p -> p.name().equalsIgnoreCase(name)).findFirst().orElseThrow(
            () -> new IllegalArgumentException("no peer " + name + "; there are " + Arrays.toString(values())));
    }
}
