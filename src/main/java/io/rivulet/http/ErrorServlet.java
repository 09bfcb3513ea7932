package io.rivulet.http;

import static jakarta.servlet.RequestDispatcher.ERROR_STATUS_CODE;

import io.rivulet.http.access.Cors;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.refusal.Printable;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Answers errors that no other servlet of the hub has answered: a problem with the request's id and without a stack
 * trace. In the WAR it is the container's error page. Below a prefix it has all paths that no other servlet has, since
 * the error pages there are another application's. It runs in the container's request threads.
 */
public final class ErrorServlet extends HttpServlet {

    private final transient Cors cors;

    /** The servlet of a hub with these rules. */
    public ErrorServlet(Cors cors) {
        this.cors = cors;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        cors.apply(request, response); // Jetty takes Vary away with the content
        // asked for directly, there is no error, and nothing here
        int status = request.getAttribute(ERROR_STATUS_CODE) instanceof Integer code ? code : 404;
        String detail = switch (status) {
            case 404 -> "there is nothing at this path; updates are at api/updates";
            case 405 -> "the method " + Printable.of(request.getMethod()) + " is none of this resource";
            case 500 -> "the hub failed at this request; its log tells why, under this request id";
            default -> "the container refused this request";
        };
        Problem.render(status, "http-" + status, "HTTP " + status, detail,
            RequestTrace.of(request).id()).write(response);
    }
}
