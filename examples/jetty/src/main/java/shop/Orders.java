package shop;

import io.rivulet.Message;
import io.rivulet.Rivulet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Takes an order and tells everybody who listens. */
public final class Orders extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String id = Rivulet.hub(getServletContext())
            .publish(Message.on("orders", request.getParameter("what")).type("placed")).join();
        response.getWriter().println(id);
    }
}
