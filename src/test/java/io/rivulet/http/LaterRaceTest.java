package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.History;
import io.rivulet.hub.Since;
import io.rivulet.kit.Await;
import io.rivulet.limit.Refused;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.Closeable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Requests that wait for the hub are sent on once, and nobody touches them after the container has ended them. */
class LaterRaceTest {

    private final AtomicReference<AsyncListener> listener = new AtomicReference<>();
    private final AtomicInteger dispatches = new AtomicInteger();
    private final AtomicInteger completes = new AtomicInteger();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** The first dispatch takes until {@link #goOn}, and fails as Jetty's does when the time is over. */
    private HttpServletRequest request() {
        AsyncContext async = proxy(AsyncContext.class, (self, method, arguments) -> {
            switch (method.getName()) {
                case "addListener" -> listener.set((AsyncListener) arguments[0]);
                case "complete" -> completes.incrementAndGet();
                case "dispatch" -> {
                    if (dispatches.incrementAndGet() == 1) {
                        inside.countDown();
                        assertTrue(goOn.await(20, TimeUnit.SECONDS));
                        throw new IllegalStateException("the time is over");
                    }
                }
                default -> { }
            }
            return null;
        });
        return proxy(HttpServletRequest.class,
            (self, method, arguments) -> method.getName().equals("startAsync") ? async : null);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** T1 is inside dispatch when T2, the container, calls; gives T2, which must not come back before T1 does. */
    private Thread race(ThrowingCall call) throws InterruptedException {
        CompletableFuture<Object> what = new CompletableFuture<>();
        Later.await(what, request(), null);
        Thread t1 = new Thread(() -> what.complete("x"), "test-sender");
        t1.start();
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        Thread t2 = new Thread(() -> {
            try {
                call.on(listener.get());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }, "test-container");
        t2.start();
        Await.until("the container waits", () -> t2.getState() == Thread.State.TIMED_WAITING);
        assertEquals(1, dispatches.get());
        goOn.countDown();
        t1.join(20_000);
        t2.join(20_000);
        return t2;
    }

    private interface ThrowingCall {
        void on(AsyncListener listener) throws Exception;
    }

    @Test
    void theContainerWhoseTimeIsOverWaitsForWhoeverSendsTheRequestOnAndDoesWhatTheyCouldNot() throws Exception {
        assertTrue(!race(later -> later.onTimeout(null)).isAlive());
        assertEquals("2 0", dispatches + " " + completes, "sent on by the container's own thread, answered in time");
    }

    @Test
    void theContainerThatFailedWaitsForWhoeverSendsTheRequestOnAndEndsItOnce() throws Exception {
        assertTrue(!race(later -> later.onError(null)).isAlive());
        assertEquals("1 1", dispatches + " " + completes);
    }

    @Test
    void theContainerGivesARequestToNobodyElseBeforeItsSenderIsOut() throws Exception {
        assertTrue(!race(later -> later.onComplete(null)).isAlive());
        assertEquals("1 0", dispatches + " " + completes);
    }

    @Test
    void whatComesAfterTheEndDoesNothing() throws Exception {
        CompletableFuture<Object> what = new CompletableFuture<>();
        Later.await(what, request(), null);
        listener.get().onComplete(null);
        what.completeExceptionally(Refused.malformed("late"));
        assertEquals("0 0", dispatches + " " + completes);
    }

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
            Await.until("what was opened has ended", () -> door.hub.streams() == 0 && door.hub.connections().list()
                .isEmpty() && door.metrics.get(Count.STREAMS_OPENED) == door.metrics.get(Count.STREAMS_ENDED));
            assertEquals(200, door.get("/api/events?topic=a").getStatus());
        }
    }

    /** The caller holds the log: both threads that read for others stand before it. */
    private static void awaitReadersStuck() {
        Await.until("the readers wait", () -> Thread.getAllStackTraces().keySet().stream().filter(
            t -> t.getName().startsWith("rivulet-read-") && t.getState() == Thread.State.BLOCKED).count() == 2);
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
                assertEquals(Refused.Reason.NOT_OPEN, ((Refused) failure).reason());
            }
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    private static CompletableFuture<History> ask(Door door) {
        return door.hub.history(TopicSelection.ofTopics(List.of("a")), Grant.ANONYMOUS, Since.EARLIEST, null, 10);
    }
}
