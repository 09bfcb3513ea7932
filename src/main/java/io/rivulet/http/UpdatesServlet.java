package io.rivulet.http;

import static io.rivulet.limit.Refused.Reason.METHOD;

import io.rivulet.limit.Refused;
import io.rivulet.metrics.Metrics.Count;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The hub resource, {@code /api/updates}: GET subscribes, POST and PUT publish. */
public final class UpdatesServlet extends HttpServlet {

    private static final String METHODS = "GET, HEAD, POST, PUT, OPTIONS";

    /** For body and hub together: longer than any store that is healthy, shorter than any client's patience. */
    private static final long PUBLISH_TIMEOUT_MS = 60_000;

    private final long publishTimeoutMs;
    private transient HubContext context;
    private transient SubscribeHandler subscribe;
    private transient PublishHandler publish;

    /** The servlet as the container makes it. */
    public UpdatesServlet() {
        this(PUBLISH_TIMEOUT_MS);
    }

    UpdatesServlet(long publishTimeoutMs) {
        this.publishTimeoutMs = publishTimeoutMs;
    }

    @Override
    public void init() {
        context = HubContext.of(getServletContext());
        subscribe = new SubscribeHandler(context);
        publish = new PublishHandler(context, publishTimeoutMs);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> subscribe.handle(request, response, context.access().toRead(request));
            case "POST", "PUT" -> publish(request);
            case "OPTIONS" -> context.cors().options(request, response, METHODS);
            default -> {
                response.setHeader("Allow", METHODS);
                throw Refused.because(METHOD, "the method " + Shown.of(request.getMethod())
                    + " is none of this resource; it knows " + METHODS);
            }
        }
    }

    private void publish(HttpServletRequest request) throws IOException {
        try {
            publish.handle(request, context.access().toPublish(request));
        } catch (Refused refused) {
            context.metrics().add(Count.REFUSED);
            throw refused;
        }
    }
}
