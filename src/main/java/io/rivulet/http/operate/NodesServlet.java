package io.rivulet.http.operate;

import com.google.gson.JsonObject;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.Answer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * {@code /api/nodes}, for operators: the nodes of a cluster as this one knows them, how far each has copied the shared
 * log, and whether the engine answers. It runs in the container's request threads, and asks nobody.
 */
public final class NodesServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";

    private final transient Supplier<JsonObject> nodes;

    /** The servlet of this hub. */
    public NodesServlet(HubContext context, Supplier<JsonObject> nodes) {
        super(context);
        this.nodes = nodes;
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> {
                context().access().toOperate(request, false);
                Answer.json(200, nodes.get().toString()).write(response);
            }
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }
}
