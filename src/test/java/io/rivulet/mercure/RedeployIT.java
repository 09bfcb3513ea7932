package io.rivulet.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Exposition;
import io.rivulet.kit.Health;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.OldLoaders;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub that judges tokens goes and another one comes: nothing stays behind, and nobody whom it kept out gets in. */
@OnEveryContainer
class RedeployIT {

    private static final String DESK = "https://desk.example";
    private static final String OPERATOR = "Authorization: Bearer " + Token.v1()
        .detail("{\"type\":\"urn:rivulet:authorization-detail\",\"actions\":[\"operate\"]}").sign();

    private final Container container;
    @TempDir
    private Path folder;

    RedeployIT(Container container) {
        this.container = container;
    }

    @Test
    void aReloadLeavesNoThreadAndNoClassLoaderOfKeySetsPresenceAndMeters() throws Exception {
        KeyPair keys = keys();
        byte[] set = jwks(keys).getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(folder.resolve("keys.json"), set);
        Set<Thread> before = HubThreads.alive();
        HttpServer issuer = serving(set);
        try (Server server = Server.in(container).set("dev", "false").set("presence", "true")
            .set("metrics.open", "true").set("loggers", "text")
            .set("resource", MercureHub.URL).set("token.issuer", Token.ISSUER)
            .set("token.jwks", "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys")
            .set("token.desk.issuer", DESK).set("token.desk.jwks", file.toString()).start()) {
            String ofUrl = Token.v1().subscribe("*").header("kid", "\"k\"").signRs256(keys.getPrivate());
            String ofFile = Token.v1().claim("iss", Token.quoted(DESK)).subscribe("*").signRs256(keys.getPrivate());
            OldLoaders loaders = new OldLoaders();
            for (int i = 0; i < 2; i++) {
                try (EventStream one = stream(server, ofUrl); EventStream other = stream(server, ofFile)) {
                    loaders.note(server);
                    Await.until("the meters tell of a hub that is open", () ->
                        scrape(server).value("rivulet_open") == 1);
                    Set<Thread> running = HubThreads.alive();
                    running.removeAll(before);
                    assertTrue(!running.isEmpty());
                    server.redeploy();
                    assertTrue(one.awaitEnd() && other.awaitEnd());
                    running.removeIf(thread -> !thread.isAlive());
                    assertEquals(Set.of(), running);
                }
            }
            server.awaitOpen();
            stream(server, ofUrl).close();
            loaders.awaitCollected(server, () -> Health.of(server));
            server.stop();
            Set<Thread> left = HubThreads.alive();
            left.removeAll(before);
            assertEquals(Set.of(), left);
        } finally {
            issuer.stop(0);
        }
    }

    @Test
    void whoTakesTheDataFolderOverKeepsOutWhomItsHolderBannedMeanwhile() throws IOException {
        Path data = folder.resolve("data");
        String ann = "Authorization: Bearer " + Token.v1().claim("sub", "\"ann\"").subscribe("*").sign();
        String bob = "Authorization: Bearer " + Token.v1().claim("sub", "\"bob\"").subscribe("*").sign();
        try (Server holder = hub(data, "").start(); Server next = hub(data, "/next").build().start()) {
            Await.until("the newcomer answers", () -> Health.of(next).isReachable());
            assertEquals(204, ask(holder, "POST /api/bans?kind=subject&issuer=" + Token.ISSUER + "&value=ann",
                OPERATOR).status());
            assertEquals("{\"bans\":[]}", ask(next, "GET /next/api/bans", OPERATOR).text());
            WireResponse early = ask(next, "POST /next/api/bans?kind=subject&issuer=" + Token.ISSUER + "&value=bob",
                OPERATOR);
            assertEquals(503, early.status(), "it holds, but is not written yet: " + early.text());
            holder.stop();
            next.awaitOpen();
            String stream = "GET /next" + MercureHub.PATH + "?match=a";
            assertEquals(204, ask(next, stream, ann).status());
            assertEquals(204, ask(next, stream, bob).status());
            assertEquals(200, ask(next, stream, OPERATOR).status());
            next.restart();
            next.awaitOpen();
            assertEquals(204, ask(next, stream, ann).status());
            assertEquals(204, ask(next, stream, bob).status());
        }
    }

    private Server.Builder hub(Path data, String path) {
        return Server.in(container).set("dev", "false").set("resource", MercureHub.URL)
            .set("token.issuer", Token.ISSUER).set("token.key", Token.SECRET).data(data).at(path);
    }

    private static WireResponse ask(Server server, String line, String header) throws IOException {
        try (WireClient client = WireClient.to(server)) {
            WireResponse head = client.send(line + " HTTP/1.1\r\nHost: localhost\r\n" + header
                + "\r\nConnection: close\r\n\r\n").readHead();
            return MercureHub.isStream(head) ? head : new WireResponse(head.version(), head.status(), head.headers(),
                client.body(head).readAllBytes());
        }
    }

    /** The meters, those of the JVM with them; that of its collectors listens to the JVM until it is closed. */
    private static Exposition scrape(Server server) {
        try {
            System.gc();
            WireResponse answer = ask(server, "GET /metrics", "Accept: text/plain");
            assertEquals(200, answer.status(), answer.text());
            return Exposition.of(answer.text(), false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** An open stream; until the keys of its token are loaded it is refused for now. */
    private static EventStream stream(Server server, String token) {
        List<EventStream> opened = new ArrayList<>();
        Await.until("a stream opens", () -> {
            try {
                EventStream stream = EventStream.to(server).path(MercureHub.PATH).rawQuery("?match=a")
                    .header("Authorization", "Bearer " + token).open();
                if (stream.status() != 200) {
                    stream.close();
                    return false;
                }
                return opened.add(stream);
            } catch (IOException e) {
                return false;
            }
        });
        return opened.get(0);
    }

    private static HttpServer serving(byte[] body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/keys", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        return generator.generateKeyPair();
    }

    private static String jwks(KeyPair keys) {
        RSAPublicKey key = (RSAPublicKey) keys.getPublic();
        return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"" + number(key.getModulus()) + "\",\"e\":\""
            + number(key.getPublicExponent()) + "\"}]}";
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return Token.base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }
}
