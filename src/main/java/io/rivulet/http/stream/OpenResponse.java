package io.rivulet.http.stream;

import io.rivulet.http.form.Answer;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.Subscription;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/**
 * One open response, and the container's rules for it. The hub writes a stream to it as its outlet. One thread at a
 * time writes, the <em>writer</em>: the shard in {@link ShardWriter}, a thread of the pool in {@link LaneWriter}.
 * Container threads only bring news and pass it on. Before every write and every flush comes the container's own {@code
 * isReady()} (Servlet 6.0, {@code ServletOutputStream}).
 *
 * <p>The hard thing is the end. After a failed write Jetty keeps the request open until somebody completes it; Tomcat
 * completes it itself, and may do so from another thread. So each way ends in {@link #complete}, which works once, and
 * {@link #enter} keeps the writer away from a response that Tomcat has given to the next connection. One thread of
 * Tomcat's ends a request and tells nobody: {@link ContainerLock} keeps the writer away from it.
 */
public abstract class OpenResponse implements Outlet, WriteListener, AsyncListener {

    private static final long OUTSIDE_POLL_NS = 20_000;
    private static final long OUTSIDE_POLL_MAX_NS = 1_000_000;
    /** A thread on its way out has a few instructions left, but may wait for a processor. */
    private static final long LAST_TRY_NS = 100_000_000;

    private static final AtomicReferenceFieldUpdater<OpenResponse, Thread> INSIDE =
        AtomicReferenceFieldUpdater.newUpdater(OpenResponse.class, Thread.class, "inside");

    private final AtomicBoolean completed = new AtomicBoolean();
    private volatile AsyncContext async;
    private volatile Subscription subscription;
    private String transport;
    private ServletOutputStream out;
    private ContainerOutput container;
    /** Whether the container itself ends a request whose write failed; where none is known to, we must. */
    private boolean endsFailedItself;
    /** What each of the container's threads holds while it is at this response; null where there is no such lock. */
    private Lock lock;
    /** Of Tomcat's, what a stream needs none of; null elsewhere. */
    private TomcatBuffers buffers;
    /** The bytes that the container has not got yet, from {@code at} on; the writer's. */
    private byte[] current;
    private int at;
    /** The bytes that the container reads now; it moves the position, and tells nobody when. */
    private ByteBuffer taking;
    /** Whether written bytes are to be flushed once the container is ready again; the writer's. */
    private boolean unflushed;
    /** Whether the last write had to wait until a thread of the container is out; the writer's. */
    private boolean putOff;

    /** Whether the container said "ready" and nothing was written since; the writer's. */
    private boolean known;

    /** The thread inside a call of the container's: the writer, or null. */
    private volatile Thread inside;

    /** How often the container has called. Only its threads count, and it calls one at a time. */
    private volatile int calls;
    /**
     * How many calls there were when the container last said "not ready", and so owes one; the writer's. Before the
     * first one Tomcat is never ready, and Jetty always: neither is asked.
     */
    private int owedAfter;
    private volatile boolean over;
    /** Whether the response is to be ended as soon as that does not block; the shard has let go of it. */
    private volatile boolean ending;

    /** Opens the response; from here on the container calls. In the request's own thread, last. */
    public final void start(AsyncContext async, Subscription subscription) throws IOException {
        this.subscription = subscription;
        transport = async.getRequest().getProtocol();
        out = async.getResponse().getOutputStream();
        container = ContainerOutput.of(out);
        // asked of the request: the output may be a filter's
        endsFailedItself = async.getClass().getName().startsWith("org.apache.catalina.");
        lock = ContainerLock.of(async);
        buffers = TomcatBuffers.take(async);
        opening(async, out);
        this.async = async;
        async.setTimeout(0); // streams end by heartbeat, expiry or age, never by the container's 30 s
        async.addListener(this);
        out.setWriteListener(this);
    }

    /** Lets go of a response that was never started: nothing was written, and nothing will be. */
    public final void abandon() {
        if (completed.compareAndSet(false, true)) {
            closed();
        }
    }

    // ---- what the two writers do differently

    /** Before the container's first call; in the request's own thread. */
    void opening(AsyncContext context, ServletOutputStream output) {
    }

    /** The container is about to be told that the response is complete; any thread, once, while nobody writes. */
    void completing() {
    }

    /** The container would take more, for the first time or again; a container thread. */
    abstract void possible();

    /** Ends the response as soon as that does not block; the shard's thread, once the container has it. */
    abstract void finish();

    /** Nothing is written any more, by anybody; any thread, once. */
    void closed() {
    }

    // ---- the shard's thread

    @Override
    public final String transport() {
        return transport;
    }

    @Override
    public final void end() {
        ending = true;
        if (async == null) {
            return; // its first callback ends it
        }
        // a stream whose write failed is Tomcat's to end: T1 (we) completes it while T2 (a container thread) does so,
        // too, and T1's call may then end the next request, which reuses the same AsyncContext
        if (container.completesWithoutBlocking() || over && !endsFailedItself) {
            complete();
        } else {
            finish();
        }
    }

    // ---- the writer's thread

    /** Whether the container would take something, or might: it has called, and owes no call. */
    final boolean mayBeReady() {
        return calls != owedAfter && !over;
    }

    /** As {@link #drained}, and tells the hub of a failure. */
    final boolean tryDrained() {
        try {
            return drained();
        } catch (IOException | RuntimeException e) {
            failed(e);
            return false;
        }
    }

    /** Hands these bytes to the container, which said that it is ready. */
    final void tryPass(SharedBytes events) {
        try {
            if (container.takesWhole() && events.length() <= ContainerOutput.WHOLE_BYTES) {
                passWhole(events);
            } else {
                take(events.bytes());
                drained();
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** Takes the bytes that are to be written from now on. */
    final void take(byte[] bytes) {
        at = 0;
        current = bytes;
    }

    private void passWhole(SharedBytes events) throws IOException {
        if (!enter()) {
            return;
        }
        known = false;
        ByteBuffer view = events.view();
        try {
            container.writeWhole(out, view);
            known = ready();
        } finally {
            leave();
            if (!known) {
                events.keep(); // it is the container's now
                taking = view;
            }
        }
    }

    /** The array of the bytes that the container has not taken yet, or null. */
    final byte[] heldBytes() {
        return current != null ? current : taking != null ? taking.array() : null;
    }

    /** How many of these bytes are left; an estimate where another thread than the writer asks. */
    final int leftBytes() {
        byte[] whole = current;
        ByteBuffer begun = taking;
        return (whole == null ? 0 : whole.length - at) + (begun == null ? 0 : begun.remaining());
    }

    /** Lets go of the bytes that the container has not got: it will never get them. */
    final void drop() {
        current = null;
        taking = null;
    }

    final void failed(Exception e) {
        over = true;
        subscription.gone("writing failed: " + e.getMessage());
    }

    /** Whether the container has taken all that was written and would take more. */
    private boolean drained() throws IOException {
        putOff = false;
        if (known && current == null) {
            return true;
        }
        if (!enter()) {
            return false;
        }
        known = false;
        try {
            while (ready()) {
                if (!unflushed && current == null) {
                    taking = null;
                    known = true;
                    return true;
                }
                putOff = lock != null && !ContainerLock.isFree(lock);
                if (putOff) {
                    break;
                }
                if (unflushed) {
                    unflushed = false;
                    out.flush();
                } else {
                    writeSome();
                }
            }
        } finally {
            leave();
        }
        if (putOff) {
            LockSupport.parkNanos(OUTSIDE_POLL_NS); // that thread is on its way out, and may need this processor
        }
        return false;
    }

    /** Whether a thread of the container was in the way, which calls nobody: the writer comes again by itself. */
    final boolean isPutOff() {
        return putOff;
    }

    /** The last try to hand over what was put off: the stream ends now. */
    final void drainPutOff() {
        long startNs = System.nanoTime();
        while (putOff && !over && System.nanoTime() - startNs < LAST_TRY_NS) {
            tryDrained();
        }
    }

    private void writeSome() throws IOException {
        if (container.takesWhole()) {
            taking = ByteBuffer.wrap(current, at, Math.min(ContainerOutput.WHOLE_BYTES, current.length - at));
            at += taking.remaining();
            container.writeWhole(out, taking);
        } else {
            at = ContainerOutput.writeSlice(out, current, at);
            unflushed = true;
        }
        current = at < current.length ? current : null;
    }

    /** Ends a response that the container is ready to take more of, so that ending it does not block. */
    final void completeInside() {
        if (enter()) {
            try {
                complete();
            } finally {
                leave();
            }
        }
    }

    /**
     * Whether the writer may call the container. T1 (the writer) says that it is inside, then looks whether the stream
     * is over; T2 (a container thread) says that it is over, then looks whether T1 is inside, and waits for it. Whoever
     * is second sees the other, so T1 never touches a response that Tomcat has given to the next connection.
     */
    final boolean enter() {
        inside = Thread.currentThread();
        if (over) {
            leave();
            return false;
        }
        return true;
    }

    /** A thread that waits for the writer may see this a moment later; so a delivery pays for no fence. */
    final void leave() {
        INSIDE.lazySet(this, null);
    }

    /**
     * T1 (the writer) asks the container and is told "not ready"; T2 (a container thread) may call back before T1 has
     * noted it. So T1 notes how many calls there had been before it asked: if T2 has called since, the count differs
     * from the note and nothing is owed.
     */
    private boolean ready() {
        int before = calls;
        boolean ready = out.isReady();
        owedAfter = ready ? before - 1 : before;
        return ready;
    }

    // ---- any thread

    final AsyncContext async() {
        return async;
    }

    final boolean isOver() {
        return over;
    }

    final boolean isEnding() {
        return ending;
    }

    /** Tells the shard that it may write. */
    final void tellWritable() {
        subscription.writable();
    }

    /** Ends the response in whatever state it is. Works once. */
    final void complete() {
        if (completed.compareAndSet(false, true)) {
            over = true;
            completing();
            Answer.complete(async);
            closed();
        }
    }

    // ---- container threads

    @Override
    public final void onWritePossible() {
        calls++;
        possible();
    }

    @Override
    public final void onError(Throwable failure) {
        over(String.valueOf(failure.getMessage()));
    }

    @Override
    public final void onComplete(AsyncEvent event) {
        boolean first = completed.compareAndSet(false, true);
        over("the response is complete");
        awaitOutside();
        if (buffers != null) {
            buffers.giveBack();
        }
        if (first) {
            closed();
        }
    }

    @Override
    public final void onTimeout(AsyncEvent event) {
        over("the application is stopping");
        awaitOutside();
        complete(); // Tomcat, when the application stops: nobody else will
    }

    @Override
    public final void onError(AsyncEvent event) {
        over(event.getThrowable() == null ? "the container failed" : String.valueOf(event.getThrowable().getMessage()));
        awaitOutside();
        complete(); // here, on the container's own thread, nobody else can be doing it
    }

    /**
     * The other half of {@link #enter}. T1 (the writer) is inside a flush that fails, say. Tomcat 10.1 and 11 note the
     * failure twice on the way out, and already the first note wakes T2 (a container thread), which comes here, ends
     * the request and gives its processor to the next connection: T1's second note would then close a stranger's
     * connection before its first byte. So T2 waits until T1 is out, which is soon, for a shard never blocks; a thread
     * of the pool may, as long as the container lets a write wait for its socket.
     */
    private void awaitOutside() {
        long pollNs = OUTSIDE_POLL_NS;
        for (Thread t = inside; t != null && t != Thread.currentThread(); t = inside) {
            LockSupport.parkNanos(pollNs);
            pollNs = Math.min(pollNs * 2, OUTSIDE_POLL_MAX_NS);
        }
    }

    @Override
    public final void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    final void over(String why) {
        over = true;
        if (ending) {
            awaitOutside();
            complete(); // the shard has let go of it already
        } else {
            subscription.gone(why);
        }
    }
}
