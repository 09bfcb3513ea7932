package io.rivulet.http.operate;

import io.rivulet.auth.token.TokenExplainer;
import io.rivulet.auth.token.TokenVerifier;
import io.rivulet.auth.Grant;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.SuspendedRequest;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BodyType;
import io.rivulet.http.form.RequestHead;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code POST /api/tokens/explain}, for operators and in dev mode: what the token in the body grants, and each reason
 * for which it would be refused. The body is the token, or a form with the field {@code token}. Nothing of it is kept
 * or logged. It runs in the container's request threads.
 */
public final class ExplainServlet extends HubServlet {

    private static final String METHODS = "POST, OPTIONS";
    /** The largest setting of {@code rivulet.token.bytes.max}, percent-encoded or not. */
    private static final long BODY_BYTES_MAX = 65_536;
    private static final int FIELDS_MAX = 10;

    private final transient TokenExplainer explainer;

    /** The servlet of this hub, whose tokens these are. */
    public ExplainServlet(HubContext context, TokenVerifier tokens) {
        super(context);
        explainer = new TokenExplainer(tokens);
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "POST" -> {
                Grant grant = context().access().toOperate(request, true);
                awaitBody(request, BODY_BYTES_MAX, context().charge(request, grant), bytes -> bytes);
            }
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    @Override
    protected void goOn(HttpServletRequest request, HttpServletResponse response, SuspendedRequest.Outcome outcome)
        throws IOException {
        byte[] body = (byte[]) outcome.get();
        BodyType type = BodyType.of(RequestHead.contentType(request));
        // curl says that a file is a form, too: no token has an equals sign before a form's would
        String text = new String(body, StandardCharsets.ISO_8859_1);
        boolean form = type.isMultipart() || type.isForm() && text.indexOf('=') >= 0;
        String token = form ? type.fields(body, FIELDS_MAX).one("token") : text;
        if (token == null || token.isBlank()) {
            throw Refused.malformed("there is no token: it must be the body, or the field token of a form");
        }
        Answer.json(200, explainer.explain(token.strip(), context().clock().instant())).write(response);
    }
}
