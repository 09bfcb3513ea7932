package io.rivulet.http.access;

import static io.rivulet.refusal.Refused.Reason.BANNED;
import static io.rivulet.refusal.Refused.Reason.FORBIDDEN;
import static io.rivulet.refusal.Refused.Reason.UNAUTHENTICATED;

import io.rivulet.auth.Bans;
import io.rivulet.auth.Grant;
import io.rivulet.auth.Roles;
import io.rivulet.auth.Use;
import io.rivulet.auth.token.TokenVerifier;
import io.rivulet.config.Issuers;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.function.Function;

/**
 * Decides who asks and what they may, and is the only place that makes a {@link Grant} from a request. All servlets of
 * the hub ask it. Immutable, any thread.
 *
 * <p>A token that is shown decides, else the container's own login, else dev mode for callers on this machine. Anybody
 * else is anonymous, and may read what is public. A bad token is refused and never counts as none: its bearer expects
 * private events, and would wait for them in vain.
 */
public final class Access {

    /** Null outside dev mode. */
    private final DevAccess dev;
    private final boolean anonymous;
    private final Credentials credentials;
    private final Origins origins;
    private final TokenVerifier tokens;
    private final Roles roles;
    private final Bans bans;

    /** As the settings say; no token may stand in a query. */
    public Access(Settings settings, TokenVerifier tokens, Roles roles, Bans bans) {
        this(settings, tokens, roles, bans, Credentials::refuseInQuery);
    }

    /** For paths where a token may stand in the query: {@code inQuery} finds it there, null for none. */
    public Access(Settings settings, TokenVerifier tokens, Roles roles, Bans bans,
                  Function<HttpServletRequest, String> inQuery) {
        dev = settings.get(SettingsTable.DEV) ? DevAccess.of(settings) : null;
        anonymous = settings.get(SettingsTable.ANONYMOUS);
        credentials = new Credentials(settings, inQuery);
        origins = new Origins(settings);
        this.tokens = tokens;
        this.roles = roles;
        this.bans = bans;
    }

    /**
     * The grant of a caller who wants to read.
     *
     * @throws Refused when they may read nothing; the sentence names the condition or the setting
     */
    public Grant toRead(HttpServletRequest request) {
        return admitted(request, orAnonymous(identify(request, Use.SUBSCRIBE, false)));
    }

    /** The grant of a caller who wants to change an open stream; its owner may be anonymous, too. */
    public Grant toChangeStream(HttpServletRequest request) {
        return admitted(request, orAnonymous(identify(request, Use.SUBSCRIBE, true)));
    }

    /**
     * The grant of a caller who wants to publish.
     *
     * @throws Refused when they may not; the sentence names the condition or the setting
     */
    public Grant toPublish(HttpServletRequest request) {
        Grant grant = identify(request, Use.PUBLISH, true);
        if (grant == null) {
            throw nobodyMay("publishing");
        }
        return admitted(request, grant);
    }

    /**
     * The grant of a caller who wants to ask for the end of this topic.
     *
     * @throws Refused when they may not
     */
    public Grant toCancel(HttpServletRequest request, String topic) {
        Grant grant = toPublish(request);
        if (!grant.mayCancel(topic)) {
            throw Refused.because(FORBIDDEN, "this caller may not ask for the end of " + Printable.of(topic)
                + "; that needs the right to publish to it, or the action cancel");
        }
        return grant;
    }

    /**
     * The grant of a caller who wants to operate the hub, by looking or by changing.
     *
     * @throws Refused when they may not
     */
    public Grant toOperate(HttpServletRequest request, boolean changing) {
        Grant grant = identify(request, Use.OPERATE, changing);
        if (grant == null) {
            throw nobodyMay("operating the hub");
        }
        admitted(request, grant);
        if (!grant.operates()) {
            throw Refused.because(FORBIDDEN, "this caller may not operate the hub");
        }
        return grant;
    }

    /** Whom dev mode trusts on this system, as a sentence for the log. */
    public static String devTrust(Settings settings) {
        return DevAccess.of(settings).trust();
    }

    private Refused nobodyMay(String what) {
        return tokens.isConfigured() || roles.isConfigured()
            ? Refused.because(UNAUTHENTICATED, what + " needs a token, and the request shows none")
            : Refused.because(FORBIDDEN, what + " is off: nobody is configured who may; "
                + Issuers.FAMILY.fullKey("", Issuers.KEY) + " lets those with a token, and "
                 + SettingsTable.DEV.fullKey() + "=true callers on this machine");
    }

    private Grant orAnonymous(Grant grant) {
        if (grant == null && !anonymous) {
            throw Refused.because(UNAUTHENTICATED,
                "reading needs a token here (" + SettingsTable.ANONYMOUS.fullKey()
                    + "=false), and the request shows none");
        }
        return grant == null ? Grant.ANONYMOUS : grant;
    }

    private Grant admitted(HttpServletRequest request, Grant grant) {
        RequestTrace.of(request).subject(grant.subject());
        if (bans.isBanned(grant)) {
            throw Refused.because(BANNED, "this subject or token is banned");
        }
        return grant;
    }

    /** The caller's grant, or null for one who shows nothing. */
    private Grant identify(HttpServletRequest request, Use use, boolean changing) {
        Credentials.Token token = credentials.of(request);
        if (token != null) {
            RequestTrace.of(request).tokenShown();
            if (token.isAmbient() && changing) {
                origins.check(request);
            }
            Grant grant = token.isAmbient() ? tokens.verifyAmbient(token.text(), use)
                : tokens.verify(token.text(), use);
            if (token.from() == Credentials.From.QUERY && !grant.legacy()) {
                throw Credentials.bad("a token of Mercure 1.0 stands in the query; it belongs into the header");
            }
            return grant;
        }
        Grant ofContainer = byRole(request, changing);
        return ofContainer != null ? ofContainer : dev != null ? devGrant(request, changing) : null;
    }

    /** The grant of the caller's roles, where the container knows the caller; null when no mapped role is theirs. */
    private Grant byRole(HttpServletRequest request, boolean changing) {
        Principal user = roles.isConfigured() ? request.getUserPrincipal() : null;
        Grant grant = user == null ? null : roles.grant(user.getName(), request::isUserInRole);
        if (grant != null && changing) {
            origins.check(request);
        }
        return grant;
    }

    private Grant devGrant(HttpServletRequest request, boolean changing) {
        String fault = dev.fault(request, changing);
        if (fault != null) {
            throw Refused.because(FORBIDDEN, "dev mode (" + SettingsTable.DEV.fullKey() + "=true) serves only "
                + "callers on this machine: " + fault);
        }
        return Grant.DEV;
    }
}
