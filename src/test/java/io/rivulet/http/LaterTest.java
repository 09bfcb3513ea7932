package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** A request that waits: who sends it on and who ends it never touch it both. */
class LaterTest {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private AsyncListener listener;

    private final AsyncContext async = proxy(AsyncContext.class, (name, args) -> {
        if (name.equals("addListener")) {
            listener = (AsyncListener) args[0];
        }
        calls.add(name);
        return null;
    });
    private final HttpServletRequest request = proxy(HttpServletRequest.class, (name, args) -> {
        if (name.equals("setAttribute")) {
            await(gate);
        }
        calls.add(name);
        return name.equals("startAsync") ? async : null;
    });

    /** The container gives the request's objects to the next one when its listener returns. */
    @Test
    void theContainerWaitsUntilTheRequestWasSentOn() throws Exception {
        CompletableFuture<String> what = new CompletableFuture<>();
        Later.await(what, request, null);
        Thread hub = new Thread(() -> what.complete("found"));
        hub.start();
        Await.until("it is being sent on", () -> hub.getState() == Thread.State.TIMED_WAITING);
        CompletableFuture<Void> container = CompletableFuture.runAsync(() -> error(listener));
        assertFalse(finished(container), "the listener has not waited");
        gate.countDown();
        container.get(20, TimeUnit.SECONDS);
        assertTrue(calls.contains("dispatch"), calls.toString());
        assertFalse(calls.contains("complete"), calls.toString());
    }

    @Test
    void whoeverComesSecondDoesNothing() {
        CompletableFuture<String> what = new CompletableFuture<>();
        Later.await(what, request, null);
        gate.countDown();
        error(listener);
        what.complete("too late");
        assertEquals(List.of("startAsync", "setTimeout", "addListener", "complete"), calls);
    }

    private void error(AsyncListener listener) {
        try {
            listener.onError(new AsyncEvent(async, request, null));
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean finished(CompletableFuture<Void> container) throws Exception {
        try {
            container.get(200, TimeUnit.MILLISECONDS);
            return true;
        } catch (java.util.concurrent.TimeoutException e) {
            return false;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T proxy(Class<T> type, BiFunction<String, Object[], Object> answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, args) -> answer.apply(method.getName(), args)));
    }
}
