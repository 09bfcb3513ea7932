package io.rivulet.interop;

import io.rivulet.kit.Container;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one hub that all clients of a container share: at its root, out of dev mode, with the settings of docs/tokens.md
 * and the defaults for the rest, the heartbeat too. Any thread.
 */
final class InteropHub implements AutoCloseable {

    static final String PATH = "/.well-known/mercure";

    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final Server server;

    /** With pages of this origin. */
    InteropHub(Container container, String origin) {
        server = Server.in(container).set("dev", "false").set("heartbeat", "15s")
            .set("resource", Token.ISSUER + PATH).set("token.issuer", Token.ISSUER).set("token.key", Token.SECRET)
            .set("mercure.legacy", "true").set("cors.origins", origin).set("presence", "true").start();
    }

    /** Ends, and is there again on the same port. */
    void restart() {
        server.restart();
        server.awaitOpen();
    }

    int port() {
        return server.port();
    }

    /** A topic of a test's own. */
    static String topic() {
        return "https://example.com/interop/" + TOPICS.incrementAndGet();
    }

    /** What to ask for at this port to get the topic, and nothing else. */
    Wish wish(Subject subject, Speech speech, int port, String topic) {
        String url = "http://localhost:" + port + PATH + "?" + speech.selector + "=" + encode(topic);
        Wish wish = new Wish(speech, url, "", "", List.of("price"), () -> hasStreamOf(topic));
        return subject.does(Subject.Way.IS_IMPATIENT) ? wish.asking("heartbeat", "1") : wish;
    }

    private boolean hasStreamOf(String topic) {
        String token = Token.v1().subscribe(PATH + "/subscriptions").sign();
        try (WireClient client = WireClient.to(server)) {
            WireResponse answer = client.send("GET", PATH + "/subscriptions",
                Map.of("Authorization", "Bearer " + token), null).read();
            if (answer.status() != 200) {
                throw new AssertionError(answer.status() + " " + answer.text());
            }
            return answer.text().contains("\"" + topic + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A right token to read the topic's private updates. */
    static String token(Speech speech, String topic) {
        return grant(speech, topic).sign();
    }

    /** The same, signed with a wrong key. */
    static String wrongToken(Speech speech, String topic) {
        return grant(speech, topic).sign((Token.SECRET + "?").getBytes(StandardCharsets.UTF_8));
    }

    private static Token grant(Speech speech, String topic) {
        return (speech == Speech.V0 ? Token.v0() : Token.v1()).subscribe(topic);
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
                Map<String, String> headers = Map.of("Content-Type", "application/x-www-form-urlencoded",
                    "Authorization", "Bearer " + Token.all());
                byte[] body = form.toString().getBytes(StandardCharsets.UTF_8);
                id = Publisher.accepted(client.send("POST", PATH, headers, body).read());
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
