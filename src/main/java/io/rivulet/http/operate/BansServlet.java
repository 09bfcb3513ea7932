package io.rivulet.http.operate;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.Ban;
import io.rivulet.auth.Bans;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.Query;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;

/**
 * {@code /api/bans}, for operators: the bans in force. POST bans {@code kind} ({@code subject} or {@code token}),
 * {@code issuer} and {@code value}, all in the query, {@code for} a time; DELETE lifts a ban. It runs in the
 * container's request threads.
 */
public final class BansServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, POST, DELETE, OPTIONS";

    private final transient Bans bans;
    private final transient BanHandler handler;

    /** The servlet of this hub, whose bans these are. */
    public BansServlet(HubContext context, Bans bans) {
        super(context);
        this.bans = bans;
        handler = new BanHandler(context, bans);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> {
                context().access().toOperate(request, false);
                list().write(response);
            }
            case "POST" -> {
                context().access().toOperate(request, true);
                handler.ban(Query.of(request));
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            case "DELETE" -> {
                context().access().toOperate(request, true);
                handler.lift(Query.of(request));
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private Answer list() {
        JsonArray array = new JsonArray();
        for (Ban ban : bans.list()) {
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
