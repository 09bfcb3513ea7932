package io.rivulet.http.operate;

import com.google.gson.JsonObject;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.Answer;
import io.rivulet.hub.Drain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * {@code /api/drain}, for operators: POST begins to let the streams go, before this hub is replaced; GET tells how far
 * that is. It runs in the container's request threads, and waits for no stream.
 */
public final class DrainServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, POST, OPTIONS";

    /** The servlet of this hub. */
    public DrainServlet(HubContext context) {
        super(context);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> {
                context().access().toOperate(request, false);
                tell(200, response);
            }
            case "POST" -> {
                context().access().toOperate(request, true);
                context().hub().drain().begin();
                tell(202, response);
            }
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void tell(int status, HttpServletResponse response) throws IOException {
        Drain.Progress progress = context().hub().drain().progress();
        JsonObject json = new JsonObject();
        json.addProperty("state", progress.state().word());
        json.addProperty("streams", progress.streams());
        json.addProperty("atBegin", progress.atBegin());
        json.addProperty("leftMs", progress.leftMs());
        Answer.json(status, json.toString()).write(response);
    }
}
