package io.rivulet.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.Bans;
import io.rivulet.auth.Bans.Kind;
import io.rivulet.config.TimeText;
import io.rivulet.hub.Connection;
import io.rivulet.limit.Printable;
import io.rivulet.limit.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;

/**
 * {@code /api/bans}, for operators: who is kept out. POST bans {@code kind} ({@code subject} or {@code token}),
 * {@code issuer} and {@code value}, all in the query, {@code for} a time; DELETE lets them in again.
 */
public final class BansServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, POST, DELETE, OPTIONS";
    private static final String USUAL = "10m";

    @Override
    void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> {
                context().access().toOperate(request, false);
                list().write(response);
            }
            case "POST" -> {
                context().access().toOperate(request, true);
                FormFields query = Query.of(request);
                ban(kind(query.one("kind")), query.one("issuer"), query.one("value"), query, context());
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            case "DELETE" -> {
                context().access().toOperate(request, true);
                FormFields query = Query.of(request);
                if (!context().bans().lift(kind(query.one("kind")), query.one("issuer"), query.one("value"))) {
                    throw Refused.because(Refused.Reason.NOT_FOUND, "there is no such ban");
                }
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    /** Bans who reads a stream, as the query says: {@code ban=subject} or {@code ban=token}, {@code for=10m}. */
    static void ban(Connection reader, FormFields query, HubContext context) {
        Kind kind = kind(query.one("ban"));
        ban(kind, reader.issuer(), kind == Kind.SUBJECT ? reader.subject() : reader.tokenId(), query, context);
    }

    private static void ban(Kind kind, String issuer, String value, FormFields query, HubContext context) {
        try {
            context.bans().ban(kind, issuer, value, context.clock().millis() + ms(query.one("for")));
        } finally {
            context.hub().endBanned(); // a ban that could not be stored holds all the same
        }
    }

    private static Kind kind(String text) {
        return switch (text == null ? "" : text) {
            case "subject" -> Kind.SUBJECT;
            case "token" -> Kind.TOKEN;
            default -> throw Refused.malformed("what is banned is a subject or a token; the request says "
                + (text == null ? "neither" : "\"" + Printable.of(text) + "\""));
        };
    }

    /** A number and s, m, h or d; ten minutes when it is not said. */
    private static long ms(String text) {
        String time = text == null ? USUAL : text;
        if (!time.matches("[1-9][0-9]{0,5}[smhd]")) {
            throw Refused.malformed("for is \"" + Printable.of(time)
                + "\"; it must be a time such as 30s, 10m, 2h, 7d");
        }
        return TimeText.parse(time).toMillis();
    }

    private Answer list() {
        JsonArray array = new JsonArray();
        for (Bans.Ban ban : context().bans().list()) {
            JsonObject json = new JsonObject();
            json.addProperty("kind", ban.kind().name().toLowerCase(Locale.ROOT));
            json.addProperty("issuer", ban.issuer());
            json.addProperty("value", ban.value());
            json.addProperty("until", ConnectionsServlet.time(ban.untilMs()));
            array.add(json);
        }
        JsonObject json = new JsonObject();
        json.add("bans", array);
        return Answer.json(200, json.toString());
    }
}
