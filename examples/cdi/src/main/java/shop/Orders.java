package shop;

import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Takes an order. */
public final class Orders extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Inject
    private transient Announcer announcer;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter().println(announcer.placed(request.getParameter("what")));
    }
}
