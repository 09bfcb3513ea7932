package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.form.RequestHead;
import io.rivulet.kit.Stub;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A head that the container cannot read is refused, wherever it notices. */
class RequestGettersTest {

    private static final Pattern GETTER = Pattern.compile("\\brequest(?:\\(\\))?\\.(get\\w+)\\(");
    /** The socket, what the container itself has set, the body, which has its own reader, and the container's login. */
    private static final Set<String> NOT_OF_THE_HEAD = Set.of("getAttribute", "getAsyncContext", "getInputStream",
        "getServletContext", "getServletConnection", "getLocalAddr", "getLocalPort", "getRemotePort",
        "getUserPrincipal", "getHttpServletMapping");

    @Test
    void eachGetterThatThrowsIsARefusal() {
        for (String getter : used()) {
            HttpServletRequest request = Stub.of(HttpServletRequest.class, (method, arguments) -> {
                if (method.equals(getter)) {
                    throw new UnsupportedCharsetException("x");
                }
                return zero(method);
            });
            Refused refused = assertThrows(Refused.class, () -> RequestHead.check(request), getter);
            assertEquals(Refused.Reason.MALFORMED, refused.reason());
            assertNull(refused.getCause(), "a failure behind it would be logged");
        }
    }

    @Test
    void theContentTypeIsReadWithoutItsCharacterSet() {
        HttpServletRequest request = Stub.of(HttpServletRequest.class, (method, arguments) -> {
            assertEquals("getHeader", method);
            return "text/plain; charset=x";
        });
        assertEquals("text/plain; charset=x", RequestHead.contentType(request));
    }

    /** Every getter of the servlet API that a class of the doors calls on a request. */
    private static Set<String> used() {
        Set<String> all = Stream.of(HttpServletRequest.class.getMethods()).map(Method::getName)
            .collect(Collectors.toSet());
        Set<String> used = new TreeSet<>();
        SourceFile.all().stream().filter(f -> f.isMain() && f.path().contains("/io/rivulet/http/")
            && !f.path().endsWith("/MercureLinkFilter.java")).forEach(file -> {
            for (Matcher call = GETTER.matcher(file.code()); call.find(); ) {
                if (all.contains(call.group(1)) && !NOT_OF_THE_HEAD.contains(call.group(1))) {
                    used.add(call.group(1));
                }
            }
        });
        assertTrue(used.containsAll(Set.of("getHeader", "getCookies", "getQueryString", "getContentLengthLong")),
            used.toString());
        return used;
    }

    private static Object zero(String method) {
        return switch (method) {
            case "getServerPort" -> 0;
            case "getContentLengthLong" -> 0L;
            default -> null;
        };
    }
}
