package io.rivulet.http;

import static io.rivulet.limit.Refused.Reason.FORBIDDEN;
import static io.rivulet.limit.Refused.Reason.UNAUTHENTICATED;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.limit.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * Who asks, and what they may: the only place that makes a {@link Grant} from a request. Dev mode gives a caller on
 * this machine everything; else anybody may read what is public, and nobody may publish. Any thread.
 */
public final class Access {

    private static final List<String> TOKEN_PARAMETERS = List.of("access_token", "authorization");

    private final boolean dev;
    private final boolean anonymous;

    /** As the settings say. */
    public Access(Settings settings) {
        dev = settings.get(SettingsTable.DEV);
        anonymous = settings.get(SettingsTable.ANONYMOUS);
    }

    /**
     * Who wants to read.
     *
     * @throws Refused when they may read nothing; the sentence names the condition or the setting
     */
    public Grant toRead(HttpServletRequest request) {
        refuseToken(request);
        if (dev) {
            return devGrant(request, false);
        }
        if (!anonymous) {
            throw Refused.because(UNAUTHENTICATED,
                "reading needs a token here (rivulet.anonymous=false), and tokens are not built yet in this version");
        }
        Exchange.of(request).subject(Grant.ANONYMOUS.subject());
        return Grant.ANONYMOUS;
    }

    /**
     * Who wants to publish.
     *
     * @throws Refused when they may not; the sentence names the condition or the setting
     */
    public Grant toPublish(HttpServletRequest request) {
        refuseToken(request);
        if (dev) {
            return devGrant(request, true);
        }
        throw Refused.because(FORBIDDEN, "publishing is off: nobody is configured who may publish; "
            + "rivulet.dev=true lets callers on this machine");
    }

    private static Grant devGrant(HttpServletRequest request, boolean changing) {
        String fault = DevAccess.fault(request, changing);
        if (fault != null) {
            throw Refused.because(FORBIDDEN, "dev mode (rivulet.dev=true) serves only callers on this machine: "
                + fault);
        }
        Exchange.of(request).subject(Grant.DEV.subject());
        return Grant.DEV;
    }

    /** A token that nobody checks must not look as if it had been accepted. */
    private static void refuseToken(HttpServletRequest request) {
        if (request.getHeader("Authorization") != null) {
            throw Refused.because(UNAUTHENTICATED,
                "the request has an Authorization header, and tokens are not built yet in this version");
        }
        if (request.getRequestURI().startsWith(request.getContextPath() + MercureServlet.PATH)) {
            return; // there they are parameters like any other that is not known (TOK-03)
        }
        FormFields query = Query.of(request);
        for (String name : TOKEN_PARAMETERS) {
            if (query.has(name)) {
                throw Refused.because(UNAUTHENTICATED, "the request has the parameter " + name
                    + ", and tokens are not built yet in this version");
            }
        }
    }
}
