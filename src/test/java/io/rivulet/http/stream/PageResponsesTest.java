package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.ServletServer;
import io.rivulet.kit.Stub;
import io.rivulet.kit.WireClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large answers to clients that read slowly, or not at all. The test owns the clock by which they are looked at. */
@OnEveryContainer
class PageResponsesTest {

    private static final int STALL_S = 30;
    private static final int PIECES = 400;
    private static final int PIECE_BYTES = 20_000;

    private final Container container;
    private final AtomicLong nowNs = new AtomicLong();
    private final AtomicInteger made = new AtomicInteger();
    private final BytesInFlight flight = new BytesInFlight(1 << 20);
    private final PageResponses pages = new PageResponses(Settings.with("stall.timeout", STALL_S + "s"),
        flight::wasScarce, new WaitingCallers(), nowNs::get);
    private volatile long containersLimitMs = -1;
    private ServletServer server;
    @TempDir
    private Path folder;

    PageResponsesTest(Container container) {
        this.container = container;
    }

    /** Answers with eight megabytes, far more than sockets take by themselves. */
    private final class PageServlet extends HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            BytesInFlight.Charge charge = flight.charge(BytesInFlight.Kind.STRANGER, "a");
            charge.take(1_000);
            Supplier<byte[]> pieces = () -> made.getAndIncrement() < PIECES ? new byte[PIECE_BYTES] : null;
            AsyncContext async = request.startAsync();
            pages.send(async, pieces, charge);
            containersLimitMs = async.getTimeout(); // still in the request's own thread
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = ServletServer.start(container, new PageServlet(), folder);
    }

    @AfterEach
    void stop() {
        server.close();
        pages.close();
        assertEquals(0, flight.taken());
    }

    private void passS(int seconds) {
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        pages.look();
    }

    private WireClient asked() throws IOException {
        return WireClient.to(server.port(), 4_096).send(ServletServer.get());
    }

    /** The sockets take some of the page; then nothing more, and the time passes. */
    private void awaitLetGo() {
        Await.until("the page is let go", () -> {
            passS(STALL_S);
            return flight.taken() == 0;
        });
    }

    private static int read(InputStream body, int bytes) throws IOException {
        return body.readNBytes(bytes).length;
    }

    @Test
    void aClientThatReadsSlowlyAndSteadilyGetsAllOfIt() throws IOException {
        try (WireClient client = asked()) {
            InputStream body = client.body(client.readHead());
            int all = 0;
            while (made.get() < PIECES) {
                int before = made.get();
                while (made.get() == before) {
                    int n = read(body, 50_000); // as much as it takes until the container sees room
                    assertTrue(n > 0, "the page was cut");
                    all += n;
                }
                passS(STALL_S - 1);
            }
            all += read(body, Integer.MAX_VALUE);
            assertEquals(0, containersLimitMs, "the container has no time limit for the whole");
            assertEquals(PIECES * PIECE_BYTES, all);
        }
    }

    @Test
    void aClientThatReadsNothingIsLetGoAndItsPageNeverLooksWhole() throws IOException {
        try (WireClient client = asked()) {
            InputStream body = client.body(client.readHead());
            awaitLetGo();
            assertThrows(IOException.class, () -> read(body, Integer.MAX_VALUE));
            assertTrue(made.get() < PIECES);
        }
    }

    /** An output that takes nothing: no thread of a container moves, so the test's clock alone decides. */
    private static final class FullOutput extends ServletOutputStream {
        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            // it is never called
        }

        @Override
        public void write(int b) {
            throw new AssertionError("it takes nothing");
        }
    }

    /** Where somebody was refused because of what others hold, five seconds are enough; else they are not. */
    @Test
    void aClientThatReadsNothingIsLetGoSoonerWhereItsMemoryIsMissing() throws IOException {
        AtomicBoolean scarce = new AtomicBoolean();
        ServletOutputStream full = new FullOutput();
        ServletResponse response = Stub.of(ServletResponse.class, (method, arguments) -> full);
        AsyncContext async = Stub.of(AsyncContext.class,
            (method, arguments) -> method.equals("getResponse") ? response : null);
        BytesInFlight.Charge charge = flight.charge(BytesInFlight.Kind.STRANGER, "a");
        charge.take(1_000);
        try (PageResponses own = new PageResponses(Settings.with("stall.timeout", STALL_S + "s"), scarce::get,
            new WaitingCallers(), nowNs::get)) {
            own.send(async, () -> new byte[1], charge);
            own.look();
            nowNs.addAndGet(TimeUnit.SECONDS.toNanos(6));
            own.look();
            assertEquals(1_000, flight.taken());
            scarce.set(true);
            own.look();
            assertEquals(0, flight.taken());
        }
    }

    @Test
    void aClientThatLeavesHoldsNothing() throws IOException {
        for (int i = 0; i < 5; i++) {
            made.set(0);
            WireClient client = asked();
            client.readHead();
            assertEquals(1_000, flight.taken());
            client.reset();
            Await.until("the container has found that it left", () -> flight.taken() == 0);
        }
    }
}
