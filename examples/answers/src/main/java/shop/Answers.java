package shop;

import io.rivulet.Rivulet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import java.io.IOException;

/** A resource of JAX-RS whose answer is a stream: from the first piece of a run, to its end. */
@Path("/")
public final class Answers {

    @GET
    @Path("{run}")
    public void follow(@PathParam("run") String run, @Context HttpServletRequest request,
                       @Context HttpServletResponse response, @Suspended AsyncResponse left) throws IOException {
        Rivulet.respond(request, response).topic("run/" + run).fromStart().untilEnd().start();
    }
}
