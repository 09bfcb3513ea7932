package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.rivulet.bench.peer.Programs;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.LineSender;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that are published line by line while they come, seen by somebody who listens. */
@OnEveryContainer
class LinesIT {

    private static final int LINE_MAX = 1_024;

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> Token.believedBy(builder)
        .set("body.max", LINE_MAX + "").set("token.skew", "0s"));

    private final Container container;
    private final Server server = SHARED.server();
    private final String topic = SHARED.topic();
    private final Publisher publisher = SHARED.publisher();
    private EventStream stream;

    LinesIT(Container container) {
        this.container = container;
    }

    @BeforeEach
    void listen() throws IOException {
        stream = EventStream.to(server).topic(topic).open();
        stream.awaitHello();
    }

    @AfterEach
    void leave() {
        stream.close();
    }

    private LineSender begin(String query) throws IOException {
        return LineSender.to(server, "topic=" + topic + query, "");
    }

    @Test
    void eachLineIsShownWhenItComesAndTheAnswerCountsThem() throws IOException {
        try (LineSender lines = begin("&type=note")) {
            lines.send("one\n");
            Dispatched first = stream.awaitEvent();
            assertEquals("note one", first.type() + " " + first.data());
            lines.send("tw").send("o\r").send("\n\nth");
            stream.awaitData("two", "");
            JsonObject answer = lines.send("ree").end().answer(200);
            Dispatched last = stream.awaitEvent();
            assertEquals("three", last.data());
            assertEquals("{\"first\":\"" + first.id() + "\",\"last\":\"" + last.id() + "\",\"count\":4}",
                answer.toString());
        }
    }

    @Test
    void aConnectionThatPublishedLinesTakesTheNextRequest() throws IOException {
        try (LineSender lines = begin("")) {
            assertEquals(1, lines.send("one\n").end().answer(200).get("count").getAsInt());
            lines.client().send("POST", "/api/updates?topic=" + topic, java.util.Map.of(), "two".getBytes());
            assertEquals(200, lines.client().read().status());
            stream.awaitData("one", "two");
        }
    }

    @Test
    void thousandsOfLinesOfADeclaredLengthComeInOrder() throws IOException {
        String[] all = IntStream.range(0, 3_000).mapToObj(i -> "line " + i).toArray(String[]::new);
        byte[] body = String.join("\n", all).getBytes(StandardCharsets.UTF_8);
        WireResponse answer = publisher.post("?stream=lines&topic=" + topic, "application/x-www-form-urlencoded",
            new String(body, StandardCharsets.UTF_8));
        assertTrue(answer.text().contains("\"count\":3000"), answer.text());
        stream.awaitData(all);
    }

    @Test
    void aCharacterMayBeCutBetweenTwoPieces() throws IOException {
        byte[] wave = "\ud83c\udf0a\n".getBytes(StandardCharsets.UTF_8);
        try (LineSender lines = begin("")) {
            lines.send(Arrays.copyOf(wave, 2));
            lines.send(Arrays.copyOfRange(wave, 2, wave.length));
            stream.awaitData("\ud83c\udf0a");
            assertEquals(1, lines.end().answer(200).get("count").getAsInt());
        }
    }

    @Test
    void ofALineThatIsCutNothingIsPublished() throws IOException {
        byte[] half = "whole\nhalf \u00e9".getBytes(StandardCharsets.UTF_8);
        try (LineSender lines = begin("")) {
            lines.send(Arrays.copyOf(half, half.length - 1));
            stream.awaitData("whole");
            lines.client().reset();
        }
        try (LineSender lines = begin("")) {
            lines.send("second\nhalf");
            stream.awaitData("second");
            lines.client().endOutput();
            awaitEnd(lines.client());
        }
        stream.assertNothingMore(publisher, topic);
    }

    /** Whatever it says before that. */
    private static void awaitEnd(WireClient client) throws IOException {
        while (!client.isEnded()) {
            client.skipSome(LINE_MAX);
        }
    }

    @Test
    void aBodyShorterThanItsDeclaredLengthIsCut() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            client.send("POST /api/updates?stream=lines&topic=" + topic + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Length: 100\r\n\r\nwhole\nhalf");
            stream.awaitData("whole");
            client.endOutput();
            awaitEnd(client);
        }
        stream.assertNothingMore(publisher, topic);
    }

    @Test
    void aRefusalComesAtOnceAndSaysHowManyWereTaken() throws IOException {
        try (LineSender lines = begin("")) {
            lines.send("x".repeat(LINE_MAX) + "\r\n").send("x".repeat(LINE_MAX + 1)).send("x");
            WireResponse answer = lines.answer(); // and the body has not ended
            assertEquals(413, answer.status(), answer.text());
            assertEquals("application/problem+json", answer.header("Content-Type"));
            assertTrue(answer.text().contains("line 2: the line has more than 1024 bytes"), answer.text());
            assertTrue(answer.text().contains("\"taken\":1"), answer.text());
        }
        stream.awaitData("x".repeat(LINE_MAX));
        try (LineSender lines = begin("")) {
            JsonObject answer = lines.send(new byte[] {'a', '\n', 'b', '\n', (byte) 0xff, '\n', 'c', '\n'}).answer(400);
            assertTrue(answer.get("detail").getAsString().startsWith("line 3: the data is no valid UTF-8"),
                answer.toString());
            assertEquals(2, answer.get("taken").getAsInt());
        }
        stream.awaitData("a", "b");
        stream.assertNothingMore(publisher, topic);
    }

    @Test
    void whatIsWrongWithTheHeadIsRefusedWhileTheClientWaitsForItsInput() throws IOException {
        try (LineSender lines = begin("&id=one")) {
            assertTrue(lines.answer(400).get("detail").getAsString().startsWith("id stands in the query"));
        }
        try (LineSender lines = LineSender.to(server, "", "Content-Type: text/plain\r\n")) {
            assertEquals(0, lines.answer(415).get("taken").getAsInt());
        }
        try (LineSender lines = LineSender.to(server, "topic=" + topic, "Authorization: Bearer "
            + Token.v1().publish("*").claim("exp", "9").sign() + "\r\nExpect: 100-continue\r\n")) {
            assertEquals(401, lines.answer().status());
        }
        assertEquals(400, publisher.post("?topic=" + topic + "&stream=words", "text/plain", "x").status());
    }

    @Test
    void aLineOfJsonIsAnEventAndEachNeedsItsGrant() throws IOException {
        String token = Token.v1().publish(topic).sign();
        try (LineSender lines = LineSender.to(server, "", "Authorization: Bearer " + token
            + "\r\nContent-Type: application/x-ndjson\r\n")) {
            lines.send("{\"topic\":\"" + topic + "\",\"data\":\"one\",\"type\":\"t\"}\n\n");
            assertEquals("t", stream.awaitEvent().type());
            JsonObject answer = lines.send("{\"topic\":\"" + topic + "\",\"data\":\"two\"}\n{\"topic\":\"other\"}\n")
                .answer(403);
            assertTrue(answer.get("detail").getAsString().startsWith("line 4: "), answer.toString());
            assertEquals(2, answer.get("taken").getAsInt());
        }
        stream.awaitData("two");
        try (LineSender lines = LineSender.to(server, "", "Content-Type: application/x-ndjson\r\n")) {
            JsonObject answer = lines.send("{\"topic\":\"" + topic + "\",\"data\":\"three\"}\n{]\n").answer(400);
            assertTrue(answer.get("detail").getAsString().startsWith("line 2: it is no valid JSON"),
                answer.toString());
        }
        stream.awaitData("three");
        stream.assertNothingMore(publisher, topic);
    }

    @Test
    void aHoleAndAnOlderEpochAreRefusedInABodyAndInASingleEvent() throws IOException {
        try (LineSender lines = LineSender.to(server, "topic=" + topic, numbered(2, 0))) {
            assertEquals(2, lines.send("one\ntwo\n").end().answer(200).get("count").getAsInt());
        }
        assertNumberRefused(numbered(2, 3), 409, "out-of-sequence", "Producer-Expected-Seq", "2");
        assertNumberRefused(numbered(1, 2), 403, "fenced", "Producer-Epoch", "2");
        try (LineSender lines = LineSender.to(server, "topic=" + topic, numbered(2, 1))) {
            assertEquals(2, lines.send("two\nthree\n").end().answer(200).get("count").getAsInt());
        }
        stream.awaitData("one", "two", "three").assertNothingMore(publisher, topic);
    }

    private String numbered(int epoch, int seq) {
        return "Producer-Id: " + topic + "\r\nProducer-Epoch: " + epoch + "\r\nProducer-Seq: " + seq + "\r\n";
    }

    /** In both, with the header that tells how to go on. */
    private void assertNumberRefused(String numbered, int status, String type, String header, String value)
        throws IOException {
        Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "text/plain"));
        for (String line : numbered.split("\r\n")) {
            headers.put(line.split(": ")[0], line.split(": ")[1]);
        }
        try (LineSender lines = LineSender.to(server, "topic=" + topic, numbered)) {
            for (WireResponse answer : List.of(lines.send("late\n").answer(),
                publisher.post("?topic=" + topic, headers, "late".getBytes()))) {
                assertEquals(status, answer.status(), answer.text());
                assertEquals("application/problem+json", answer.header("Content-Type"));
                assertTrue(answer.text().contains("urn:rivulet:problem:" + type), answer.text());
                assertEquals(value, answer.header(header));
            }
        }
    }

    /** What is not read stays in the buffers of the two sockets, which hold far less than this. */
    @Test
    void aHangingDiskStopsTheSenderByTcp() throws IOException {
        int all = 256 << 20;
        byte[] lines = ("x".repeat(LINE_MAX - 1) + "\n").repeat(64).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer chunk = ByteBuffer.wrap((Integer.toHexString(lines.length) + "\r\n"
            + new String(lines, StandardCharsets.US_ASCII) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        try (SocketChannel sender = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(),
            server.port()))) {
            sender.write(ByteBuffer.wrap(("POST " + server.contextPath() + "/api/updates?stream=lines&topic=" + topic
                + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
            sender.configureBlocking(false);
            AtomicLong sent = new AtomicLong();
            AtomicInteger idle = new AtomicInteger();
            synchronized (Inside.of(server).disk()) {
                Await.until("the sender stands still", () -> {
                    long more = write(sender, chunk, all - sent.get());
                    idle.set(more > 0 ? 0 : idle.get() + 1);
                    return sent.addAndGet(more) >= all || idle.get() > 50;
                });
            }
            assertTrue(sent.get() < all, "all of it was taken, though nothing could be published");
            stream.awaitEvent();
            Await.until("the sender goes on", () -> write(sender, chunk, 1) > 0);
        }
    }

    /** Sends a piece again and again, as far as the socket takes it and until so many bytes went out. */
    private static long write(SocketChannel sender, ByteBuffer chunk, long most) {
        long sent = 0;
        try {
            for (int n = 1; n > 0 && sent < most; sent += n) {
                if (!chunk.hasRemaining()) {
                    chunk.rewind();
                }
                n = sender.write(chunk);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sent;
    }

    @Test
    void aTokenThatEndsEndsItsBody() throws IOException {
        String token = Token.v1().publish("*").claim("exp", Long.toString(java.time.Instant.now().getEpochSecond() + 2))
            .sign();
        try (LineSender lines = LineSender.to(server, "topic=" + topic, "Authorization: Bearer " + token + "\r\n")) {
            assertEquals(401, lines.send("one\n").answer().status());
        }
    }

    @Test
    void curlIsToldToSend() throws IOException {
        try (WireClient curl = WireClient.to(server)) {
            curl.send("PUT /api/updates?stream=lines&topic=" + topic + " HTTP/1.1\r\nHost: localhost\r\n"
                + "User-Agent: curl/7.88.1\r\nAccept: */*\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n"
                + "\r\n");
            StringBuilder line = new StringBuilder();
            for (int b = curl.readByte(); b != '\r'; b = curl.readByte()) {
                line.append((char) b);
            }
            assertTrue(line.toString().startsWith("HTTP/1.1 100"), line.toString());
            assertEquals('\n', curl.readByte());
            assertEquals('\r', curl.readByte());
            assertEquals('\n', curl.readByte());
            curl.send("4\r\none\n\r\n");
            stream.awaitData("one");
            curl.send("0\r\n\r\n");
            WireResponse answer = curl.read();
            assertEquals(200, answer.status(), answer.text());
        }
    }

    @Test
    void curlPipesWhatAProgramPrintsAndReadsItToTheEnd() throws IOException {
        assumeTrue(Programs.find("curl").isPresent(), "no curl on the PATH");
        Process curl = new ProcessBuilder("curl", "-sS", "-T", "-", url() + "&stream=lines&end")
            .redirectErrorStream(true).start();
        try {
            try (OutputStream program = curl.getOutputStream()) {
                for (String line : List.of("a", "b")) {
                    program.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                    program.flush();
                    stream.awaitData(line);
                }
            }
            String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.endsWith("\"count\":2}"), answer);
        } finally {
            curl.destroyForcibly();
        }
        assertTrue(stream.awaitEnd());
        String all = Programs.run(List.of("curl", "-sS", "-N", url() + "&since=earliest"));
        assertTrue(all.matches("(?s).*data: a\n.*data: b\n.*event: rivulet.end\n.*"), all);
        assertEquals("204", Programs.run(List.of("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url())));
    }

    @Test
    void aLogThatTailFollowsIsShownLineByLineAlsoWhenItIsRotated(@TempDir Path folder) throws IOException {
        assumeTrue(Programs.find("curl").isPresent() && Programs.find("tail").isPresent(), "no curl or no tail");
        Path log = Files.writeString(folder.resolve("app.log"), "one\n");
        Process pipe = new ProcessBuilder("sh", "-c", "tail -F app.log | curl -sS -T - '" + url() + "&stream=lines'")
            .directory(folder.toFile()).redirectErrorStream(true).start();
        try {
            stream.awaitData("one");
            Files.writeString(log, "two\n", StandardOpenOption.APPEND);
            stream.awaitData("two");
            Files.move(log, folder.resolve("app.log.1"));
            Files.writeString(log, "three\n");
            stream.awaitData("three");
        } finally {
            pipe.descendants().forEach(ProcessHandle::destroyForcibly);
            pipe.destroyForcibly();
        }
    }

    private String url() {
        return "http://127.0.0.1:" + server.port() + server.contextPath() + "/api/updates?topic=" + topic;
    }

    /** The container's own limit of idleness is a second here. */
    @Test
    void aBodyMayPauseForLongerThanItsContainerLets() throws IOException {
        try (Server impatient = Server.in(container).idle(Duration.ofSeconds(1)).start();
             LineSender lines = LineSender.to(impatient, "topic=a", "")) {
            lines.send("one\n");
            LineSender.outwaitIdleness(impatient);
            assertEquals(2, lines.send("two\n").end().answer(200).get("count").getAsInt());
        }
    }

    @Test
    void aHubThatClosesEndsItsBodiesAndSaysHowManyWereTaken() throws IOException {
        try (Server redeployed = Server.in(container).start(); LineSender lines = LineSender.to(redeployed, "topic=a",
            ""); EventStream listener = EventStream.to(redeployed).topic("a").open()) {
            listener.awaitHello();
            lines.send("one\n");
            listener.awaitData("one");
            redeployed.redeploy();
            assertEquals(1, lines.answer(503).get("taken").getAsInt());
        }
    }
}
