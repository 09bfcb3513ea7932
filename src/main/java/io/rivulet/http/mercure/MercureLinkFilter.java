package io.rivulet.http.mercure;

import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * For other applications: tells clients of a resource where its updates come from (Mercure 1.0, "Discovery"), by
 * {@code Link: <hub>; rel="mercure"}. Map it to what has live updates; it needs no hub in the same application.
 *
 * <p>Init parameters: {@code hub}, the hub's URL, required; {@code topic}, the canonical topic for {@code rel="self"}:
 * a URL, {@code request} for the resource's own URL, or left out for none. Any thread.
 */
public class MercureLinkFilter extends HttpFilter {

    private static final String OF_REQUEST = "request";

    private transient String hubLink;
    private transient String topic;

    @Override
    public void init(FilterConfig config) throws ServletException {
        String hub = config.getInitParameter("hub");
        if (hub == null || hub.isBlank()) {
            throw new ServletException("the filter " + config.getFilterName()
                + " needs the init parameter hub, such as https://example.com/.well-known/mercure");
        }
        hubLink = link("hub", hub, "mercure");
        topic = config.getInitParameter("topic");
        if (topic != null && !topic.equals(OF_REQUEST)) {
            link("topic", topic, "self"); // a bad one stops the start, not each request
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
        response.addHeader("Link", hubLink);
        if (topic != null) {
            String self = topic.equals(OF_REQUEST) ? own(request) : topic;
            if (isReference(self)) {
                response.addHeader("Link", "<" + self + ">; rel=\"self\"");
            }
        }
        chain.doFilter(request, response);
    }

    private static String own(HttpServletRequest request) {
        String query = request.getQueryString();
        return request.getRequestURL() + (query == null ? "" : "?" + query);
    }

    private static String link(String parameter, String target, String relation) throws ServletException {
        if (!isReference(target)) {
            throw new ServletException("the init parameter " + parameter
                + " holds a character that a URL in a Link header cannot have");
        }
        return "<" + target + ">; rel=\"" + relation + "\"";
    }

    /** What RFC 8288 allows between the angle brackets: a URI reference, in which none of these stands unescaped. */
    private static boolean isReference(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f && "<>\"{}|\\^`".indexOf(c) < 0);
    }
}
