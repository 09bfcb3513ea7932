package io.rivulet.http.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.Problem;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.kit.Await;
import io.rivulet.kit.Stub;
import io.rivulet.metrics.Metrics;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The hub's thread answers a publish while the container finds that its time is over: the stubs hold the hub's thread
 * inside its write. A container that goes on meanwhile gives the response to its next caller.
 */
class PublishReplyTest {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final BytesInFlight flight = new BytesInFlight(1 << 20);
    private boolean timeIsOver;
    private AsyncListener listener;

    private final ServletOutputStream out = new ServletOutputStream() {
        @Override
        public void write(byte[] bytes, int from, int length) {
            inside.countDown();
            try {
                assertTrue(goOn.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            calls.add("write");
        }

        @Override
        public void write(int b) {
            throw new AssertionError("one byte at a time");
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener ignored) {
            throw new AssertionError("a small answer needs none");
        }
    };
    private final HttpServletResponse response = Stub.of(HttpServletResponse.class,
        (method, arguments) -> method.equals("getOutputStream") ? out : method.equals("isCommitted") ? false : null);
    private final HttpServletRequest request = Stub.of(HttpServletRequest.class, (method, arguments) -> null);
    private final AsyncContext async = Stub.of(AsyncContext.class, (method, arguments) -> {
        switch (method) {
            case "getRequest" -> {
                return request;
            }
            case "getResponse" -> {
                return response;
            }
            case "addListener" -> listener = (AsyncListener) arguments[0];
            case "complete" -> {
                calls.add("complete by " + Thread.currentThread().getName());
                if (timeIsOver && Thread.currentThread().getName().equals("test-answers")) {
                    throw new IllegalStateException("the time is over"); // as Jetty's does
                }
            }
            default -> {
            }
        }
        return null;
    });
    private final PublishReply reply =
        new PublishReply(new Problem(InstantSource.system(), null, new Metrics()), async, 1_000, flight.charge(
            BytesInFlight.Kind.PUBLISHER, "a"));

    private interface ContainerCall {
        void on(AsyncListener listener) throws Exception;
    }

    /** T1 is inside its write when T2, the container, calls: T2 must not come back before T1 is out. */
    private void race(ContainerCall call) throws Exception {
        reply.await(null);
        Thread t1 = new Thread(() -> reply.answer(Answer.text(200, "id")), "test-answers");
        t1.start();
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        Thread t2 = new Thread(() -> {
            try {
                call.on(listener);
                calls.add("the container goes on");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }, "test-container");
        t2.start();
        Await.until("the container waits", () -> t2.getState() == Thread.State.TIMED_WAITING || !t2.isAlive());
        goOn.countDown();
        t1.join(20_000);
        t2.join(20_000);
        assertFalse(t1.isAlive() || t2.isAlive());
        assertEquals("write", calls.get(0), calls.toString());
        assertEquals("the container goes on", calls.get(calls.size() - 1), calls.toString());
        assertEquals(1, Collections.frequency(calls, "write"));
    }

    @Test
    void theContainerWhoseTimeIsOverWaitsUntilTheAnswerIsWritten() throws Exception {
        race(published -> published.onTimeout(null));
        assertEquals(List.of("write", "complete by test-answers", "the container goes on"), calls);
    }

    @Test
    void theContainerThatAloneMayEndTheRequestDoesSoAfterTheAnswerIsWritten() throws Exception {
        timeIsOver = true;
        race(published -> published.onTimeout(null));
        assertEquals(List.of("write", "complete by test-answers", "complete by test-container",
            "the container goes on"), calls);
    }

    @Test
    void theContainerThatFailedWaitsUntilTheAnswerIsWritten() throws Exception {
        race(published -> published.onError(null));
    }

    @Test
    void theContainerGivesTheResponseToNobodyElseBeforeTheAnswerIsWritten() throws Exception {
        race(published -> published.onComplete(null));
    }

    @Test
    void anAnswerThatComesLateIsWrittenNowhere() throws Exception {
        goOn.countDown();
        reply.await(null);
        reply.whole();
        listener.onTimeout(null);
        int before = calls.size();
        reply.answer(Answer.text(200, "id"));
        reply.fail(new IllegalStateException("late, too"));
        reply.cut();
        assertEquals(before, calls.size(), calls.toString());
    }
}
