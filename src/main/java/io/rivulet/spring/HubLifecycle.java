package io.rivulet.spring;

import io.rivulet.HistoryQuery;
import io.rivulet.Installation;
import io.rivulet.Message;
import io.rivulet.Rivulet;
import io.rivulet.RivuletHub;
import io.rivulet.TopicPublisher;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The life of a hub in a Spring application. The web server calls {@link #onStartup} while it starts; the context calls
 * the rest when it closes, on the thread that closes it.
 *
 * <p>The hard thing is the order of the end: a server that shuts down gracefully waits for open requests, and each
 * stream is one, for half a minute by default. So the streams are ended first ({@link #getPhase}), the server stops
 * next, and the log is closed last, when nobody can publish any more.
 */
final class HubLifecycle implements ServletContextInitializer, SmartLifecycle, DisposableBean {

    /** Later phases stop earlier: Boot's server begins to wait at the greatest one less 1024, in 3.5 and in 4. */
    private static final int BEFORE_THE_SERVER_WAITS = SmartLifecycle.DEFAULT_PHASE - 512;

    private final ConfigurableEnvironment environment;
    private volatile ServletContext application;
    private volatile Installation installed;
    private volatile boolean running;

    HubLifecycle(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void onStartup(ServletContext starting) {
        String prefix = SpringSettings.prefix(environment);
        installed = SpringSettings.homePage(environment)
            ? Rivulet.installWithHomePage(starting, SpringSettings.of(environment), prefix)
            : Rivulet.install(starting, SpringSettings.of(environment), prefix);
        application = starting;
    }

    /** The hub as a bean: beans are made before the server has started the hub, some of them so that it can start. */
    RivuletHub late() {
        return new LateHub(this);
    }

    /** Where the hub runs; empty before the server has called, and in a test without one. */
    Optional<ServletContext> application() {
        return Optional.ofNullable(application);
    }

    private RivuletHub hub() {
        Installation there = installed;
        if (there == null) {
            throw new IllegalStateException("the hub is not running: no web server has started this application yet, "
                + "or it is a test without one");
        }
        return there.hub();
    }

    @Override
    public void start() {
        running = true;
    }

    /** Ends the streams. */
    @Override
    public void stop() {
        running = false;
        if (installed != null) {
            installed.drain();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return BEFORE_THE_SERVER_WAITS;
    }

    /** Spring 7 stops contexts of tests that rest, and starts them again; a hub that has drained does not come back. */
    public boolean isPauseable() {
        return false;
    }

    @Override
    public void destroy() {
        if (installed != null) {
            installed.close();
        }
    }

    /** Finds the hub each time that it is asked. */
    private record LateHub(HubLifecycle lifecycle) implements RivuletHub {

        @Override
        public CompletableFuture<List<String>> publish(List<Message> messages, String key) {
            return lifecycle.hub().publish(messages, key);
        }

        @Override
        public TopicPublisher publisher(String topic) {
            return lifecycle.hub().publisher(topic);
        }

        @Override
        public Watch onCancel(String topic, Runnable task) {
            return lifecycle.hub().onCancel(topic, task);
        }

        @Override
        public Watch onUnheard(String topic, Duration time, Runnable task) {
            return lifecycle.hub().onUnheard(topic, time, task);
        }

        @Override
        public CompletableFuture<String> cancel(String topic) {
            return lifecycle.hub().cancel(topic);
        }

        @Override
        public CompletableFuture<Page> history(HistoryQuery query) {
            return lifecycle.hub().history(query);
        }

        @Override
        public List<Connection> connections(int most) {
            return lifecycle.hub().connections(most);
        }

        @Override
        public int connectionCount() {
            return lifecycle.hub().connectionCount();
        }

        @Override
        public boolean closeConnection(String connection) {
            return lifecycle.hub().closeConnection(connection);
        }

        @Override
        public boolean isHeard(String topic) {
            return lifecycle.hub().isHeard(topic);
        }

        @Override
        public List<Presence> presence() {
            return lifecycle.hub().presence();
        }

        @Override
        public Optional<String> whyNotReady() {
            return lifecycle.hub().whyNotReady();
        }

        @Override
        public Optional<String> whyNotPublishing() {
            return lifecycle.hub().whyNotPublishing();
        }
    }
}
