package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.LineSender;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.RealProxy;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamRequest;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The hub behind real proxies, set up as docs/deploy.md says: their configuration is read there. A proxy that the
 * machine does not have is skipped by name.
 */
@Tag("once")
class ProxyIT {

    private static final int EVENTS = 20;
    /** A proxy that waits for more waits for 200 ms; so the quickest of many events tells, however slow the machine. */
    private static final long HELD_BACK_MS = 150;

    @TempDir
    private Path folder;

    private static StreamRequest stream(int port) {
        return EventStream.to(port).topic("news").header("Accept", "text/event-stream");
    }

    private static void publish(Server hub, String data) throws IOException {
        try (Publisher publisher = Publisher.to(hub)) {
            Publisher.accepted(publisher.post("?topic=news", Map.of("Authorization", "Bearer " + Token.all()),
                data.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void eventsComeAtOnceAndPagesOutliveARestartOfTheHub(RealProxy.Kind kind) throws Exception {
        Assumptions.assumeTrue(kind.isThere(), () -> "this machine has no " + kind);
        try (Server hub = Token.believedBy(Server.in(Container.JETTY).set("dev", "false")).start();
             RealProxy proxy = RealProxy.start(kind, folder, hub.port())) {
            check(hub, proxy.port());
        }
    }

    @Test
    void linesComeThroughNginxOneByOneWhenItDoesNotCollectThem() throws Exception {
        Assumptions.assumeTrue(RealProxy.Kind.NGINX.isThere(), "this machine has no nginx");
        try (Server hub = Token.believedBy(Server.in(Container.JETTY).set("dev", "false")).start();
             RealProxy nginx = RealProxy.handingOnBodies(folder, hub.port());
             EventStream stream = EventStream.to(hub).topic("lines").open();
             LineSender lines = LineSender.to(nginx.port(), "topic=lines", "Authorization: Bearer " + Token.all()
                 + "\r\n")) {
            stream.awaitHello();
            for (int i = 0; i < EVENTS; i++) {
                lines.send("line " + i + "\n");
                stream.awaitData("line " + i);
            }
            assertEquals(EVENTS, lines.end().answer(200).get("count").getAsInt());
        }
    }

    private static void check(Server hub, int port) throws IOException {
        try (EventStream page = stream(port).open()) {
            page.awaitHello();
            List<Long> tookMs = new ArrayList<>();
            for (int i = 0; i < EVENTS; i++) {
                long fromNs = System.nanoTime();
                publish(hub, "event " + i);
                page.awaitData("event " + i);
                tookMs.add((System.nanoTime() - fromNs) / 1_000_000);
            }
            assertTrue(tookMs.stream().anyMatch(ms -> ms < HELD_BACK_MS), "each event is held back: " + tookMs);
            hub.stop();
            Await.until("the end of the stream", page::isEnded);
            WireResponse answer = stream(port).exchange();
            assertEquals(200, answer.status(), "an EventSource that gets anything else closes for good");
            assertTrue(answer.header("Content-Type").startsWith("text/event-stream"), answer.header("Content-Type"));
            assertEquals("retry: 3000\n:\n", answer.text());
            try (Publisher publisher = Publisher.to(port)) {
                int status = publisher.post("?topic=news", Map.of(), new byte[] {'x'}).status();
                assertTrue(status == 502 || status == 503, "a publish that reached nobody was answered " + status);
            }
            hub.start().awaitOpen();
            publish(hub, "after the restart");
            page.reconnect();
            page.awaitData("after the restart");
            assertTrue(page.hubEvents("hello").get(1).data().contains("\"resumed\":\"exact\""),
                page.hubEvents("hello").toString());
        }
    }
}
