package io.rivulet.http.page;

import io.rivulet.feed.Feeds;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.access.Origins;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * {@code /} and {@code /index.html}: the home page, made for the address that it is asked at. Its links are relative
 * and its commands are made from the request, so it is right under any context path and host name. It runs in the
 * container's request threads.
 */
public final class HomeServlet extends HubServlet {

    private static final String OF_THE_PAGE = "GET, HEAD, OPTIONS";
    /** In the WAR, where people who build their own change it; and beside this class, in the jar. */
    private static final String TEMPLATE = "/WEB-INF/home.html";
    private static final String IN_JAR = "home.html";
    /** A host name, an IPv4 address or an IPv6 address in brackets, and a port. */
    private static final Pattern HOST =
        Pattern.compile("(?:[A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");

    private final transient Feeds feeds;
    private final String prefix;
    private final boolean ofWar;
    private transient HomePage page;

    /**
     * The servlet of this hub; it shows what the feeds publish.
     *
     * @param prefix before all paths of the hub
     * @param ofWar  whether the page is a file of the application, which is the hub's
     */
    public HomeServlet(HubContext context, Feeds feeds, String prefix, boolean ofWar) {
        super(context);
        this.feeds = feeds;
        this.prefix = prefix;
        this.ofWar = ofWar;
    }

    @Override
    public void init() {
        page = new HomePage(ofWar ? template(getServletContext()) : template(), context().settings(), feeds.topics(),
            feeds.quotesAreSimulated(), feeds.answersAreOn());
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> show(request, response);
            case "OPTIONS" -> context().cors().options(request, response, OF_THE_PAGE);
            default -> throw noMethod(request, response, OF_THE_PAGE);
        }
    }

    private void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String root = request.getContextPath() + prefix;
        if (!root.isEmpty() && request.getRequestURI().equals(root)) {
            response.sendRedirect(root + "/"); // the page's links are relative; Tomcat 11 leaves this to us
            return;
        }
        byte[] text = page.fill(origin(request) + root + "/api/updates")
            .getBytes(StandardCharsets.UTF_8);
        response.setContentType("text/html;charset=utf-8");
        response.setContentLength(text.length);
        response.getOutputStream().write(text);
    }

    /** The origin as the client wrote it: the container's own name for itself may be one that no client can reach. */
    private static String origin(HttpServletRequest request) {
        String host = Origins.hostOf(request);
        if (host == null || !HOST.matcher(host).matches()) {
            host = request.getServerName() + ":" + request.getServerPort();
        }
        return request.getScheme() + "://" + host;
    }

    private static String template() {
        try (InputStream in = HomeServlet.class.getResourceAsStream(IN_JAR)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(IN_JAR + " belongs to this class and cannot be read", e);
        }
    }

    private static String template(ServletContext application) {
        try (InputStream in = application.getResourceAsStream(TEMPLATE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(TEMPLATE + " belongs to this WAR and cannot be read", e);
        }
    }
}
