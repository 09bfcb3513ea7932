package io.rivulet.http.operate;

import com.google.gson.JsonObject;
import io.rivulet.auth.Ban;
import io.rivulet.auth.Bans;
import io.rivulet.auth.Grant;
import io.rivulet.heap.HeapBytes;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.Query;
import io.rivulet.http.stream.ListDocument;
import io.rivulet.http.stream.PageResponses;
import io.rivulet.hub.stream.ConnectionDocument;
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
    /** Of a ban in the list that is being written, beside its texts, which are the ban's. */
    private static final long ENTRY_BYTES = HeapBytes.object(3, Long.BYTES) + 2 * Integer.BYTES;

    private final transient Bans bans;
    private final transient BanHandler handler;
    private final transient PageResponses responses;

    /** The servlet of this hub, whose bans these are. */
    public BansServlet(HubContext context, Bans bans, PageResponses responses) {
        super(context);
        this.responses = responses;
        this.bans = bans;
        handler = new BanHandler(context, bans);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> list(request, response, context().access().toOperate(request, false));
            case "POST" -> {
                context().access().toOperate(request, true);
                handler.ban(request, Query.of(request));
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            case "DELETE" -> {
                context().access().toOperate(request, true);
                handler.lift(request, Query.of(request));
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private void list(HttpServletRequest request, HttpServletResponse response, Grant grant) throws IOException {
        BytesInFlight.Charge charge = context().charge(request, grant);
        try {
            charge.take(ListDocument.PIECE_BYTES + bans.size() * ENTRY_BYTES);
            response.setContentType(Answer.JSON);
            response.setHeader("Cache-Control", "no-store");
            responses.send(request.startAsync(),
                new ListDocument<>("", "bans", bans.list(), BansServlet::json), charge);
        } catch (IOException | RuntimeException | Error e) {
            charge.close();
            throw e;
        }
    }

    private static String json(Ban ban) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", ban.kind().name().toLowerCase(Locale.ROOT));
        json.addProperty("issuer", ban.issuer());
        json.addProperty("value", ban.value());
        json.addProperty("until", ConnectionDocument.time(ban.untilMs()));
        return json.toString();
    }
}
