package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.UNSUPPORTED_TYPE;

import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * The head of a request as a stranger wrote it. {@code HubServlet} checks it when a request has failed. Any thread.
 *
 * <p>The hard thing is that a container reads parts of the head only when it is asked for them, and some of its getters
 * then throw. Such a fault is the caller's, not the hub's. So when something was thrown, all getters that the hub uses
 * are called here once more: if one throws, the request is refused. A request that is well pays nothing for this. Two
 * getters are never called: Jetty's {@code getContentType} and {@code getCharacterEncoding} throw at a character set
 * that the JVM does not know, although the hub reads bodies as bytes.
 */
public final class RequestHead {

    private static final List<Function<HttpServletRequest, ?>> READ = List.of(HttpServletRequest::getMethod,
        HttpServletRequest::getRequestURI, HttpServletRequest::getContextPath, HttpServletRequest::getQueryString,
        HttpServletRequest::getProtocol, HttpServletRequest::getScheme,
        HttpServletRequest::getServerName, HttpServletRequest::getServerPort, HttpServletRequest::getRemoteAddr,
        HttpServletRequest::getContentLengthLong, HttpServletRequest::getHeaderNames, HttpServletRequest::getCookies,
        request -> request.getHeader("Host"), request -> request.getHeaders("Authorization"));

    private RequestHead() {
    }

    /**
     * Makes the container read all that the hub will ask for.
     *
     * @throws Refused when it cannot
     */
    public static void check(HttpServletRequest request) {
        READ.forEach(part -> read(part, request));
    }

    /**
     * The decoded path below the servlet's own. {@link #check} leaves it out: Jetty throws here at an encoded slash,
     * and the addresses of active subscriptions have one.
     *
     * @throws Refused when the container cannot decode it
     */
    public static String pathInfo(HttpServletRequest request) {
        return read(HttpServletRequest::getPathInfo, request);
    }

    private static <T> T read(Function<HttpServletRequest, T> part, HttpServletRequest request) {
        try {
            return part.apply(request);
        } catch (RuntimeException e) {
            throw Refused.malformed("the head of the request cannot be read: "
                + Printable.of(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Refuses a body that is compressed, before a byte of it is read: it would be taken for text.
     *
     * @throws Refused UNSUPPORTED_TYPE naming the coding
     */
    public static void checkPlain(HttpServletRequest request) {
        for (String coding : Collections.list(request.getHeaders("Content-Encoding"))) {
            if (!coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
                throw Refused.because(UNSUPPORTED_TYPE, "the body is in the Content-Encoding " + Printable.of(coding)
                    + "; this hub reads bodies that are not encoded");
            }
        }
    }

    /** The content type as the client wrote it, or null. */
    public static String contentType(HttpServletRequest request) {
        return request.getHeader("Content-Type");
    }
}
