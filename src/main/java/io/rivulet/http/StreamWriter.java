package io.rivulet.http;

import io.rivulet.hub.Outlet;
import io.rivulet.hub.Portion;
import io.rivulet.hub.Subscription;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * One open response. The subscriber's shard alone asks {@link #isReady}, writes and ends; container threads only bring
 * news and pass it on. Before every write and every flush comes the container's own {@code isReady()} (Servlet 6.0,
 * {@code ServletOutputStream}), and nothing ever blocks.
 *
 * <p>After a failed write Jetty keeps the request open until somebody completes it, Tomcat completes it itself and may
 * do so from another thread: whatever the way, it ends in {@link #complete}, which works once.
 */
final class StreamWriter implements Outlet, WriteListener, AsyncListener {

    private static final long OUTSIDE_POLL_NS = 20_000;

    private final AtomicBoolean completed = new AtomicBoolean();
    private volatile AsyncContext async;
    private volatile Subscription subscription;
    private ServletOutputStream out;
    private ContainerWrite how;
    /** What the container has not taken yet; the shard's. */
    private ByteBuffer current;
    /** Written, but to be flushed once the container is ready again; the shard's. */
    private boolean unflushed;

    /** Who is inside a call of the container's: the shard, or nobody. */
    private volatile Thread inside;

    /** The container called for the first time: before that Tomcat is never ready, and Jetty always. */
    private volatile boolean opened;
    /** The container said "not ready" and owes a call. */
    private volatile boolean owed;
    private volatile boolean over;
    /** To be ended as soon as that does not block. */
    private volatile boolean ending;

    /** Opens the response; from here on the container calls. In the request's own thread, last. */
    void start(AsyncContext async, Subscription subscription) throws IOException {
        this.subscription = subscription;
        out = async.getResponse().getOutputStream();
        how = ContainerWrite.of(out);
        this.async = async;
        async.setTimeout(0); // streams end by heartbeat, expiry or age, never by the container's 30 s
        async.addListener(this);
        out.setWriteListener(this);
    }

    // ---- the shard's thread

    @Override
    public boolean isReady() {
        if (!opened || owed || over) {
            return false;
        }
        try {
            return drained();
        } catch (IOException | RuntimeException e) {
            failed(e);
            return false;
        }
    }

    @Override
    public void write(Portion events) {
        current = events.view();
        events.keep();
        try {
            drained();
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void end() {
        ending = true;
        // Tomcat finishes with a blocking flush: a stream that is not ready is ended by its next callback instead. And
        // a stream whose write failed is Tomcat's to end: T1 (the shard) completes it while T2 (a container thread)
        // does so, too, and T1's call may then end the next request, which reuses the same AsyncContext
        if (async == null) {
            return;
        }
        if (how.completesWithoutBlocking() || over && !how.endsFailedItself()) {
            complete();
        } else if (opened && !owed && enter()) {
            try {
                complete();
            } finally {
                inside = null;
            }
        }
    }

    /**
     * Whether the shard may call the container. T1 (the shard) says that it is inside, then looks whether the stream is
     * over; T2 (a container thread) says that it is over, then looks whether T1 is inside, and waits for it. Whoever is
     * second sees the other, so T1 never touches a response that Tomcat has given to the next connection.
     */
    private boolean enter() {
        inside = Thread.currentThread();
        if (over) {
            inside = null;
            return false;
        }
        return true;
    }

    /** Whether the container has taken all that was written and would take more. */
    private boolean drained() throws IOException {
        if (!enter()) {
            return false;
        }
        try {
            while (ready()) {
                if (unflushed) {
                    unflushed = false;
                    out.flush();
                } else if (current == null) {
                    return true;
                } else {
                    unflushed = how.write(out, current);
                    current = current.hasRemaining() ? current : null;
                }
            }
            return false;
        } finally {
            inside = null;
        }
    }

    /**
     * T1 (the shard) asks the container and is told "not ready"; T2 (a container thread) may call back before T1 has
     * noted it. So the note is made before the question and taken back if the answer is yes: T2's {@code owed = false}
     * can never be overwritten by T1's {@code owed = true}.
     */
    private boolean ready() {
        owed = true;
        boolean ready = out.isReady();
        if (ready) {
            owed = false;
        }
        return ready;
    }

    private void failed(Exception e) {
        over = true;
        subscription.gone("writing failed: " + e.getMessage());
    }

    // ---- container threads

    @Override
    public void onWritePossible() {
        opened = true;
        owed = false;
        if (ending) {
            complete();
        } else {
            subscription.writable();
        }
    }

    @Override
    public void onError(Throwable failure) {
        over(String.valueOf(failure.getMessage()));
    }

    @Override
    public void onComplete(AsyncEvent event) {
        completed.set(true);
        over("the response is complete");
        awaitOutside();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        over("the application is stopping");
        awaitOutside();
        complete(); // Tomcat, when the application stops: nobody else will
    }

    @Override
    public void onError(AsyncEvent event) {
        over(event.getThrowable() == null ? "the container failed" : String.valueOf(event.getThrowable().getMessage()));
        awaitOutside();
        complete(); // here, on the container's own thread, nobody else can be doing it
    }

    /**
     * The other half of {@link #enter}. T1 (the shard) is inside a flush that fails, say. Tomcat 10.1 and 11 note the
     * failure twice on the way out, and already the first note wakes T2 (a container thread), which comes here, ends
     * the request and gives its processor to the next connection: T1's second note would then close a stranger's
     * connection before its first byte. So T2 waits until T1 is out; T1 never blocks, so that is soon.
     */
    private void awaitOutside() {
        for (Thread t = inside; t != null && t != Thread.currentThread(); t = inside) {
            LockSupport.parkNanos(OUTSIDE_POLL_NS);
        }
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    private void over(String why) {
        over = true;
        if (ending) {
            complete(); // the shard has let go of it already
        } else {
            subscription.gone(why);
        }
    }

    private void complete() {
        if (completed.compareAndSet(false, true)) {
            over = true;
            Answer.complete(async);
        }
    }
}
