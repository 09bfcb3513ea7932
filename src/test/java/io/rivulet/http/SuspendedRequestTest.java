package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.http.form.Answer;
import io.rivulet.http.publish.PublishHandler;
import io.rivulet.http.updates.Door;
import io.rivulet.hub.Hub;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.Since;
import io.rivulet.kit.Await;
import io.rivulet.kit.Stub;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request that waits for the hub is sent on once or ended once, and nobody touches it after the container has ended
 * it: first the two threads that may meet at it, step by step, then the hub's doors, then both containers.
 */
class SuspendedRequestTest {

    /** As the pages tell; that a request ends when its time is over is tried below, with less of it. */
    @Test
    void aBodyThatIsPublishedHasSixtySecondsAndAnyOtherThirty() {
        assertEquals(60_000, PublishHandler.TIMEOUT_MS);
        assertEquals(30_000, HubServlet.BODY_LEAST_MS);
    }

    /** The hub's thread brings the outcome while the container calls: the stubs hold it inside its dispatch. */
    @Nested
    class BetweenTwoThreads {

        private final List<String> calls = new CopyOnWriteArrayList<>();
        private final CountDownLatch inside = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final CompletableFuture<String> what = new CompletableFuture<>();
        private boolean timeIsOver;
        private AsyncListener listener;

        private final AsyncContext async = Stub.of(AsyncContext.class, (method, arguments) -> {
            calls.add(method);
            if (method.equals("addListener")) {
                listener = (AsyncListener) arguments[0];
            } else if (method.equals("dispatch") && times("dispatch") == 1) {
                inside.countDown();
                assertTrue(goOn.await(20, TimeUnit.SECONDS));
                if (timeIsOver) {
                    throw new IllegalStateException("the time is over"); // as Jetty's does
                }
            }
            return null;
        });
        private final HttpServletRequest request = Stub.of(HttpServletRequest.class, (method, arguments) -> {
            if (method.equals("startAsync")) {
                calls.add(method);
                return async;
            }
            return null;
        });

        private interface ContainerCall {
            void on(AsyncListener listener) throws Exception;
        }

        /** T1 is inside dispatch when T2, the container, calls: T2 must not come back before T1 does. */
        private void race(ContainerCall call) throws Exception {
            SuspendedRequest.await(what, request, null);
            Thread t1 = new Thread(() -> what.complete("x"), "test-sender");
            t1.start();
            assertTrue(inside.await(20, TimeUnit.SECONDS));
            Thread t2 = new Thread(() -> {
                try {
                    call.on(listener);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }, "test-container");
            t2.start();
            Await.until("the container waits", () -> t2.getState() == Thread.State.TIMED_WAITING);
            assertEquals(1, times("dispatch"));
            goOn.countDown();
            t1.join(20_000);
            t2.join(20_000);
            assertFalse(t2.isAlive());
        }

        private int times(String call) {
            return Collections.frequency(calls, call);
        }

        /** The container gives the request's objects to the next one when its listener returns. */
        @Test
        void theContainerWaitsUntilTheRequestWasSentOn() throws Exception {
            race(suspended -> suspended.onError(new AsyncEvent(async, request, null)));
            assertEquals(1, times("dispatch"), calls.toString());
            assertEquals(0, times("complete"), calls.toString());
        }

        @Test
        void theContainerWhoseTimeIsOverWaitsForWhoeverSendsTheRequestOnAndDoesWhatTheyCouldNot() throws Exception {
            timeIsOver = true;
            race(suspended -> suspended.onTimeout(null));
            assertEquals(2, times("dispatch"), "sent on by the container's own thread, answered in time");
            assertEquals(0, times("complete"));
        }

        @Test
        void theContainerThatFailedWaitsForWhoeverSendsTheRequestOnAndEndsItOnce() throws Exception {
            timeIsOver = true;
            race(suspended -> suspended.onError(null));
            assertEquals(1, times("dispatch"));
            assertEquals(1, times("complete"));
        }

        @Test
        void theContainerGivesARequestToNobodyElseBeforeItsSenderIsOut() throws Exception {
            timeIsOver = true;
            race(suspended -> suspended.onComplete(null));
            assertEquals(1, times("dispatch"));
            assertEquals(0, times("complete"));
        }

        @Test
        void whoeverComesSecondDoesNothing() throws Exception {
            SuspendedRequest.await(what, request, null);
            listener.onError(new AsyncEvent(async, request, null));
            what.complete("too late");
            assertEquals(List.of("startAsync", "setTimeout", "addListener", "complete"), calls);
        }

        @Test
        void whatComesAfterTheEndDoesNothing() throws Exception {
            SuspendedRequest.await(what, request, null);
            listener.onComplete(null);
            what.completeExceptionally(Refused.malformed("late"));
            assertEquals(List.of("startAsync", "setTimeout", "addListener"), calls);
        }
    }

    /** Requests that wait for the log, which the test holds: both threads that read for others stand before it. */
    @Nested
    class BeforeABusyLog {

        @Test
        void aClientThatLeavesWhileItsPlaceIsLookedUpLeavesNoStreamBehind() throws Exception {
            try (Door door = Door.dev("heartbeat", "1s")) {
                String get = "GET /.well-known/mercure?match=a&last_event_id=x HTTP/1.1\r\nHost: localhost\r\n\r\n";
                List<Closeable> clients = new ArrayList<>();
                synchronized (door.log()) {
                    for (int i = 0; i < 20; i++) {
                        clients.add(door.begin(get));
                    }
                    awaitReadersStuck();
                    for (Closeable client : clients) {
                        client.close();
                    }
                }
                Await.until("they got their place", () -> door.metrics.get(Count.STREAMS_OPENED) > 0);
                door.form("topic=a&data=1");
                Await.until("what was opened has ended", () -> door.hub.connections().list().isEmpty()
                    && door.metrics.get(Count.STREAMS_OPENED) == door.metrics.get(Count.STREAMS_ENDED));
                assertEquals(200, door.get("/api/events?topic=a").getStatus());
            }
        }

        @Test
        void whoWaitsWhenTheHubClosesIsToldToComeBack() throws Exception {
            try (Door door = Door.dev()) {
                CompletableFuture<Void> closing;
                synchronized (door.log()) { // both readers are busy, the third question stands in the line
                    ask(door);
                    ask(door);
                    awaitReadersStuck();
                    CompletableFuture<History> third = ask(door);
                    closing = CompletableFuture.runAsync(door.hub::close);
                    Throwable failure = assertThrows(ExecutionException.class, () -> third.get(20, TimeUnit.SECONDS))
                        .getCause();
                    assertEquals(Reason.NOT_OPEN, ((Refused) failure).reason());
                }
                closing.get(20, TimeUnit.SECONDS);
            }
        }

        private static void awaitReadersStuck() {
            Await.until("the readers wait", () -> Thread.getAllStackTraces().keySet().stream().filter(
                t -> t.getName().startsWith("rivulet-read-") && t.getState() == Thread.State.BLOCKED).count() == 2);
        }

        private static CompletableFuture<History> ask(Door door) {
            return door.hub.history(TopicSelection.ofTopics(List.of("a")), Grant.ANONYMOUS, Since.EARLIEST, null, 10);
        }
    }

    /** In both containers: the time limit, a client that leaves, and both at the same moment. */
    @Nested
    @ParameterizedClass
    @ValueSource(strings = {"Jetty", "Tomcat"})
    class InAContainer {

        private static final int TIMEOUT_MS = 200;
        private static final String GET = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n";

        private final boolean tomcat;
        private final List<String> log = new CopyOnWriteArrayList<>();
        private final Handler handler = new Lines();
        private final Hub hub = new Hub(Settings.with(), Door.topics(Settings.with()),
            InstantSource.system(), new Metrics());
        private final WaitServlet servlet = new WaitServlet(Door.context(Settings.with(), hub));
        private AutoCloseable container;
        private int port;
        @TempDir
        private Path folder;

        InAContainer(String container) {
            tomcat = container.equals("Tomcat");
        }

        @BeforeEach
        void start() throws Exception {
            Logger.getLogger("").addHandler(handler);
            if (tomcat) {
                Tomcat server = new Tomcat();
                server.setBaseDir(folder.toString());
                Connector connector = new Connector();
                connector.setPort(0);
                connector.setProperty("address", "127.0.0.1");
                server.setConnector(connector);
                Context app = server.addContext("", folder.toString());
                Wrapper wrapper = Tomcat.addServlet(app, "wait", servlet);
                wrapper.setAsyncSupported(true);
                wrapper.addMapping("/wait");
                server.start();
                port = connector.getLocalPort();
                container = () -> {
                    server.stop();
                    server.destroy();
                };
            } else {
                Server server = new Server();
                ServerConnector connector = new ServerConnector(server);
                connector.setHost("127.0.0.1");
                server.addConnector(connector);
                ServletContextHandler app = new ServletContextHandler("/");
                ServletHolder holder = new ServletHolder(servlet);
                holder.setAsyncSupported(true);
                app.addServlet(holder, "/wait");
                server.setHandler(app);
                server.start();
                port = connector.getLocalPort();
                container = server::stop;
            }
        }

        @AfterEach
        void stop() throws Exception {
            container.close();
            hub.close();
            Logger.getLogger("").removeHandler(handler);
        }

        /** Troubles that were logged, by whomever. */
        private final class Lines extends Handler {
            @Override
            public void publish(LogRecord line) {
                boolean isOfLoad = line.getLoggerName().endsWith("SessionIdGeneratorBase"); // it took over 100 ms
                if (!isOfLoad && line.getLevel().intValue() >= Level.WARNING.intValue() || line.getThrown() != null) {
                    log.add(line.getLoggerName() + " " + line.getMessage() + " " + line.getThrown());
                }
            }

            @Override
            public void flush() {
                // nothing is held back
            }

            @Override
            public void close() {
                // nothing is open
            }
        }

        /** Waits for what the test brings. */
        private static final class WaitServlet extends HubServlet {
            static final long serialVersionUID = 1;
            private final transient Queue<CompletableFuture<String>> waiting = new ConcurrentLinkedQueue<>();
            private final AtomicInteger ended = new AtomicInteger();
            private final AtomicInteger wentOn = new AtomicInteger();
            private transient volatile Runnable atTimeout = () -> { };

            WaitServlet(HubContext context) {
                super(context);
            }

            @Override
            protected void begin(HttpServletRequest request, HttpServletResponse response) {
                CompletableFuture<String> what = new CompletableFuture<>();
                SuspendedRequest.await(what, request, context().problem(), TIMEOUT_MS,
                    Refused.because(Reason.OVERLOADED, "it took too long"), null);
                request.getAsyncContext().addListener(new Counter());
                waiting.add(what);
            }

            @Override
            protected void goOn(HttpServletRequest request, HttpServletResponse response,
                SuspendedRequest.Outcome outcome)
                throws IOException {
                wentOn.incrementAndGet();
                Answer.text(200, (String) outcome.get()).write(response);
            }

            private final class Counter implements AsyncListener {
                @Override
                public void onComplete(AsyncEvent event) {
                    ended.incrementAndGet();
                }

                @Override
                public void onTimeout(AsyncEvent event) {
                    atTimeout.run();
                }

                @Override
                public void onError(AsyncEvent event) {
                    // onComplete follows
                }

                @Override
                public void onStartAsync(AsyncEvent event) {
                    // nobody does
                }
            }
        }

        private CompletableFuture<String> next() {
            Await.until("a request waits", () -> !servlet.waiting.isEmpty());
            return servlet.waiting.remove();
        }

        @Test
        void whatComesInTimeIsAnsweredAndWhatFailsIsRefused() throws IOException {
            try (WireClient client = WireClient.to(port, 0)) {
                client.send(GET);
                next().complete("x");
                assertEquals("x", client.read().text());
                client.send(GET);
                next().completeExceptionally(Refused.malformed("not so"));
                assertEquals(400, client.read().status());
            }
            assertEquals(2, servlet.wentOn.get());
            assertEquals(List.of(), log);
        }

        @Test
        void whatTakesTooLongIsRefusedAndWhatComesThenDisturbsNobody() throws IOException {
            try (WireClient client = WireClient.to(port, 0)) {
                client.send(GET);
                CompletableFuture<String> late = next();
                WireResponse answer = client.read();
                assertEquals("503 2", answer.status() + " " + answer.header("Retry-After"));
                assertEquals("it took too long", answer.json().get("detail").getAsString());
                Await.until("it has ended", () -> servlet.ended.get() == 1);
                assertTrue(late.isCancelled(), "whoever looks for it finds out that nobody waits");
                try (WireClient other = WireClient.to(port, 0).send(GET)) { // Tomcat uses the same objects again
                    CompletableFuture<String> second = next();
                    late.complete("of the first");
                    second.complete("of the second");
                    assertEquals("of the second", other.read().text());
                }
            }
            assertEquals(1, servlet.wentOn.get());
            assertEquals(List.of(), log);
        }

        @Test
        void aClientThatLeavesWhileItWaitsLeavesNothingBehind() throws IOException {
            for (int i = 0; i < 10; i++) {
                WireClient client = WireClient.to(port, 0).send(GET);
                CompletableFuture<String> what = next();
                client.reset();
                if (i % 2 == 0) {
                    what.complete("x"); // else the time limit ends it
                }
            }
            Await.until("all have ended", () -> servlet.ended.get() == 10);
            try (WireClient client = WireClient.to(port, 0).send(GET)) {
                next().complete("y");
                assertEquals("y", client.read().text());
            }
            assertEquals(List.of(), log);
        }

        @Test
        void whatComesAtTheMomentOfTheTimeLimitIsAnsweredOnceOneWayOrTheOther() throws Exception {
            int n = 100;
            List<WireClient> clients = new ArrayList<>();
            servlet.atTimeout = () -> CompletableFuture.runAsync(() -> {
                for (CompletableFuture<String> what = servlet.waiting.poll(); what != null;
                    what = servlet.waiting.poll()) {
                    what.complete("x");
                }
            });
            try {
                for (int i = 0; i < n; i++) {
                    clients.add(WireClient.to(port, 0));
                }
                for (WireClient client : clients) {
                    client.send(GET);
                }
                for (WireClient client : clients) {
                    WireResponse answer = client.read();
                    assertTrue(answer.status() == 503 || answer.text().equals("x"), answer.text());
                }
                Await.until("all have ended", () -> servlet.ended.get() == n);
            } finally {
                clients.forEach(WireClient::close);
            }
            assertEquals(List.of(), log);
        }
    }
}
