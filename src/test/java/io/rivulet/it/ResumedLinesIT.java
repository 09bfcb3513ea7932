package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.LineSender;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.OwnProcess;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed in the middle of a body of lines; its publisher asks where it stands, and goes on. */
@OnEveryContainer
class ResumedLinesIT {

    private static final int KILLS = 2;
    private static final int LINES_A_ROUND = 2_000;
    private static final String PRODUCER = "Producer-Id: pipe\r\nProducer-Epoch: 1\r\nProducer-Seq: ";

    private final Container container;
    @TempDir
    private Path folder;

    ResumedLinesIT(Container container) {
        this.container = container;
    }

    private OwnProcess start(int port) throws IOException {
        return OwnProcess.start(folder.resolve("server.log"), "container=" + container, "port=" + port,
            "data=" + folder.resolve("data"));
    }

    @Test
    void nothingIsLostAndNothingComesTwiceOverKills() throws IOException {
        OwnProcess server = start(0);
        int sent = 0;
        try {
            for (int kill = 0; kill < KILLS; kill++) {
                sent = Math.max(sent, sendUntilKilled(server));
                server = start(server.port());
            }
            int next = next(server);
            assertTrue(next <= sent, "the hub has " + next + " of " + sent);
            try (LineSender lines = LineSender.to(server.port(), "topic=a", PRODUCER + Math.max(0, next - 100)
                + "\r\n")) { // some of them once more
                int count = lines.send(text(Math.max(0, next - 100), sent)).end().answer(200).get("count").getAsInt();
                assertEquals(sent - Math.max(0, next - 100), count);
            }
            assertEquals(sent, next(server));
            check(server.port(), sent);
            try (EventStream run = EventStream.to(server.port()).topic("run/1").since("earliest").open()) {
                run.awaitData("piece");
                assertTrue(run.awaitType("rivulet.end").data().endsWith("\"reason\":\"abandoned\"}"));
                assertTrue(run.awaitEnd());
            }
        } finally {
            server.close();
        }
    }

    private static String text(int from, int to) {
        return String.join("\n", IntStream.range(from, to).mapToObj(i -> "line " + i).toList()) + "\n";
    }

    /** Kills it while lines are under way; returns up to where some of them were sent. */
    private static int sendUntilKilled(OwnProcess server) throws IOException {
        int from = next(server);
        int to = from + 2 * LINES_A_ROUND;
        try (LineSender lines = LineSender.to(server.port(), "topic=a", PRODUCER + from + "\r\n")) {
            lines.send(text(from, from + LINES_A_ROUND));
            Await.until("some are published", () -> {
                try {
                    return next(server) > from;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            lines.send(text(from + LINES_A_ROUND, to));
            if (from == 0) {
                publishOnce(server);
            }
            server.kill();
        }
        return to;
    }

    /** By somebody who is not heard again: the hub that comes after the kill ends the topic. */
    private static void publishOnce(OwnProcess server) throws IOException {
        try (WireClient client = WireClient.to(server.port(), 0)) {
            client.send("POST", "/api/updates?topic=run/1&lease=2s", Map.of(), "piece".getBytes());
            assertEquals(200, client.read().status());
        }
    }

    private static int next(OwnProcess server) throws IOException {
        try (WireClient client = WireClient.to(server.port(), 0)) {
            client.send("GET", "/api/producers/pipe", Map.of(), null);
            WireResponse answer = client.read();
            if (answer.status() == 404) {
                return 0;
            }
            JsonObject json = JsonParser.parseString(answer.text()).getAsJsonObject();
            assertEquals(200, answer.status(), answer.text());
            return json.get("nextSeq").getAsInt();
        }
    }

    private static void check(int port, int sent) throws IOException {
        try (EventStream stream = EventStream.to(port).topic("a").since("earliest").open()) {
            Await.until("all " + sent + " have come", () -> stream.size() >= sent);
            List<Dispatched> events = stream.events();
            for (int i = 0; i < sent; i++) {
                assertEquals("line " + i, events.get(i).data());
            }
            assertEquals(sent, events.size());
        }
    }
}
