package io.rivulet.interop;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import io.rivulet.kit.Container;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one hub that all clients share: at the root of Jetty, out of dev mode, with the settings of its README and the
 * defaults for the rest, the heartbeat too. Any thread.
 */
final class InteropHub implements AutoCloseable {

    static final String PATH = "/.well-known/mercure";

    private static final String SECRET = "!ChangeThisMercureHubJWTSecretKey!";
    private static final String ISSUER = "https://localhost";
    private static final String RESOURCE = ISSUER + PATH;
    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final Server server;

    /** With pages of this origin. */
    InteropHub(String origin) {
        server = Server.in(Container.JETTY).set("dev", "false").set("heartbeat", "15s").set("resource", RESOURCE)
            .set("token.issuer", ISSUER).set("token.key", SECRET).set("mercure.legacy", "true")
            .set("cors.origins", origin).start();
    }

    int port() {
        return server.port();
    }

    /** A topic of a test's own. */
    static String topic() {
        return "https://example.com/interop/" + TOPICS.incrementAndGet();
    }

    /** What to ask for at this port to get the topic, and nothing else. */
    static Wish wish(Speech speech, int port, String topic) {
        return new Wish(speech, "http://localhost:" + port + PATH + "?" + speech.selector + "=" + encode(topic), "",
            "", List.of("price"));
    }

    /** A right token to read the topic's private updates. */
    static String token(Speech speech, String topic) {
        return sign(speech, "subscribe", topic, SECRET);
    }

    /** The same, signed with a wrong key. */
    static String wrongToken(Speech speech, String topic) {
        return sign(speech, "subscribe", topic, SECRET + "?");
    }

    private static String sign(Speech speech, String action, String topic, String secret) {
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.HS256);
        Map<String, Object> claims;
        if (speech == Speech.V0) {
            header.type(JOSEObjectType.JWT);
            claims = Map.of("mercure", Map.of(action, List.of(topic)));
        } else {
            header.type(new JOSEObjectType("at+jwt"));
            claims = Map.of("iss", ISSUER, "aud", RESOURCE, "exp", Instant.now().getEpochSecond() + 3_600,
                "authorization_details", List.of(Map.of("type", "https://mercure.rocks/authorization-detail",
                    "actions", List.of(action), "topics", List.of(Map.of("match", topic)))));
        }
        try {
            JWSObject token = new JWSObject(header.build(), new Payload(claims));
            token.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Publishes forms of these names and values in their order, on one connection; gives the last one's id. */
    String publish(List<List<String>> forms) throws IOException {
        String id = null;
        try (WireClient client = WireClient.to(server)) {
            for (List<String> names : forms) {
                StringBuilder form = new StringBuilder();
                for (int i = 0; i < names.size(); i += 2) {
                    form.append(i == 0 ? "" : "&").append(names.get(i)).append('=').append(encode(names.get(i + 1)));
                }
                WireResponse answer = client.send("POST", PATH, Map.of("Content-Type",
                    "application/x-www-form-urlencoded", "Authorization", "Bearer " + sign(Speech.V1, "publish", "*",
                        SECRET)), form.toString().getBytes(StandardCharsets.UTF_8)).read();
                id = Publisher.accepted(answer);
            }
        }
        return id;
    }

    /** Publishes one form of these names and values; gives its id. */
    String publish(String... namesAndValues) throws IOException {
        return publish(List.of(List.of(namesAndValues)));
    }

    static String encode(String text) {
        return Publisher.encode(text);
    }

    @Override
    public void close() {
        server.close();
    }
}
