package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.kit.Await;
import io.rivulet.kit.Call;
import io.rivulet.kit.H2Client;
import io.rivulet.kit.ServletServer;
import io.rivulet.kit.WireClient;
import io.rivulet.metrics.Metrics;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.ThreadBindingListener;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client leaves while a thread of Tomcat's, which has told the writer that it may write, is still on its way out. The
 * test holds that thread there, by a hook of Tomcat's own, and is the shard.
 */
@Timeout(60)
class ContainerLockTest {

    private static final int TRIES = 30;
    private static final byte[] EVENT = "data: x\n\n".getBytes(StandardCharsets.US_ASCII);

    private final SharedBytes event = new SharedBytes();
    private final WriterPool pool = new WriterPool(1);
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final AtomicBoolean gone = new AtomicBoolean();
    private final AtomicBoolean seen = new AtomicBoolean();
    private final CountDownLatch onItsWayOut = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile OpenResponse writer;
    private ServletServer server;
    @TempDir
    private Path folder;

    /** The first request is a stream, any other is answered at once. */
    private final class StreamServlet extends HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (requests.incrementAndGet() > 1) {
                response.getOutputStream().print("hello");
                return;
            }
            AsyncContext async = request.startAsync();
            async.addListener(new Ends());
            writer = request.getProtocol().equals("HTTP/1.1") ? new ShardWriter(false, new Metrics(), new GzipWarning())
                : new LaneWriter(pool.enter("the client's"));
            writer.start(async, new Stream());
        }
    }

    /** Counts what a listener is told of the end. */
    private final class Ends implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            ends.incrementAndGet();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // onComplete follows
        }

        @Override
        public void onError(AsyncEvent event) {
            // onComplete follows
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // no request is started twice here
        }
    }

    /** The hub's side of the stream. */
    private final class Stream implements Subscription {
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
            gone.set(true);
        }
    }

    /** Holds the first thread that comes out of {@code onWritePossible}, still inside the container. */
    private final class Hook implements ThreadBindingListener {
        @Override
        public void bind() {
            // only the way out matters
        }

        @Override
        public void unbind() {
            boolean wasCalling = StackWalker.getInstance().walk(frames -> frames
                .anyMatch(f -> f.getMethodName().equals("asyncDispatch")));
            if (wasCalling && seen.compareAndSet(false, true)) {
                onItsWayOut.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = ServletServer.tomcat(new StreamServlet(), folder, this::prepare);
    }

    private void prepare(Connector connector, StandardContext app) {
        connector.addUpgradeProtocol(new Http2Protocol());
        app.setThreadBindingListener(new Hook());
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        server.close();
        pool.close();
    }

    private boolean writesIfReady() {
        if (!gone.get() && writer.isReady()) {
            writer.write(event.of(EVENT));
        }
        return gone.get();
    }

    private void leavesTooEarly(Call client) throws Exception {
        client.send("GET", ServletServer.PATH, Map.of(), null);
        onItsWayOut.await();
        client.reset();
        AtomicInteger tries = new AtomicInteger();
        Await.until("the writer tried", () -> writesIfReady() || tries.incrementAndGet() == TRIES);
        boolean wrote = gone.get();
        goOn.countDown();
        Await.until("the hub knows that the client left", this::writesIfReady);
        Await.until("the container has told the end", () -> ends.get() > 0);
        assertEquals(1, ends.get());
        assertFalse(wrote, "a write failed while the container's thread was there");
        pool.enter("another's").leave(); // the only lane is free again
        try (WireClient next = WireClient.to(server.port(), 0)) {
            assertEquals("hello", next.send(ServletServer.get()).read().text());
        }
    }

    @Test
    void theStreamEndsAsAnyOther() throws Exception {
        try (WireClient client = WireClient.to(server.port(), 0)) {
            leavesTooEarly(client);
        }
    }

    @Test
    void theStreamOfHttp2EndsAsAnyOther() throws Exception {
        try (H2Client connection = H2Client.to(server.port()).connect()) {
            leavesTooEarly(connection.call());
        }
    }
}
