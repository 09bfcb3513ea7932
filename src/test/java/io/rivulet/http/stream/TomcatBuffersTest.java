package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.kit.Await;
import io.rivulet.kit.ServletServer;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.metrics.Metrics;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Tomcat has for text while a stream is open, and what its next caller has: on one connection Tomcat uses the same
 * request and response for all.
 */
@Timeout(60)
class TomcatBuffersTest {

    private static final List<Integer> WHOLE = List.of(8_192, 8_192);
    private static final List<Integer> SMALL = Runtime.version().feature() < 26 ? List.of(128, 128)
        : List.of(128, 8_192);
    /** Characters of one to four bytes; no buffer's size is a multiple of it. */
    private static final String TEXT = "aé漢\uD83D\uDE00\n".repeat(5_000);

    @TempDir
    private Path folder;
    private ServletServer server;
    private volatile OpenResponse stream;
    private volatile List<Integer> sizes;
    private volatile TomcatBuffers taken;

    /** A stream, buffers that are taken and never given back, text that was sent, and the sizes alone. */
    private final class Doors extends HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String what = request.getQueryString();
            if ("echo".equals(what)) {
                response.setContentType("text/plain;charset=UTF-8");
                request.getReader().transferTo(response.getWriter());
                return;
            }
            if ("read".equals(what)) {
                request.getReader().read();
            }
            AsyncContext async = request.startAsync();
            if ("stream".equals(what)) {
                OpenResponse open = new ShardWriter(false, new Metrics(), new GzipWarning());
                open.start(async, new Stream());
                sizes = sizes(async);
                stream = open;
                return;
            }
            if ("take".equals(what) || "read".equals(what)) {
                taken = TomcatBuffers.take(async);
            }
            sizes = sizes(async);
            async.complete();
        }
    }

    /** The hub's side of the stream. */
    private static final class Stream implements Subscription {
        @Override
        public String connection() {
            return "c";
        }

        @Override
        public void writable() {
            // the test asks by itself
        }

        @Override
        public EndReason ending() {
            return null;
        }

        @Override
        public void gone(String why) {
            // it ends as the test wants
        }
    }

    /** Of the buffers for a reader and for a writer. */
    private static List<Integer> sizes(AsyncContext async) {
        try {
            Object request = ContainerLock.field(async, "request");
            Object response = request.getClass().getMethod("getResponse").invoke(request);
            return List.of(
                ((CharBuffer) ContainerLock.field(ContainerLock.field(request, "inputBuffer"), "cb")).capacity(),
                ((CharBuffer) ContainerLock.field(ContainerLock.field(response, "outputBuffer"), "cb")).capacity());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = ServletServer.tomcat(new Doors(), folder, (connector, app) -> { });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private WireResponse ask(WireClient client, String what, String text) throws IOException {
        client.send("POST", ServletServer.PATH + "?" + what, Map.of("Content-Type", "text/plain;charset=UTF-8"),
            text.getBytes(StandardCharsets.UTF_8));
        WireResponse head = client.readHead();
        return new WireResponse(head.version(), head.status(), head.headers(), client.body(head).readAllBytes());
    }

    @Test
    void aStreamHasSmallOnesAndTheNextCallerWhatTomcatMade() throws Exception {
        try (WireClient client = WireClient.to(server.port(), 0)) {
            ask(client, "sizes", "");
            assertEquals(WHOLE, sizes);
            client.send(ServletServer.get().replace("/test", "/test?stream"));
            Await.until("the stream is open", () -> stream != null);
            assertEquals(SMALL, sizes);
            stream.end();
            assertEquals(200, client.readHead().status());
            ask(client, "sizes", "");
            assertEquals(WHOLE, sizes);
        }
    }

    @Test
    void whoeverHasSmallOnesReadsAndWritesTextAsBefore() throws Exception {
        try (WireClient client = WireClient.to(server.port(), 0)) {
            ask(client, "take", "");
            assertNotNull(taken);
            assertEquals(TEXT, new String(ask(client, "echo", TEXT).body(), StandardCharsets.UTF_8));
            ask(client, "sizes", "");
            assertEquals(SMALL, sizes, "these were the small ones");
            taken.giveBack();
            taken.giveBack();
            ask(client, "sizes", "");
            assertEquals(WHOLE, sizes);
        }
    }

    @Test
    void whereTextIsBeingReadItsBufferStays() throws Exception {
        try (WireClient client = WireClient.to(server.port(), 0)) {
            ask(client, "read", TEXT);
            assertEquals(WHOLE.get(0), sizes.get(0));
        }
    }

    @Test
    void noOtherContainerIsLookedInto() {
        assertNull(TomcatBuffers.take((AsyncContext) java.lang.reflect.Proxy.newProxyInstance(
            AsyncContext.class.getClassLoader(), new Class<?>[] {AsyncContext.class}, (proxy, method, arguments) -> {
                throw new AssertionError("it was asked for " + method.getName());
            })));
    }
}
