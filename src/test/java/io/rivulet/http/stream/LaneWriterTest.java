package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.kit.Await;
import io.rivulet.kit.Stub;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that a pool writes to: the shard never waits, and the container never finds two at its response. */
@Timeout(60)
class LaneWriterTest {

    private final WriterPool pool = new WriterPool(4);
    private final LaneWriter writer = new LaneWriter(pool.enter("connection"));
    private final SharedBytes portion = new SharedBytes();
    private final Output out = new Output();
    private final Semaphore writable = new Semaphore(0);
    private final AtomicInteger gone = new AtomicInteger();
    private final AtomicInteger completes = new AtomicInteger();

    /** A container's output that may be not ready, and that may block as Tomcat's does. */
    private final class Output extends ServletOutputStream {
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger crossed = new AtomicInteger();
        final AtomicInteger writes = new AtomicInteger();
        volatile boolean ready = true;
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile boolean fails;

        @Override
        public boolean isReady() {
            return guarded(() -> ready);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            writes.incrementAndGet();
            boolean passed = guarded(() -> {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    return false;
                }
                taken.write(bytes, from, length);
                return true;
            });
            if (!passed) {
                throw new InterruptedIOException("interrupted");
            } else if (fails) {
                throw new IOException("broken pipe");
            }
        }

        private boolean guarded(java.util.function.BooleanSupplier call) {
            if (inside.incrementAndGet() != 1) {
                crossed.incrementAndGet();
            }
            try {
                return call.getAsBoolean();
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public void write(int b) {
            throw new AssertionError("byte by byte");
        }

        @Override
        public void setWriteListener(WriteListener listener) {
        }
    }

    @BeforeEach
    void start() throws IOException {
        ServletRequest request = Stub.of(ServletRequest.class,
            (method, arguments) -> method.equals("getProtocol") ? "HTTP/2.0" : null);
        ServletResponse response = Stub.of(ServletResponse.class, (method, arguments) -> out);
        AsyncContext async = Stub.of(AsyncContext.class, (method, arguments) -> switch (method) {
            case "getRequest" -> request;
            case "getResponse" -> response;
            case "complete" -> {
                completes.incrementAndGet();
                yield null;
            }
            default -> null;
        });
        writer.start(async, new Subscription() {
            @Override
            public String connection() {
                return "c";
            }

            @Override
            public void writable() {
                writable.release();
            }

            @Override
            public void gone(String why) {
                gone.incrementAndGet();
            }

            @Override
            public EndReason ending() {
                return null;
            }
        });
    }

    @AfterEach
    void stop() {
        out.gate.countDown();
        pool.close();
        assertEquals(0, out.crossed.get(), "two threads at one response");
    }

    private void awaitWritable() throws InterruptedException {
        do {
            writable.acquire();
        } while (!writer.isReady());
    }

    private void write(String text) {
        writer.write(portion.of(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private void writeAndBlock(String text) throws InterruptedException {
        writer.onWritePossible();
        awaitWritable();
        out.gate = new CountDownLatch(1);
        write(text);
        Await.until("it is inside", () -> out.inside.get() == 1);
    }

    @Test
    void theShardGoesOnWhileTheContainerBlocks() throws InterruptedException {
        assertTrue(!writer.isReady(), "the container has not called yet");
        writeAndBlock("one");
        assertTrue(!writer.isReady());
        assertEquals(3, writer.held().length);
        out.gate.countDown();
        awaitWritable();
        assertEquals("one", out.taken.toString());
        write("two");
        awaitWritable();
        assertEquals("onetwo", out.taken.toString());
    }

    @Test
    void whatWasBegunIsWrittenOnWhenTheContainerCallsAgain() throws InterruptedException {
        writer.onWritePossible();
        awaitWritable();
        out.ready = false;
        write("x".repeat(20_000));
        assertEquals(20_000, writer.left());
        out.ready = true;
        writer.onWritePossible();
        awaitWritable();
        assertEquals(20_000, out.taken.size());
        assertTrue(out.writes.get() >= 3, "in slices that fit Tomcat's buffer");
    }

    @Test
    void aStreamThatIsToEndWhileItIsWrittenEndsAfterwardsAndOnce() throws InterruptedException {
        writeAndBlock("last");
        writer.end();
        writer.end();
        assertEquals(0, completes.get(), "completed while somebody is inside");
        out.gate.countDown();
        Await.until("it has ended", () -> completes.get() == 1);
        assertEquals("last", out.taken.toString());
        writer.onComplete(null);
        writer.end();
        assertEquals(1, completes.get());
    }

    @Test
    void aStreamThatIsNotReadyEndsWhenItsContainerCalls() throws InterruptedException {
        writer.onWritePossible();
        awaitWritable();
        out.ready = false;
        write("lost");
        writer.end();
        Await.until("it has let go of the bytes", () -> writer.left() == 0);
        assertEquals(0, completes.get());
        out.ready = true;
        writer.onWritePossible();
        Await.until("it has ended", () -> completes.get() == 1);
    }

    @Test
    void theContainerGivesTheResponseToNobodyElseBeforeTheWriterIsOut() throws InterruptedException {
        writeAndBlock("one");
        Thread container = new Thread(() -> writer.onComplete(null), "test-container");
        container.start();
        Await.until("the container waits", () -> container.getState() == Thread.State.TIMED_WAITING);
        assertEquals(1, gone.get());
        out.gate.countDown();
        container.join();
        int writes = out.writes.get();
        writer.onWritePossible(); // late, and for a response that is somebody else's now
        writer.end();
        pool.close();
        assertEquals(writes, out.writes.get());
        assertEquals(0, completes.get());
    }

    @Test
    void aWriteThatFailsIsToldOnce() throws InterruptedException {
        writeAndBlock("one");
        out.fails = true;
        out.gate.countDown();
        Await.until("it is told", () -> gone.get() == 1);
        assertTrue(!writer.isReady());
    }

    @Test
    void aWriterThatNeverStartedLeavesItsLane() {
        WriterPool small = new WriterPool(1);
        new LaneWriter(small.enter("1")).abandon();
        small.enter("2");
        small.close();
    }

    /** A shard, a container that calls when it likes and a pool, in every order that chance has. */
    @Test
    void nothingIsLostDoubledOrWrittenByTwoWhateverTheOrder() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Thread container = new Thread(() -> {
            Random own = new Random(seed + 1);
            while (completes.get() == 0) {
                out.ready = own.nextInt(3) != 0;
                if (out.ready || own.nextInt(20) == 0) { // sometimes nobody has asked
                    writer.onWritePossible();
                }
                Thread.yield();
            }
        }, "test-container");
        container.start();
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            awaitWritable();
            String text = i + ",".repeat(random.nextInt(40) == 0 ? 9_000 : 1);
            all.append(text);
            write(text);
        }
        awaitWritable();
        writer.end();
        container.join();
        assertEquals(all.toString(), out.taken.toString(), "seed " + seed);
        assertEquals(1, completes.get());
    }
}
