package io.rivulet.http.page;

import static io.rivulet.refusal.Refused.Reason.NOT_FOUND;

import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.RequestHead;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code /home/*}: scripts, styles and pictures of the home page, from the jar. In the WAR they are files of its own,
 * which the container serves; an application that installs a hub has no such files. It runs in the container's request
 * threads.
 *
 * <p>The name comes from a stranger and becomes the name of a resource: only plain names pass, and one folder.
 */
public final class HomeFiles extends HubServlet {

    private static final String OF_THE_FILES = "GET, HEAD, OPTIONS";
    private static final Pattern NAME = Pattern.compile("/(?:vendor/)?[A-Za-z0-9]+(?:\\.[A-Za-z0-9]+)*\\.(\\w+)");
    /** By the end of the name; others are nobody's. */
    private static final Map<String, String> TYPES = Map.of("js", "text/javascript;charset=utf-8",
        "html", "text/html;charset=utf-8", "css", "text/css;charset=utf-8",
        "svg", "image/svg+xml", "txt", "text/plain;charset=utf-8");

    /** The servlet of this hub. */
    public HomeFiles(HubContext context) {
        super(context);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> send(request, response);
            case "OPTIONS" -> context().cors().options(request, response, OF_THE_FILES);
            default -> throw noMethod(request, response, OF_THE_FILES);
        }
    }

    private static void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = String.valueOf(RequestHead.pathInfo(request));
        var named = NAME.matcher(name);
        String type = named.matches() ? TYPES.get(named.group(1)) : null;
        byte[] file = type == null ? null : read(name);
        if (file == null) {
            throw Refused.because(NOT_FOUND, "the home page has no such file");
        }
        String tag = "\"" + Integer.toHexString(Arrays.hashCode(file)) + "\"";
        response.setHeader("ETag", tag); // browsers ask each time, and mostly have it
        if (tag.equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(type);
        response.setContentLength(file.length);
        response.getOutputStream().write(file);
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = HomeFiles.class.getResourceAsStream("home" + name)) {
            return in == null ? null : in.readAllBytes();
        }
    }
}
