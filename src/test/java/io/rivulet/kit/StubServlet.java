package io.rivulet.kit;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Stands in for the hub in the tests of this kit: ten events with ids, after the one asked for. */
public final class StubServlet extends HttpServlet {

    static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getServletPath().startsWith("/health")) {
            response.getOutputStream().write('{');
            response.getOutputStream().write('}');
            return;
        }
        String last = request.getHeader("Last-Event-ID");
        response.setContentType("text/event-stream");
        OutputStream out = response.getOutputStream();
        for (int i = last == null ? 1 : Integer.parseInt(last) + 1; i <= 10; i++) {
            out.write(String.format(Locale.ROOT, "data: %d %s%nid: %d%n%n", i,
                getServletContext().getInitParameter("rivulet.word"), i).getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
