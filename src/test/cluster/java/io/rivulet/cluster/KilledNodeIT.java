package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import io.rivulet.http.Tokens;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.StreamRequest;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes as people run them, with tokens, of which one is killed: what the other one then tells. */
@ParameterizedClass(name = "{0}")
@EnumSource
class KilledNodeIT {

    /** The lease of a node, and what a busy machine may be late. */
    private static final Duration LEASE = Duration.ofNanos(NodeNotes.LEASE_NS).plusSeconds(5);

    @TempDir
    private Path folder;
    private final Engines engine;

    KilledNodeIT(Engines engine) {
        this.engine = engine;
    }

    private OwnWar node(EngineServer server, String name) throws IOException {
        List<String> words = new ArrayList<>(Tokens.words());
        words.addAll(List.of("--port=0", "--presence=true", "--connections.subject.max=1"));
        return new OwnWar(Files.createDirectories(folder.resolve(name)), server.environment("killed"),
            words.toArray(String[]::new));
    }

    private static StreamRequest ofAnn(OwnWar node) {
        return EventStream.to(node.port()).topic("news").header("Cache-Control", null)
            .header("Authorization", "Bearer " + Tokens.of("ann", "news"));
    }

    /** What this node tells an operator. */
    private static JsonObject told(OwnWar node, String path) {
        try (WireClient client = WireClient.to(node.port(), 0)) {
            WireResponse answer = client.send("GET", path, Map.of("Authorization", "Bearer " + Tokens.operator()), null)
                .read();
            assertEquals(200, answer.status(), answer.text());
            return answer.json();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The status of what an operator asks of this node. */
    private static int status(OwnWar node, String method, String path) {
        try (WireClient client = WireClient.to(node.port(), 0)) {
            return client.send(method, path, Map.of("Authorization", "Bearer " + Tokens.operator()), null).readHead()
                .status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int bans(OwnWar node) {
        return told(node, "/api/bans").getAsJsonArray("bans").size();
    }

    /** Nodes, streams and subscriptions that this node tells of. */
    private static String counts(OwnWar node) {
        return told(node, "/api/nodes").getAsJsonArray("nodes").size() + " "
            + told(node, "/api/connections").get("total").getAsInt() + " "
            + told(node, "/.well-known/mercure/subscriptions").getAsJsonArray("subscriptions").size();
    }

    private static int tried(OwnWar node) {
        try {
            return ofAnn(node).exchange().status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aNodeThatIsKilledIsGoneWithAllThatWasThereWithinItsLease() throws Exception {
        try (EngineServer server = engine.start(); OwnWar stays = node(server, "stays").awaitOpen();
             OwnWar dies = node(server, "dies").awaitOpen(); EventStream stream = ofAnn(dies).open()) {
            stream.awaitHello();
            Await.get(() -> "all is known, and not " + counts(stays), Await.LIMIT,
                () -> counts(stays).equals("2 1 1") ? Boolean.TRUE : null);
            Await.until("her cap counts at the other node", () -> tried(stays) == 429);
            int run = told(dies, "/api/nodes").getAsJsonArray("nodes").asList().stream().map(one ->
                one.getAsJsonObject()).filter(one -> one.get("self").getAsBoolean()).findFirst().orElseThrow()
                .get("run").getAsInt();
            assertEquals(204, status(dies, "POST",
                "/api/bans?kind=subject&issuer=https://issuer.example&value=eve&for=1h"));
            Await.until("the ban is known", () -> bans(stays) == 1);
            dies.handle().destroyForcibly(); // SIGKILL
            Await.get(() -> "only this node is left, and not " + counts(stays), LEASE,
                () -> counts(stays).equals("1 0 0") ? Boolean.TRUE : null);
            try (EventStream back = ofAnn(stays).open()) {
                assertEquals(200, back.status(), "her cap is free");
                back.awaitHello();
            }
            assertEquals("1 404", bans(stays) + " " + status(stays, "POST", "/api/drain?run=" + run),
                "the ban stays; there is nobody who could be drained");
        }
    }
}
