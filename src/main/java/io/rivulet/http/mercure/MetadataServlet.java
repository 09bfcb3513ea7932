package io.rivulet.http.mercure;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.token.TokenVerifier;
import io.rivulet.config.Issuers;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.HubServlet;
import io.rivulet.http.form.Answer;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.List;

/**
 * {@code /.well-known/oauth-protected-resource/.well-known/mercure}: tells clients who issues tokens for this hub, and
 * how a token is shown (RFC 9728, DIS-03). Without configured tokens it answers 404. It runs in the container's request
 * threads.
 */
public final class MetadataServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";
    private static final String DETAIL = "https://mercure.rocks/authorization-detail";

    private final transient TokenVerifier tokens;

    /** The servlet of this hub, whose tokens these are. */
    public MetadataServlet(HubContext context, TokenVerifier tokens) {
        super(context);
        this.tokens = tokens;
    }

    /**
     * Where the document of the hub at this URL is: where RFC 9728, 3.1, has it, at the root of the host. For a hub
     * below the prefix of another application that place is not the hub's, so the document is below the prefix, too;
     * challenges name it, and a challenge may name any URL (RFC 9728, 5.1).
     */
    public static String url(String hubUrl, String prefix) {
        URI hub = URI.create(hubUrl);
        String host = hub.getScheme() + "://" + hub.getRawAuthority();
        String path = hub.getRawPath();
        return prefix.isEmpty() || !path.endsWith(prefix + Topic.HUB_PATH) ? host + WELL_KNOWN + path
            : host + path.substring(0, path.length() - Topic.HUB_PATH.length()) + WELL_KNOWN + Topic.HUB_PATH;
    }

    @Override
    protected void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> document().write(response);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private Answer document() {
        if (!tokens.isConfigured()) {
            throw Refused.because(Refused.Reason.NOT_FOUND,
                "no tokens are configured (" + Issuers.FAMILY.fullKey("", Issuers.ISSUER) + ")");
        }
        JsonObject json = new JsonObject();
        json.addProperty("resource", context().hub().topics().hubUrl());
        json.add("authorization_servers", array(tokens.authorizationServers()));
        json.add("authorization_details_types_supported", array(List.of(DETAIL)));
        json.add("bearer_methods_supported", array(List.of("header")));
        context().settings().get(SettingsTable.TOKEN_COOKIE)
            .ifPresent(name -> json.addProperty("mercure_cookie", name));
        if (context().hub().presence().isOn()) {
            json.addProperty("mercure_subscriptions", true);
        }
        return Answer.json(200, json.toString()).header("Cache-Control", "max-age=300");
    }

    private static JsonArray array(Collection<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }
}
