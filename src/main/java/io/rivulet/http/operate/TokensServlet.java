package io.rivulet.http.operate;

import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import io.rivulet.auth.token.TokenCommand;
import io.rivulet.config.Issuers;
import io.rivulet.config.Settings;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BodyType;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.KnownFields;
import io.rivulet.http.form.RequestHead;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /api/tokens}, in dev mode alone: makes a token, as the command {@code token} does, signed with the key
 * that the settings name. The page Try uses it. It runs in the container's request threads.
 *
 * <p>Whoever reaches it can become anybody. So {@code boot.Doors} registers it in dev mode only, and it serves only
 * whom dev mode itself trusts: a token of whatever rights makes no other token. Fields become words of the command one
 * by one, and no field names a key or a file.
 */
public final class TokensServlet extends HubServlet {

    private static final String METHODS = "POST, OPTIONS";
    private static final KnownFields KNOWN = KnownFields.of("publish", "subscribe", "subject", "ttl", "operate");
    private static final int BODY_BYTES_MAX = 65_536;
    private static final int FIELDS_MAX = 200;

    /** The servlet of this hub, which must be in dev mode. */
    public TokensServlet(HubContext context) {
        super(context);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "POST" -> {
                Grant grant = context().access().toOperate(request, true);
                if (!grant.equals(Grant.DEV)) {
                    throw Refused.because(Refused.Reason.FORBIDDEN, "tokens are made for callers on this machine that "
                        + "show no token and no login");
                }
                awaitBody(request, BODY_BYTES_MAX, context().charge(request, grant), bytes -> bytes);
            }
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        BodyType type = BodyType.of(RequestHead.contentType(request));
        if (!type.isForm()) {
            throw Refused.because(Refused.Reason.UNSUPPORTED_TYPE, "the body must be a form");
        }
        FormFields fields = type.fields((byte[]) outcome.get(), FIELDS_MAX);
        KNOWN.check(fields, "field");
        Settings settings = context().settings();
        if (!TokenCommand.canSign(settings)) {
            throw Refused.because(Refused.Reason.NOT_FOUND, "this hub believes no tokens that it could sign; "
                + Issuers.FAMILY.fullKey("", Issuers.KEY) + " is missing");
        }
        RequestTrace.of(request).audit("token-made", "for", String.valueOf(fields.one("subject")));
        JsonObject json = new JsonObject();
        json.addProperty("token", mint(words(fields), settings));
        Answer.json(200, json.toString()).header("Cache-Control", "no-store").write(response);
    }

    private static List<String> words(FormFields fields) {
        List<String> words = new ArrayList<>();
        for (String name : List.of("publish", "subscribe", "subject", "ttl")) {
            for (String value : fields.all(name)) {
                words.add("--" + name);
                words.add(value);
            }
        }
        if ("true".equals(fields.one("operate"))) {
            words.add("--operate");
        }
        return words;
    }

    private String mint(List<String> words, Settings settings) {
        try {
            return TokenCommand.run(words, settings, context().clock().instant(), warning -> { });
        } catch (IllegalArgumentException e) { // what a person has written, never the key
            throw Refused.malformed(e.getMessage());
        }
    }
}
