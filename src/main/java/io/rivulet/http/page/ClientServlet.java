package io.rivulet.http.page;

import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code /rivulet.js}, {@code /rivulet.es5.js} and {@code /rivulet.d.ts}: the client for browsers, in every application
 * that has a hub. It runs in the container's request threads.
 *
 * <p>Pages of all origins may load it: it says nothing of the hub, and a browser checks the integrity of a script of
 * another origin only where that is allowed.
 */
public final class ClientServlet extends HubServlet {

    /** Where the files are. */
    public static final String[] PATHS = {"/rivulet.js", "/rivulet.es5.js", "/rivulet.d.ts"};

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final String ALLOWS = "Access-Control-Allow-Origin";

    private final transient Map<String, byte[]> files = new HashMap<>();

    /** The servlet of this hub. */
    public ClientServlet(HubContext context) {
        super(context);
        for (String path : PATHS) {
            files.put(path, read("client" + path));
        }
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> send(request, response);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getHttpServletMapping().getMatchValue(); // below the context, a prefix of the hub's too
        String name = path.substring(path.lastIndexOf('/') + 1);
        byte[] file = files.get("/" + name);
        if (!response.containsHeader(ALLOWS)) {
            response.setHeader(ALLOWS, "*");
        }
        String tag = "\"" + Integer.toHexString(Arrays.hashCode(file)) + "\"";
        response.setHeader("ETag", tag); // browsers ask each time, and mostly have it
        if (tag.equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(name.endsWith(".js") ? "text/javascript;charset=utf-8" : "text/plain;charset=utf-8");
        response.setContentLength(file.length);
        response.getOutputStream().write(file);
    }

    private static byte[] read(String name) {
        try (InputStream in = ClientServlet.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " belongs to this class and cannot be read", e);
        }
    }
}
