package io.rivulet.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterInfo;

/**
 * One server for all tests of a class: started before them, once in each container or for each offer that the class
 * runs with, and closed after them, when the last stream has left it. A static field of the class, registered as an
 * extension; the tests have topics of their own, so that they do not disturb each other.
 */
public final class SharedServer implements BeforeClassTemplateInvocationCallback, AfterClassTemplateInvocationCallback,
    AfterEachCallback {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final UnaryOperator<Server.Builder> settings;
    private final List<Publisher> publishers = new ArrayList<>();
    private Server server;

    private SharedServer(UnaryOperator<Server.Builder> settings) {
        this.settings = settings;
    }

    /** A server with the settings of {@link Server#in(Container)}. */
    public static SharedServer plain() {
        return with(builder -> builder);
    }

    /** A server with these settings over them. */
    public static SharedServer with(UnaryOperator<Server.Builder> settings) {
        return new SharedServer(settings);
    }

    /** The one that runs now. */
    public Server server() {
        return server;
    }

    /** A client that publishes; it is closed after the test. */
    public Publisher publisher() {
        Publisher publisher = Publisher.to(server);
        publishers.add(publisher);
        return publisher;
    }

    /** A topic that no other test has. */
    public String topic() {
        return "topic-" + TOPICS.incrementAndGet();
    }

    @Override
    public void beforeClassTemplateInvocation(ExtensionContext context) {
        Object where = ParameterInfo.get(context).getArguments().get(0);
        server = settings.apply(where instanceof Offer offer ? Server.in(offer) : Server.in((Container) where)).start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        publishers.forEach(Publisher::close);
        publishers.clear();
    }

    @Override
    public void afterClassTemplateInvocation(ExtensionContext context) {
        if (server != null) {
            try {
                Await.get(() -> "no stream is left: " + Inside.of(server).streams() + " of " + server, Await.LIMIT,
                    () -> Inside.of(server).streams() == 0 ? Boolean.TRUE : null);
            } finally {
                server.close();
            }
        }
    }
}
