package io.rivulet.http.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.Problem;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.LastWord;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.ServletServer;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.metrics.Metrics;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishes that the hub answers at the very moment when their time is over, in real containers. A container that goes
 * on while the answer is written gives the response to its next caller, who gets the answer of another one.
 */
@OnEveryContainer
class PublishTimeoutTest {

    private static final int TIMEOUT_MS = 200;
    private static final int MANY = 60;

    private final Container container;
    private final BytesInFlight flight = new BytesInFlight(1 << 20);
    private final Problem problem = new Problem(InstantSource.system(), null, new Metrics());
    private final AtomicInteger ended = new AtomicInteger();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    /** The first write waits until the test lets it go on. */
    private volatile boolean holds;
    private volatile Thread ofContainer;
    private ServletServer server;
    @TempDir
    private Path folder;

    PublishTimeoutTest(Container container) {
        this.container = container;
    }

    /** Each request is a publish of which the hub says its number, when its time is over. */
    private final class PublishServlet extends HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            AsyncContext async = request.startAsync(request, new Held(response));
            String number = request.getQueryString();
            PublishReply reply = new PublishReply(problem, async, TIMEOUT_MS,
                flight.charge(BytesInFlight.Kind.PUBLISHER, number));
            async.addListener(new AtTimeout(reply, number)); // the container tells it first
            reply.await(null);
            reply.whole();
        }
    }

    /** A response whose bytes are on their way for as long as the test says. */
    private final class Held extends HttpServletResponseWrapper {

        Held(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            ServletOutputStream out = super.getOutputStream();
            return new ServletOutputStream() {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    if (holds) {
                        inside.countDown();
                        await(goOn);
                    }
                    out.write(bytes, from, length);
                }

                @Override
                public void write(int one) throws IOException {
                    out.write(one);
                }

                @Override
                public boolean isReady() {
                    return out.isReady();
                }

                @Override
                public void setWriteListener(WriteListener listener) {
                    out.setWriteListener(listener);
                }
            };
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has the hub's thread answer as soon as the container says that the time is over. */
    private final class AtTimeout implements AsyncListener {
        private final PublishReply reply;
        private final String number;

        AtTimeout(PublishReply reply, String number) {
            this.reply = reply;
            this.number = number;
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            CompletableFuture.runAsync(() -> reply.answer(Answer.text(200, number)));
            if (holds) {
                ofContainer = Thread.currentThread();
                await(inside);
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            ended.incrementAndGet();
        }

        @Override
        public void onError(AsyncEvent event) {
            // the end follows
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // nobody does
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = ServletServer.start(container, new PublishServlet(), folder);
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        server.close();
        assertEquals(0, flight.taken());
    }

    private WireClient publish(int number) throws IOException {
        return WireClient.to(server.port(), 0)
            .send("GET " + ServletServer.PATH + "?" + number + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private boolean containerWaits() {
        Thread thread = ofContainer;
        return thread != null && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(LastWord.class.getName()));
    }

    @Test
    void theContainerWaitsForAnAnswerThatIsOnItsWay() throws IOException {
        holds = true;
        try (WireClient one = publish(1)) {
            await(inside);
            Await.until("the container waits, or has given the response away",
                () -> containerWaits() || ended.get() > 0);
            goOn.countDown();
            WireResponse answer = one.read();
            assertEquals("200 1", answer.status() + " " + answer.text());
        }
        Await.until("it has ended", () -> ended.get() == 1);
    }

    @Test
    void eachOfManyGetsItsOwnAnswerOrNone() throws IOException {
        List<WireClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                clients.add(publish(i));
            }
            for (int i = 0; i < MANY; i++) {
                WireResponse answer = clients.get(i).read();
                assertTrue(answer.status() == 503 || answer.text().equals("" + i), answer.status() + answer.text());
            }
            Await.until("all have ended", () -> ended.get() == MANY);
        } finally {
            for (WireClient client : clients) {
                client.close();
            }
        }
    }
}
