package io.rivulet.http.operate;

import com.google.gson.JsonObject;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.Query;
import io.rivulet.hub.Drain;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * {@code /api/drain}, for operators: POST begins to let the streams go, before this hub is replaced, or with {@code
 * run} that node of its cluster; GET tells how far that is here. It runs in the container's request threads, and waits
 * for no stream.
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
                begin(Query.of(request).one("run"), response);
            }
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    /** Of this hub, or of a node of its cluster. */
    private void begin(String run, HttpServletResponse response) throws IOException {
        if (run == null) {
            context().hub().drain().begin();
        } else if (!run.matches("[0-9]{1,9}") || !context().hub().drain().begin(Integer.parseInt(run))) {
            throw Refused.because(Refused.Reason.NOT_FOUND, "no node that is known here has the run \""
                + Printable.of(run) + "\"; /api/nodes lists them");
        }
        tell(202, response);
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
