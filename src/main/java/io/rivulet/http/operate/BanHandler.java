package io.rivulet.http.operate;

import io.rivulet.auth.Ban.Kind;
import io.rivulet.auth.Bans;
import io.rivulet.config.TimeText;
import io.rivulet.http.HubContext;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.hub.stream.Connection;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;

/**
 * Bans subjects and tokens and lifts bans, as the query of an operator's request says. {@link BansServlet} and {@link
 * ConnectionsServlet} use it. Any thread.
 */
final class BanHandler {

    private static final String USUAL = "10m";

    private final HubContext context;
    private final Bans bans;

    BanHandler(HubContext context, Bans bans) {
        this.context = context;
        this.bans = bans;
    }

    /** Bans {@code kind}, {@code issuer} and {@code value}, {@code for} a time. */
    void ban(HttpServletRequest request, FormFields query) {
        ban(request, kind(query.one("kind")), query.one("issuer"), query.one("value"), query);
    }

    /** Bans the reader of a stream: {@code ban=subject} or {@code ban=token}, {@code for=10m}. */
    void ban(HttpServletRequest request, Connection reader, FormFields query) {
        Kind kind = kind(query.one("ban"));
        ban(request, kind, reader.issuer(), kind == Kind.SUBJECT ? reader.subject() : reader.tokenId(), query);
    }

    private void ban(HttpServletRequest request, Kind kind, String issuer, String value, FormFields query) {
        try {
            bans.ban(kind, issuer, value, context.clock().millis() + ms(query.one("for")));
            audit(request, "banned", kind, issuer, value);
        } finally {
            context.hub().endBanned(); // a ban that could not be stored holds all the same
        }
    }

    /**
     * Lets {@code kind}, {@code issuer} and {@code value} in again.
     *
     * @throws Refused when they are not banned
     */
    void lift(HttpServletRequest request, FormFields query) {
        Kind kind = kind(query.one("kind"));
        if (!bans.lift(kind, query.one("issuer"), query.one("value"))) {
            throw Refused.because(Refused.Reason.NOT_FOUND, "there is no such ban");
        }
        audit(request, "ban-lifted", kind, query.one("issuer"), query.one("value"));
    }

    private static void audit(HttpServletRequest request, String what, Kind kind, String issuer, String value) {
        RequestTrace.of(request).audit(what, "kind", kind.name().toLowerCase(Locale.ROOT), "issuer", issuer, "value",
            value);
    }

    private static Kind kind(String text) {
        return switch (text == null ? "" : text) {
            case "subject" -> Kind.SUBJECT;
            case "token" -> Kind.TOKEN;
            default -> throw Refused.malformed("what is banned is a subject or a token; the request says "
                + (text == null ? "neither" : "\"" + Printable.of(text) + "\""));
        };
    }

    /** A number and s, m, h or d; ten minutes when none is given. */
    private static long ms(String text) {
        String time = text == null ? USUAL : text;
        if (!time.matches("[1-9][0-9]{0,5}[smhd]")) {
            throw Refused.malformed("for is \"" + Printable.of(time)
                + "\"; it must be a time such as 30s, 10m, 2h, 7d");
        }
        return TimeText.parse(time).toMillis();
    }
}
