package io.rivulet.browser;

import io.rivulet.kit.Container;
import io.rivulet.kit.Server;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One hub for all tests of a class, started before them and closed after them, and the page that a test looks at, which
 * is closed after the test. A static field of the class, registered as an extension. For the test's thread.
 */
final class PageHub implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private final UnaryOperator<Server.Builder> settings;
    private final AtomicInteger topics = new AtomicInteger();
    private Server server;
    private Page page;

    private PageHub(UnaryOperator<Server.Builder> settings) {
        this.settings = settings;
    }

    /** A hub with these settings over those of {@link Server#in}. */
    static PageHub with(UnaryOperator<Server.Builder> settings) {
        return new PageHub(settings);
    }

    /** The hub. */
    Server server() {
        return server;
    }

    /** A topic that no other test has. */
    String topic() {
        return "topic-" + topics.incrementAndGet();
    }

    /** Shows what is at this path of the hub, in place of what was shown before. */
    Page open(Pages kind, String path) {
        leave();
        page = kind.open("http://localhost:" + server.port() + path);
        return page;
    }

    /** Closes the page. */
    void leave() {
        if (page != null) {
            Page shown = page;
            page = null;
            shown.close();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = settings.apply(Server.in(Container.JETTY)).start().awaitOpen();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        leave();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server != null) {
            server.close();
        }
    }
}
