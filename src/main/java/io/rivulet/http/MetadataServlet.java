package io.rivulet.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.config.Issuers;
import io.rivulet.config.SettingsTable;
import io.rivulet.limit.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.List;

/**
 * {@code /.well-known/oauth-protected-resource/.well-known/mercure}: tells clients who issues tokens for this hub, and
 * how they are shown (RFC 9728, DIS-03). Not there when no tokens are configured.
 */
public final class MetadataServlet extends HubServlet {

    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";
    private static final String DETAIL = "https://mercure.rocks/authorization-detail";

    /** Where the document of the hub at this URL is, as RFC 9728, 3.1, forms it. */
    static String url(String hubUrl) {
        URI hub = URI.create(hubUrl);
        return hub.getScheme() + "://" + hub.getRawAuthority() + WELL_KNOWN + hub.getRawPath();
    }

    @Override
    void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> document().write(response);
            case "OPTIONS" -> context().cors().options(request, response, METHODS);
            default -> throw noMethod(request, response, METHODS);
        }
    }

    private Answer document() {
        if (!context().tokens().isConfigured()) {
            throw Refused.because(Refused.Reason.NOT_FOUND,
                "no tokens are configured (" + Issuers.FAMILY.fullKey("", Issuers.ISSUER) + ")");
        }
        JsonObject json = new JsonObject();
        json.addProperty("resource", context().hub().topics().hubUrl());
        json.add("authorization_servers", array(context().tokens().authorizationServers()));
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
